"""bar_file: a CSV or Parquet file with bars -> a checked bar table, or one line that says what is wrong with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tradebus.errors import DataError, NotFoundError
from tradebus.model.timeframe import Timeframe
from tradebus.storage.bar_checks import check, drop, refuse, report
from tradebus.storage.bar_table import COLUMNS, PRICES, asset_class_of, bar_ends, symbol_of
from tradebus.storage.bar_times import check_spacing, read_starts
from tradebus.storage.file_rows import FileRows, read_rows

if TYPE_CHECKING:
    import polars as pl

_ALIASES = {
    "timestamp": ("timestamp", "time", "datetime", "date", "t"),
    "open": ("open", "o"),
    "high": ("high", "h"),
    "low": ("low", "l"),
    "close": ("close", "c"),
    "volume": ("volume", "v", "vol"),
    "trade_count": ("trade_count", "trades", "n"),
    "vwap": ("vwap", "vw"),
    "symbol": ("symbol", "ticker", "s"),
}
_NEEDED = ("timestamp", *PRICES, "volume")
_MANY = 12


@dataclass(frozen=True, slots=True)
class BarFile:
    """Bars read from a file.

    Attributes:
        table: The bar table, of at least one bar.
        repairs: What was left out or sorted, in lines; empty unless repairing was asked for and needed.
        names_symbol: Whether the file says whose bars they are.
    """

    table: "pl.DataFrame"
    repairs: list[str]
    names_symbol: bool


def read_bars(
    path: Path, symbol: str, timeframe: Timeframe, *, timezone: str | None = None, repair: bool = False
) -> BarFile:
    """Read the bars of a symbol from a file; see `read_rows` and `bars_of`."""
    return bars_of(read_rows(path), symbol, timeframe, timezone=timezone, repair=repair)


def bars_of(
    rows: FileRows, symbol: str, timeframe: Timeframe, *, timezone: str | None = None, repair: bool = False
) -> BarFile:
    """Return the bars of a symbol.

    Columns are found by name in any case: timestamp (time, datetime, date, t), open (o), high (h), low (l), close (c),
    volume (v, vol), and where there are such trade_count (trades, n), vwap (vw) and symbol (ticker, s). Others, as
    adj_close, are not looked at.

    Args:
        rows: Rows of a file.
        symbol: Canonical symbol; a file without symbols is taken to be of it.
        timeframe: Length of the bars.
        timezone: Zone of times that have none; None refuses them. See `tradebus.storage.bar_times`.
        repair: Whether rows that cannot be true are left out, and rows out of order sorted, instead of refused.

    Raises:
        NotFoundError: If there is no such symbol.
        DataError: If a column is missing, or rows cannot be true.
        InputError: If the zone is none.
    """
    source = rows.path.name
    named = _named(rows)
    names_symbol = "symbol" in named.columns
    if names_symbol:
        named = _of_symbol(named, symbol, source)
    asset_class = asset_class_of(symbol)
    starts = read_starts(named, timeframe, asset_class, timezone, source)
    frame = _numbers(named, source).with_columns(starts.alias("start_ns"))
    problems = check(frame)
    if problems and not repair:
        raise refuse(problems, source)
    if problems:
        frame = drop(frame, problems)
    if not frame.height:
        raise DataError("--repair", "drop", f"leaves nothing of {source}: {problems[0]}", "correct the data")
    check_spacing(frame["start_ns"], timeframe, asset_class, source)
    ends = bar_ends(frame["start_ns"], timeframe, asset_class)
    return BarFile(frame.with_columns(ends.alias("time_ns")).select(COLUMNS), report(problems, source), names_symbol)


def _named(rows: FileRows) -> "pl.DataFrame":
    """Return the columns that are known, under their proper names, and the rows' numbers; without empty lines."""
    import polars as pl

    frame = rows.frame
    by_name = {name.strip().lower(): name for name in reversed(frame.columns)}
    found = {}
    for column, aliases in _ALIASES.items():
        name = next((by_name[alias] for alias in aliases if alias in by_name), None)
        if name is not None:
            found[column] = name
    missing = [column for column in _NEEDED if column not in found]
    if missing:
        problem = f"has no column {', '.join(missing)} (it has {_some(frame.columns)})"
        raise DataError("--data", str(rows.path), problem, "name the columns in the first line")
    _check_kinds(frame, found, rows.path.name)
    named = frame.select(frame[name].alias(column) for column, name in found.items())
    named = named.with_row_index("row", rows.first_row).cast({"row": pl.Int64})
    named = named.filter(~pl.all_horizontal(pl.exclude("row").is_null()))
    if not named.height:
        raise DataError("--data", str(rows.path), "has no rows", "give a file with bars")
    # A column of symbols with nothing in it says as little as none.
    return named.drop("symbol") if "symbol" in found and named["symbol"].is_null().all() else named


def _check_kinds(frame: "pl.DataFrame", found: dict[str, str], source: str) -> None:
    import polars as pl

    for column, name in found.items():
        kind = frame[name].dtype
        text = kind in (pl.String, pl.Categorical, pl.Enum, pl.Null)
        if not (text or column == "timestamp" or (kind.is_numeric() and column != "symbol")):
            fix = "store numbers in the columns of numbers, and text in that of symbols"
            raise DataError(name, str(frame[name][0]), f"is of a kind ({kind}) that {column} cannot be, {source}", fix)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return ", ".join(names[:_MANY]) + more


def _of_symbol(rows: "pl.DataFrame", symbol: str, source: str) -> "pl.DataFrame":
    import polars as pl

    texts = rows["symbol"].cast(pl.String)
    names = texts.drop_nulls().unique().sort().to_list()
    wanted = [name for name in names if symbol_of(name) == symbol]
    if not wanted:
        raise NotFoundError("symbol", symbol, f"is not in {source}", f"use one of {_some(names)}")
    return rows.filter(texts.is_in(wanted))


def _numbers(rows: "pl.DataFrame", source: str) -> "pl.DataFrame":
    import polars as pl

    columns = []
    for name in (*PRICES, "volume", "trade_count", "vwap"):
        kind = pl.Int64 if name == "trade_count" else pl.Float64
        if name not in rows.columns:
            columns.append(pl.Series(name, [None] * rows.height, dtype=kind))
            continue
        given = rows[name]
        if given.dtype.is_numeric():
            columns.append(given.cast(pl.Float64).cast(kind, strict=False).alias(name))
            continue
        text = given.cast(pl.String).str.strip_chars()
        read = text.cast(pl.Float64, strict=False)
        wrong = (read.is_null() & (text != "")).arg_true()
        if len(wrong):
            index = int(wrong[0])
            fix = "write numbers with a decimal point and nothing else"
            raise DataError(name, text[index], f"is no number, {source} row {rows['row'][index]}", fix)
        columns.append(read.cast(kind, strict=False).alias(name))
    # Vendors write anything for the average of no trades, and pandas writes NaN for what is not known.
    known = (pl.col("volume") != 0) & pl.col("vwap").is_not_nan()
    return pl.DataFrame([rows["row"], *columns]).with_columns(pl.when(known).then("vwap"))
