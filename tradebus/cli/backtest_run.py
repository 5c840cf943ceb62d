"""backtest_run: what `tradebus backtest` does once its flags are known."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from tradebus.cli.progress import progress
from tradebus.cli.render import render_assumptions, render_results
from tradebus.cli.settings import (
    ADJUSTMENTS,
    FILL_AT,
    TIMES_IN_FORCE,
    read_cash,
    read_choice,
    read_day,
    read_number,
    read_pairs,
    read_symbols,
    read_timeframes,
    read_volume,
    resolve,
)
from tradebus.cli.text import palette_for
from tradebus.clock import WallClock
from tradebus.engine.backtest import BacktestRun
from tradebus.engine.build import make_engine
from tradebus.errors import InputError
from tradebus.gateways.file import FileDataGateway
from tradebus.model.time import to_datetime
from tradebus.model.timeframe import Timeframe
from tradebus.storage.run_folder import check_folder, mark_latest, write_run_folder

type Flags = Mapping[str, Any]

_FLAG_OF = {"cash": "--capital", "fill_at": "--fill-at", "slippage_bps": "--slippage", "max_volume_pct": "--max-volume"}


def run(flags: Flags, environ: Mapping[str, str]) -> None:
    """Run a backtest as the flags say and print it.

    Raises:
        TradebusError: Whatever stands in the way; nothing is written then.
    """
    if flags["out"] is not None:
        check_folder(flags["out"])
    overrides = _overrides(flags)
    settings = resolve(flags["configs"], environ, overrides)
    timeframes = read_timeframes(flags["timeframe"]) or [Timeframe.parse(settings["timeframe"])]
    settings["timeframe"] = min(timeframes, key=list(Timeframe).index).value
    data = settings["data"]
    gateway = FileDataGateway(
        None if data["path"] is None else Path(data["path"]),
        adjustment=data["adjustment"],
        timezone=data["timezone"],
        repair=bool(data["repair"]),
    )
    try:
        done = _replay(flags, settings, gateway, timeframes)
    except InputError as error:
        raise _in_words_of_flags(error, flags) from error.__cause__
    for line in gateway.repairs:
        click.echo(line, err=True)
    folder = _write(flags, settings, gateway, done)
    _print(flags, done.results, folder, environ)


def _overrides(flags: Flags) -> dict[str, object]:
    repair = read_choice("--repair", flags["repair"], ["drop"])
    overrides: dict[str, object] = {
        "symbols": read_symbols(flags["symbols"]) or None,
        "cash": read_cash(flags["capital"]),
        "strategy.name": flags["strategy"],
        "sizer.name": flags["sizer"],
        "matching.slippage_bps": read_number("--slippage", flags["slippage"], 0, 1000, "10"),
        "matching.fill_at": read_choice("--fill-at", flags["fill_at"], FILL_AT),
        "matching.max_volume_pct": read_volume(flags["max_volume"]),
        "matching.commission.name": flags["commission"],
        "time_in_force": read_choice("--tif", flags["tif"], TIMES_IN_FORCE),
        "data.path": flags["data"],
        "data.timezone": flags["timezone"],
        "data.adjustment": read_choice("--adjustment", flags["adjustment"], ADJUSTMENTS),
        "data.repair": None if repair is None else True,
    }
    for prefix, field, pairs in (
        ("strategy.params.", "--param", flags["params"]),
        ("sizer.params.", "--sizer-param", flags["sizer_params"]),
        ("matching.commission.params.", "--commission-param", flags["commission_params"]),
        ("", "--set", flags["sets"]),
    ):
        overrides.update({prefix + key: value for key, value in read_pairs(field, pairs).items()})
    if flags["position_size"] is not None:
        overrides[f"sizer.params.{_measure(flags)}"] = flags["position_size"]
    return overrides


def _measure(flags: Flags) -> str:
    """Return the first parameter of the chosen sizer: what a position's size means to it."""
    if flags["sizer"] is None:
        return "pct"
    from tradebus.parameters import describe_parameters
    from tradebus.plugins import load

    known = describe_parameters(load("sizer", flags["sizer"], "--sizer"))
    if not known:
        raise InputError("--position-size", flags["position_size"], f"{flags['sizer']} takes none", "leave it out")
    return known[0].name


def _replay(
    flags: Flags, settings: dict[str, Any], gateway: FileDataGateway, timeframes: list[Timeframe]
) -> BacktestRun:
    start, end = read_day("--start", flags["start"]), read_day("--end", flags["end"])
    silent = flags["quiet"] or flags["as_json"]
    with nullcontext() if silent else progress("backtest") as update:
        engine = make_engine(settings, gateway, keep_open=flags["keep_open"], on_progress=update)
        return asyncio.run(engine.execute(settings["symbols"], timeframes, start, end))


def _in_words_of_flags(error: InputError, flags: Flags) -> InputError:
    """Return the error with the name of the flag that set the value, where a flag did."""
    key = error.field
    given = {f"sizer.params.{_measure(flags)}": "--position-size"} if flags["position_size"] is not None else {}
    given |= {f"strategy.params.{name}": f"--param {name}" for name in read_pairs("--param", flags["params"])}
    given |= {name: f"--{name}" for name in ("symbol", "start", "end", "strategy", "sizer", "commission")}
    return type(error)(given.get(key, key), error.value, error.problem, error.fix)


def _write(flags: Flags, settings: dict[str, Any], gateway: FileDataGateway, done: BacktestRun) -> Path:
    import tradebus
    from tradebus.engine.fingerprint import code_hash, config_hash

    plain = _plain(settings)
    hashed = config_hash(plain)
    made = to_datetime(WallClock().now_ns())
    manifest = {
        "version": tradebus.__version__,
        "created": made.astimezone(UTC).isoformat(timespec="seconds"),
        "mode": "backtest",
        "config": plain,
        "config_hash": hashed,
        "code_hash": code_hash(done.strategy, done.sizer),
        "data_hash": gateway.data_hash(),
        "data_source": gateway.source,
        "repairs": gateway.repairs,
        "event_count": done.results["event_count"],
        "event_hash": done.results["event_hash"],
    }
    folder = flags["out"] or _free_folder(Path("runs"), f"{made:%Y%m%dT%H%M%SZ}-{hashed[:6]}")
    trackers = done.trackers
    write_run_folder(folder, manifest, done.results, trackers.trades.trades, trackers.fills, trackers.equity)
    if flags["out"] is None:
        mark_latest(folder)
    return Path(folder)


def _free_folder(parent: Path, name: str) -> Path:
    folder, number = parent / name, 2
    while folder.exists():
        folder, number = parent / f"{name}-{number}", number + 1
    return folder


def _plain(tree: Any) -> Any:
    """Return settings as JSON can say them; secrets are not among the keys that a backtest needs."""
    if isinstance(tree, Mapping):
        return {key: _plain(value) for key, value in tree.items() if key != "trading"}
    if isinstance(tree, tuple | list):
        return [_plain(value) for value in tree]
    return tree if tree is None or isinstance(tree, bool | int | float | str) else str(tree)


def _print(flags: Flags, results: dict[str, Any], folder: Path, environ: Mapping[str, str]) -> None:
    if flags["as_json"]:
        sys.stdout.write((folder / "results.json").read_text())
        return
    if flags["quiet"]:
        return
    palette = palette_for(sys.stdout, environ)
    click.echo(render_assumptions(results, palette))
    click.echo()
    follow = ["tradebus backtest --help", "tradebus strategies", "tradebus flow"]
    click.echo(render_results(results, bool(flags["verbose"]), palette, str(folder), follow))
