"""strategies: `tradebus strategies` lists what can trade, and what each takes."""

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tradebus.parameters import Parameter


@click.command()
@click.argument("name", required=False)
@click.option(
    "--kind",
    type=click.Choice(["strategy", "sizer", "check", "stop", "indicator"]),
    default="strategy",
    show_default=True,
    help="What to list.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def strategies(name: str | None, kind: str, as_json: bool) -> None:
    """List strategies and their parameters; with NAME (or path/to/file.py:ClassName) that one alone."""
    from tradebus.plugins import describe_parameters, load, names

    found = []
    for one in names(kind) if name is None else [name]:
        plugin = load(kind, one, "NAME")
        found.append((one, _first_line(plugin), describe_parameters(plugin)))
    if as_json:
        click.echo(json.dumps([_document(*row) for row in found], indent=2))
        return
    for number, row in enumerate(found):
        click.echo(("\n" if number else "") + _text(*row))


def _first_line(plugin: type[object]) -> str:
    return (plugin.__doc__ or "").strip().partition("\n")[0]


def _document(name: str, meaning: str, parameters: "list[Parameter]") -> dict[str, object]:
    return {
        "name": name,
        "meaning": meaning,
        "parameters": [
            {
                "name": one.name,
                "type": one.type.__name__,
                "default": one.default if isinstance(one.default, int | float | str | None) else str(one.default),
                "required": one.is_required,
                "meaning": one.doc,
            }
            for one in parameters
        ],
    }


def _text(name: str, meaning: str, parameters: "list[Parameter]") -> str:
    lines = [f"{name}: {meaning}".rstrip()]
    width = max((len(_signature(one)) for one in parameters), default=0)
    lines += [f"  {_signature(one).ljust(width)}  {one.doc}".rstrip() for one in parameters]
    return "\n".join(lines)


def _signature(parameter: "Parameter") -> str:
    default = parameter.default
    if parameter.is_required:
        text = "(required)"
    else:
        text = str(default).lower() if default is None or isinstance(default, bool) else str(default)
    return f"{parameter.name}={text}"
