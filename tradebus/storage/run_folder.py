"""run_folder: everything that a run leaves on disk, whole or not at all.

    manifest.json     what was run: configuration, data, versions, hashes
    results.json      SYSTEM's results dictionary, one document
    trades.parquet    round trips     prices, quantities and money are decimals, exact to 18 places
    fills.parquet     executions      the same
    equity.parquet    the curve: timestamp, equity, cash, exposure

All is written beside its place and moved there at the end, the manifest last. A crash leaves a hidden `.partial`
folder, never half a run.
"""

import os
import shutil
from array import array
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from tradebus.analytics.equity_tracker import EquityTracker, stamps
from tradebus.errors import InputError, NotFoundError
from tradebus.model.fill import Fill
from tradebus.model.trade import Trade

if TYPE_CHECKING:
    import polars as pl

LATEST = "latest"
_PLACES = 18
_DIGITS = 38
_QUANTUM = Decimal(1).scaleb(-_PLACES)
_WIDE = Context(prec=_DIGITS)
# Some 6 MB of text at a time.
_CHUNK = 100_000
_SECOND_US = 1_000_000


def check_folder(folder: Path, field: str = "--out") -> None:
    """Refuse a folder that a run cannot be written to; call it before a long run, too.

    Raises:
        InputError: If it is a file, is not empty or cannot be written; `field` names what was set.
    """
    if folder.is_dir():
        if next(folder.iterdir(), None) is not None:
            raise InputError(field, str(folder), "the folder is not empty", "name a new folder, or empty this one")
        writable = folder
    elif folder.exists():
        raise InputError(field, str(folder), "is a file", "name a folder")
    else:
        writable = next(parent for parent in folder.absolute().parents if parent.exists())
    if not writable.is_dir() or not os.access(writable, os.W_OK | os.X_OK):
        raise InputError(field, str(folder), f"{writable} cannot be written to", "name a folder that you may write to")


def write_run_folder(
    folder: Path,
    manifest: Mapping[str, Any],
    results: Mapping[str, Any],
    trades: Sequence[Trade],
    fills: Sequence[Fill],
    equity: EquityTracker,
) -> None:
    """Write a run to a folder that does not exist or is empty.

    Args:
        folder: Where to; its parents are made.
        manifest: What was run; anything that JSON can say.
        results: As `build_summary` or `build_results` returns it; `equity_curve` is written from `equity` either way.
        trades, fills: Of the run, oldest first.
        equity: Its curve.

    Raises:
        InputError: If the folder is not empty or cannot be written; nothing is left behind then.
    """
    check_folder(folder)
    # An empty folder may be a mount point, which no rename can replace: its files are moved one by one instead.
    given = folder.is_dir()
    partial = folder / ".partial" if given else folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        partial.mkdir(parents=True)
        write_results(partial / "results.json", results, equity)
        trades_frame(trades).write_parquet(partial / "trades.parquet")
        fills_frame(fills).write_parquet(partial / "fills.parquet")
        equity.to_frame().write_parquet(partial / "equity.parquet")
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        (partial / "manifest.json").write_bytes(text + b"\n")
        if given:
            for name in ("results.json", "trades.parquet", "fills.parquet", "equity.parquet", "manifest.json"):
                (partial / name).rename(folder / name)
            partial.rmdir()
        else:
            partial.rename(folder)
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        raise InputError("--out", str(folder), problem, "name a folder that you may write to") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def mark_latest(folder: Path) -> None:
    """Let `latest` beside a run's folder point to it: a link, or a file with its name where links are not allowed."""
    link = folder.with_name(LATEST)
    fresh = folder.with_name(f".{LATEST}.{os.getpid()}")
    if link.is_dir() and not link.is_symlink():
        # Somebody's own folder of that name is left alone.
        return
    fresh.unlink(missing_ok=True)
    try:
        fresh.symlink_to(folder.name, target_is_directory=True)
    except OSError:
        fresh.write_text(folder.name, encoding="utf-8")
    fresh.replace(link)


def find_run(path: Path) -> Path:
    """Return the folder of a run, given that folder or a `latest` that points to it.

    Raises:
        NotFoundError: If there is no run.
    """
    folder = path
    if path.is_file() and path.name == LATEST:
        folder = path.with_name(path.read_text(encoding="utf-8").strip())
    if not (folder / "results.json").is_file():
        raise NotFoundError("run", str(path), "there is no run in this folder", "name a folder that holds results.json")
    return folder.resolve()


def read_results(folder: Path) -> dict[str, Any]:
    """Return the results dictionary of a run.

    Raises:
        NotFoundError: If there is no run.
        InputError: If results.json is not what was written.
    """
    return _read_json(find_run(folder) / "results.json")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run.

    Raises:
        NotFoundError: If there is no run.
        InputError: If manifest.json is missing or is not what was written.
    """
    return _read_json(find_run(folder) / "manifest.json")


def write_results(path: Path, results: Mapping[str, Any], equity: EquityTracker) -> None:
    """Write the results and the curve as one JSON document, the curve in pieces so that memory stays flat."""
    head = msgspec.json.encode({key: value for key, value in results.items() if key != "equity_curve"})
    with path.open("wb") as file:
        file.write(head[:-1])
        file.write(b',"equity_curve":[' if len(head) > 2 else b'"equity_curve":[')
        _write_points(file, equity)
        file.write(b"]}\n")


def trades_frame(trades: Sequence[Trade]) -> "pl.DataFrame":
    """Return trades as a table: times in microseconds, UTC; `return` is a fraction, `holding_period` in days."""
    import polars as pl

    return pl.DataFrame(
        [
            pl.Series("symbol", [trade.symbol for trade in trades], dtype=pl.String),
            pl.Series("strategy_id", [trade.strategy_id for trade in trades], dtype=pl.String),
            pl.Series("side", [trade.side for trade in trades], dtype=pl.String),
            _time_column("entry_time", array("q", [trade.entry_ns for trade in trades])),
            _time_column("exit_time", array("q", [trade.exit_ns for trade in trades])),
            _decimal_column("entry_price", [trade.entry_price for trade in trades]),
            _decimal_column("exit_price", [trade.exit_price for trade in trades]),
            _decimal_column("quantity", [trade.quantity for trade in trades]),
            _decimal_column("pnl", [trade.pnl for trade in trades]),
            pl.Series("return", [trade.return_pct for trade in trades], dtype=pl.Float64),
            pl.Series("holding_period", [trade.holding_days for trade in trades], dtype=pl.Float64),
            _decimal_column("commission", [trade.commission for trade in trades]),
            pl.Series("entry_reason", [trade.entry_reason for trade in trades], dtype=pl.String),
            pl.Series("exit_reason", [trade.exit_reason for trade in trades], dtype=pl.String),
        ]
    )


def fills_frame(fills: Sequence[Fill]) -> "pl.DataFrame":
    """Return fills as a table: times in microseconds, UTC."""
    import polars as pl

    return pl.DataFrame(
        [
            _time_column("time", array("q", [fill.time_ns for fill in fills])),
            pl.Series("symbol", [fill.symbol for fill in fills], dtype=pl.String),
            pl.Series("strategy_id", [fill.strategy_id for fill in fills], dtype=pl.String),
            pl.Series("side", [fill.side.value for fill in fills], dtype=pl.String),
            _decimal_column("quantity", [fill.qty for fill in fills]),
            _decimal_column("price", [fill.price for fill in fills]),
            _decimal_column("commission", [fill.commission for fill in fills]),
            pl.Series("order_id", [fill.client_order_id for fill in fills], dtype=pl.String),
            pl.Series("execution_id", [fill.execution_id for fill in fills], dtype=pl.String),
            pl.Series("reason", [fill.reason for fill in fills], dtype=pl.String),
            pl.Series("is_exit", [fill.is_exit for fill in fills], dtype=pl.Boolean),
        ]
    )


def _time_column(name: str, times: array[int]) -> "pl.Series":
    import polars as pl

    return (pl.Series(name, times, dtype=pl.Int64) // 1000).cast(pl.Datetime("us", "UTC"))


def _decimal_column(name: str, values: Sequence[Decimal]) -> "pl.Series":
    import polars as pl

    # As text, for a column made of Decimals makes polars load numpy, which takes longer than a backtest.
    exact = [format(value.quantize(_QUANTUM, ROUND_HALF_EVEN, _WIDE), "f") for value in values]
    return pl.Series(name, exact, dtype=pl.String).cast(pl.Decimal(_DIGITS, _PLACES))


def _write_points(file: BinaryIO, equity: EquityTracker) -> None:
    for i, text in enumerate(_point_chunks(equity)):
        if i:
            file.write(b",")
        file.write(text)


def _point_chunks(equity: EquityTracker) -> Iterator[bytes]:
    """Yield the points as JSON objects separated by commas, a chunk at a time."""
    import polars as pl

    for begin in range(0, len(equity), _CHUNK):
        times, values = equity.times[begin : begin + _CHUNK], equity.equity[begin : begin + _CHUNK]
        column = _time_column("timestamp", times)
        if (column.to_physical() % _SECOND_US != 0).any():
            column = pl.Series("timestamp", stamps(times), dtype=pl.String)
        else:
            # Three times as fast as `stamps`, and the same text as long as there is no fraction of a second.
            column = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        text = pl.DataFrame([column, pl.Series("value", values, dtype=pl.Float64)]).write_json()
        yield text[1:-1].encode()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError("run", str(path), f"cannot be read ({error})", "run the backtest again") from error
