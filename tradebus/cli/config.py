"""config: `tradebus config show | check | schema`."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradebus.errors import ConfigError, InputError

if TYPE_CHECKING:
    from tradebus.config import LiveEngineConfig


@click.group()
def config() -> None:
    """Show and check the configuration.

    Layers, each over the one before: defaults, files in their order, environment variables, --set.
    """


@config.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--config", "more", multiple=True, metavar="FILE", help="The same as FILE; may be repeated.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a key; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(files: Sequence[str], more: Sequence[str], settings: Sequence[str], as_json: bool) -> None:
    """Print every key with its value and where that comes from. Secrets are masked."""
    from tradebus.config import load, shown_values

    loaded = load([Path(name) for name in (*more, *files)], os.environ, parse_settings(settings))
    rows = [(key, value, origin) for key, value, origin in shown_values(loaded)]
    if as_json:
        click.echo(json.dumps({key: {"value": value, "origin": origin} for key, value, origin in rows}, indent=2))
        return
    texts = [(key, _text(value), origin) for key, value, origin in rows]
    widths = [max(len(row[column]) for row in texts) for column in (0, 1)]
    for key, text, origin in texts:
        click.echo(f"{key.ljust(widths[0])}  {text.ljust(widths[1])}  {origin}")


@config.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def check(files: Sequence[str]) -> None:
    """Check files, each by itself with the environment over it.

    Every problem is named, a line each; the exit code is 3 if there is one.
    """
    from tradebus.config import load

    problems: list[str] = []
    for name in files:
        try:
            config = load([Path(name)], os.environ, {}).config
        except ConfigError as error:
            problems += str(error).splitlines()
            continue
        try:
            _check_plugins(config)
        except InputError as error:
            problems.append(f"{name}: {error}")
        else:
            click.echo(f"{name}: ok")
    if problems:
        for problem in problems:
            click.echo(f"error: {problem}", err=True)
        raise click.exceptions.Exit(ConfigError.exit_code)


@config.command()
def schema() -> None:
    """Print the JSON schema of a file, for editors that complete and check."""
    from tradebus.config import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


def parse_settings(settings: Sequence[str]) -> dict[str, str]:
    """Return the keys and values of `--set key=value` options.

    Raises:
        InputError: If one has no `=` or names a key twice.
    """
    found: dict[str, str] = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        key = name.strip()
        # The text is not shown: it may hold a secret.
        if not sign or not key:
            raise InputError("--set", key if sign else "...", "has no KEY=VALUE", "write it as --set cash=50000")
        if key in found:
            raise InputError("--set", key, "is given twice", "give it once")
        found[key] = value
    return found


def _check_plugins(config: "LiveEngineConfig") -> None:
    """Make the plug-ins that the configuration names, to see whether they can be made."""
    from tradebus.engine.build import make_sizer, make_strategy
    from tradebus.matching.commission import commission_model

    settings = config.model_dump()
    make_strategy(settings, None)
    make_sizer(settings)
    commission = config.matching.commission
    if commission.name is not None:
        commission_model(commission.name, **commission.params)


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
