"""backtest_run: what `tradebus backtest` does once its flags are known."""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from tradebus.bus import Tap
from tradebus.cli.config import parse_settings
from tradebus.cli.progress import progress
from tradebus.cli.render import render_assumptions, render_results
from tradebus.cli.settings import (
    ADJUSTMENTS,
    FILL_AT,
    TIMES_IN_FORCE,
    origin,
    read_cash,
    read_choice,
    read_day,
    read_number,
    read_pairs,
    read_path,
    read_symbols,
    read_timeframes,
    read_volume,
    refuse_empty,
    resolve,
)
from tradebus.cli.text import palette_for
from tradebus.clock import WallClock
from tradebus.config.flags import FLAGS, PARAM_FLAGS
from tradebus.engine.backtest import BacktestRun
from tradebus.engine.build import make_engine
from tradebus.errors import ConfigError, InputError
from tradebus.gateways.file_data import FileDataGateway
from tradebus.model.time import to_datetime
from tradebus.model.timeframe import Timeframe
from tradebus.storage.run_folder import check_folder, mark_latest, write_run_folder

type Flags = Mapping[str, Any]

_RUNS = Path("runs")
_KEYS = {
    "symbol": "symbols",
    "capital": "cash",
    "strategy": "strategy.name",
    "sizer": "sizer.name",
    "commission": "matching.commission.name",
    "fill_at": "matching.fill_at",
    "max_volume_pct": "matching.max_volume_pct",
    "slippage_bps": "matching.slippage_bps",
    "--position-size": "sizer.params.pct",
    "--data": "data.path",
    "--timezone": "data.timezone",
    "--adjustment": "data.adjustment",
}
"""What the engine and the gateway call a setting, and its dotted key."""


def run(flags: Flags, environ: Mapping[str, str]) -> None:
    """Run a backtest as the flags say and print it.

    Raises:
        TradebusError: Whatever stands in the way; nothing is written then.
    """
    refuse_empty(flags)
    out = read_path("--out", flags["out"])
    # Before the run, not after it: a long one would be lost.
    check_folder(out or _RUNS / f".new-{os.getpid()}")
    files = [Path(name) for name in flags["configs"]]
    overrides, sets = _overrides(flags), parse_settings(flags["sets"])
    settings = resolve(files, environ, overrides, sets)
    size = None
    try:
        if flags["position_size"] is not None and settings["sizer"]["name"] is not None:
            size = _measure(settings["sizer"]["name"], flags["position_size"])
            settings["sizer"]["params"][size] = flags["position_size"]
        gateway, done = _replay(flags, settings)
    except InputError as error:
        key = _key(error.field)
        field, is_config = "--position-size", False
        if key != f"sizer.params.{size}":
            field, is_config = origin(key, files, environ, overrides, sets) if _is_setting(key) else (key, False)
        kind = ConfigError if is_config and type(error) is InputError else type(error)
        raise kind(field, error.value, error.problem, error.fix) from error.__cause__
    if not flags["quiet"]:
        for line in gateway.repairs:
            click.echo(line, err=True)
    folder = _write(out, settings, flags, gateway, done)
    _print(flags, done.results, folder, environ)


def _key(field: str) -> str:
    """Return the dotted key of what an error is about, or what it says itself where that is no setting."""
    if field in ("start", "end"):
        return f"--{field}"
    name = field.removeprefix("commission.")
    return _KEYS.get(field, field) if name == field else f"matching.commission.params.{name}"


def _is_setting(key: str) -> bool:
    return key in FLAGS or key.startswith((*PARAM_FLAGS, "instruments."))


def _overrides(flags: Flags) -> dict[str, object]:
    repair = read_choice("--repair", flags["repair"], ["drop"])
    timeframes = read_timeframes(flags["timeframe"])
    overrides: dict[str, object] = {
        "symbols": read_symbols(flags["symbols"]) or None,
        "timeframe": min(timeframes, key=list(Timeframe).index).value if timeframes else None,
        "cash": read_cash(flags["capital"]),
        "strategy.name": flags["strategy"],
        "sizer.name": flags["sizer"],
        "matching.slippage_bps": read_number("--slippage", flags["slippage"], 0, 1000, "10"),
        "matching.fill_at": read_choice("--fill-at", flags["fill_at"], FILL_AT),
        "matching.max_volume_pct": read_volume(flags["max_volume"]),
        "matching.commission.name": flags["commission"],
        "time_in_force": read_choice("--tif", flags["tif"], TIMES_IN_FORCE),
        "data.path": None if flags["data"] is None else str(read_path("--data", flags["data"])),
        "data.timezone": flags["timezone"],
        "data.adjustment": read_choice("--adjustment", flags["adjustment"], ADJUSTMENTS),
        "data.repair": None if repair is None else True,
    }
    for prefix, field, pairs in (
        ("strategy.params.", "--param", flags["params"]),
        ("sizer.params.", "--sizer-param", flags["sizer_params"]),
        ("matching.commission.params.", "--commission-param", flags["commission_params"]),
    ):
        overrides.update({prefix + key: value for key, value in read_pairs(field, pairs).items()})
    return overrides


def _measure(sizer: str, text: str) -> str:
    """Return the first parameter of a sizer: what a position's size means to it."""
    from tradebus.parameters import describe_parameters
    from tradebus.plugins import load

    known = describe_parameters(load("sizer", sizer, "sizer"))
    if not known:
        raise InputError("--position-size", text, f"{sizer} takes none", "leave it out")
    return known[0].name


def _replay(flags: Flags, settings: dict[str, Any]) -> tuple[FileDataGateway, BacktestRun]:
    start, end = read_day("--start", flags["start"]), read_day("--end", flags["end"])
    timeframes = read_timeframes(flags["timeframe"]) or [Timeframe.parse(settings["timeframe"])]
    fees, data = settings["matching"]["commission"], settings["data"]
    if fees["params"] and fees["name"] is None:
        name, value = next(iter(fees["params"].items()))
        problem = "there is no commission model to take it"
        raise InputError(f"commission.{name}", value, problem, "name one with --commission, for instance per_share")
    gateway = FileDataGateway(
        None if data["path"] is None else Path(data["path"]),
        adjustment=data["adjustment"],
        timezone=data["timezone"],
        repair=bool(data["repair"]),
    )
    silent = flags["quiet"] or flags["as_json"]
    with nullcontext() if silent else progress("backtest") as update:
        taps = _taps(flags["verbose"])
        engine = make_engine(settings, gateway, keep_open=flags["keep_open"], on_progress=update, taps=taps)
        # Standard output is for results: what a strategy prints goes where logs go.
        with redirect_stdout(sys.stderr):
            return gateway, asyncio.run(engine.execute(settings["symbols"], timeframes, start, end))


def _taps(verbosity: int) -> list[Tap]:
    """Return what listens to the bus: the log of steps, with -vv behind or -v before the command."""
    context = click.get_current_context(silent=True)
    outer = context.find_root().params if context else {}
    if verbosity < 2 and not outer.get("verbose"):
        return []
    from tradebus import log
    from tradebus.cli.step_log import log_steps

    as_json = {"json": True, "console": False}.get(outer.get("log_format", "auto"))
    log.configure(max(verbosity, outer.get("verbose", 0)), as_json)
    return [log_steps]


def _write(
    out: Path | None, settings: dict[str, Any], flags: Flags, gateway: FileDataGateway, done: BacktestRun
) -> Path:
    import tradebus
    from tradebus.engine.fingerprint import code_hash, config_hash

    plain = _plain(settings)
    # What flags alone can say.
    asked = {
        "start": flags["start"],
        "end": flags["end"],
        "timeframes": list(dict.fromkeys(timeframe.value for _, timeframe, _ in done.tables)),
        "keep_open": flags["keep_open"],
    }
    hashed = config_hash({**plain, "run": asked})
    made = to_datetime(WallClock().now_ns())
    manifest = {
        "version": tradebus.__version__,
        "created": made.astimezone(UTC).isoformat(timespec="seconds"),
        "mode": "backtest",
        "config": plain,
        "run": asked,
        "config_hash": hashed,
        "code_hash": code_hash(done.strategy, done.sizer),
        "data_hash": gateway.data_hash(),
        "data_source": gateway.source,
        "repairs": gateway.repairs,
        "event_count": done.results["event_count"],
        "event_hash": done.results["event_hash"],
    }
    folder = out or _new_folder(_RUNS, f"{made:%Y%m%dT%H%M%SZ}-{hashed[:6]}")
    trackers = done.trackers
    try:
        write_run_folder(folder, manifest, done.results, trackers.trades.trades, trackers.fills, trackers.equity)
    except InputError:
        if out is None:
            folder.rmdir()
        raise
    if out is None:
        mark_latest(folder)
    return folder


def _new_folder(parent: Path, name: str) -> Path:
    """Make an empty folder that no other run can take, however many end in the same second."""
    folder, number = parent / name, 2
    while True:
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            folder, number = parent / f"{name}-{number}", number + 1
        except OSError as error:
            problem = f"cannot be made ({error.strerror})"
            raise InputError("--out", str(folder), problem, "name a folder that you may write to") from error


def _plain(tree: Any) -> Any:
    """Return settings as JSON can say them; secrets are not among the keys that a backtest needs."""
    if isinstance(tree, Mapping):
        return {key: _plain(value) for key, value in tree.items() if key != "trading"}
    if isinstance(tree, tuple | list):
        return [_plain(value) for value in tree]
    return tree if tree is None or isinstance(tree, bool | int | float | str) else str(tree)


def _print(flags: Flags, results: dict[str, Any], folder: Path, environ: Mapping[str, str]) -> None:
    if flags["as_json"]:
        click.echo((folder / "results.json").read_bytes(), nl=False)
        return
    if flags["quiet"]:
        return
    palette = palette_for(sys.stdout, environ)
    click.echo(render_assumptions(results, palette))
    click.echo()
    follow = ["tradebus backtest --help", "tradebus strategies", "tradebus flow"]
    click.echo(render_results(results, bool(flags["verbose"]), palette, str(folder), follow))
