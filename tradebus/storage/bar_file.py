"""bar_file: a CSV or Parquet file with bars -> a checked bar table, or one line that says what is wrong with it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tradebus.errors import DataError, InputError, NotFoundError
from tradebus.model.instrument import AssetClass, parse_symbol
from tradebus.model.time import iso
from tradebus.model.timeframe import Timeframe
from tradebus.storage.bar_checks import check, drop, refuse
from tradebus.storage.bar_table import COLUMNS, PRICES, asset_class_of, bar_ends

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
_YEARS = (1900, 2200)


@dataclass(frozen=True, slots=True)
class BarFile:
    """Bars read from a file.

    Attributes:
        table: The bar table.
        dropped: What was left out, one line a row; empty unless repairing was asked for.
    """

    table: "pl.DataFrame"
    dropped: list[str] = field(default_factory=list)


def read_bars(
    path: Path, symbol: str, timeframe: Timeframe, *, timezone: str | None = None, repair: bool = False
) -> BarFile:
    """Read the bars of a symbol.

    Args:
        path: CSV or Parquet, told apart by content. Columns are found by name (timestamp, open, high, low, close,
            volume; trade_count, vwap and symbol where there are such). Times have a zone or are plain dates.
        symbol: Canonical symbol; a file without a symbol column is taken to be of it.
        timeframe: Length of the bars.
        timezone: Zone of times that have none; None refuses them.
        repair: Whether rows that cannot be true are left out instead of refused.

    Raises:
        NotFoundError: If there is no such file, or no such symbol in it.
        DataError: If it cannot be read, or its rows cannot be true.
        InputError: If the zone is none.
    """
    rows, first_row = read_rows(path)
    rows = _named(rows, path).with_row_index("row", first_row)
    rows = _of_symbol(rows, symbol, path)
    asset_class = asset_class_of(symbol)
    starts = _starts(rows, timeframe, asset_class, timezone, path)
    frame = _numbers(rows, path).with_columns(starts.alias("start_ns"))
    problems = check(frame)
    if problems and not repair:
        raise refuse(problems, path.name)
    dropped = [f"{path.name}: left out {problem}" for problem in problems]
    frame = drop(frame, problems) if problems else frame
    _check_spacing(frame["start_ns"], timeframe, asset_class, path)
    ends = bar_ends(frame["start_ns"], timeframe, asset_class)
    return BarFile(frame.with_columns(ends.alias("time_ns")).select(COLUMNS), dropped)


def read_rows(path: Path) -> "tuple[pl.DataFrame, int]":
    """Return the rows of a file as they are, and the number of its first one.

    Raises:
        NotFoundError: If there is no such file.
        DataError: If it is neither CSV nor Parquet.
    """
    import polars as pl

    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise NotFoundError("--data", str(path), "there is no such file", "name a CSV or Parquet file") from None
    except OSError as error:
        raise DataError("--data", str(path), f"cannot be read ({error.strerror})", "name a file you may read") from None
    if head[:4] == b"PAR1":
        try:
            return pl.read_parquet(path), 1
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _unreadable(path, f"is no whole Parquet file ({_first_line(error)})") from None
    if not head.strip():
        raise _unreadable(path, "is empty")
    if b"\0" in head or head.lstrip()[:1] in (b"<", b"{"):
        raise _unreadable(path, "is neither CSV nor Parquet")
    try:
        return pl.read_csv(path, infer_schema=False), 2
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"cannot be read as CSV ({_first_line(error)})") from None


def _unreadable(path: Path, problem: str) -> DataError:
    return DataError("--data", str(path), problem, "give a CSV or Parquet file with a line of column names")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:120]


def _named(rows: "pl.DataFrame", path: Path) -> "pl.DataFrame":
    by_name = {name.strip().lower(): name for name in reversed(rows.columns)}
    found = {}
    for column, aliases in _ALIASES.items():
        name = next((by_name[alias] for alias in aliases if alias in by_name), None)
        if name is not None:
            found[column] = name
    missing = [column for column in _NEEDED if column not in found]
    if missing:
        there = ", ".join(rows.columns[:12])
        raise DataError(
            "--data",
            str(path),
            f"has no column {', '.join(missing)} (it has {there})",
            "name the columns in the first line",
        )
    if not rows.height:
        raise DataError("--data", str(path), "has no rows", "give a file with bars")
    return rows.select(rows[name].alias(column) for column, name in found.items())


def _of_symbol(rows: "pl.DataFrame", symbol: str, path: Path) -> "pl.DataFrame":
    import polars as pl

    if "symbol" not in rows.columns:
        return rows
    names = rows["symbol"].cast(pl.String).unique().drop_nulls().sort().to_list()
    canonical = {name: _canonical(name) for name in names}
    wanted = [name for name, other in canonical.items() if other == symbol]
    if not wanted:
        there = ", ".join(str(name) for name in names[:12])
        raise NotFoundError("symbol", symbol, f"is not in {path.name}", f"use one of {there}")
    return rows.filter(pl.col("symbol").cast(pl.String).is_in(wanted))


def _canonical(name: str) -> str:
    try:
        return parse_symbol(name)
    except InputError:
        return name


def _numbers(rows: "pl.DataFrame", path: Path) -> "pl.DataFrame":
    import polars as pl

    kinds: dict[str, pl.DataType] = {name: pl.Float64() for name in (*PRICES, "volume", "vwap")}
    kinds["trade_count"] = pl.Int64()
    columns = []
    for name, kind in kinds.items():
        if name not in rows.columns:
            columns.append(pl.Series(name, [None] * rows.height, dtype=kind))
            continue
        given = rows[name]
        text = given.str.strip_chars() if given.dtype == pl.String else given
        read = text.cast(pl.Float64, strict=False).cast(kind, strict=False)
        wrong = (read.is_null() & text.is_not_null() & (text.cast(pl.String) != "")).arg_true()
        if len(wrong):
            row = int(rows["row"][int(wrong[0])])
            fix = "write numbers with a decimal point and nothing else"
            raise DataError(name, str(given[int(wrong[0])]), f"is no number, {path.name} row {row}", fix)
        columns.append(read.alias(name))
    return pl.DataFrame([rows["row"].cast(pl.Int64), *columns])


def _starts(
    rows: "pl.DataFrame", timeframe: Timeframe, asset_class: AssetClass, timezone: str | None, path: Path
) -> "pl.Series":
    """Return the starts of the bars in nanoseconds, UTC."""
    import polars as pl

    zone = _zone(timezone)
    given = rows["timestamp"]
    local = "America/New_York" if asset_class is AssetClass.US_EQUITY else "UTC"
    if given.dtype == pl.String:
        given = _parse(given.str.strip_chars(), rows["row"], zone, path)
    if given.dtype == pl.Date:
        if timeframe.is_intraday:
            raise _timeless(path, given, timeframe)
        stamps = given.cast(pl.Datetime("us")).dt.replace_time_zone(local)
    elif isinstance(given.dtype, pl.Datetime) and given.dtype.time_zone is not None:
        stamps = given
    elif isinstance(given.dtype, pl.Datetime):
        if zone is None:
            raise _zoneless(path, str(given[0]))
        stamps = given.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    else:
        fix = "write times as 2023-01-31T09:30:00-05:00, or days as 2023-01-31"
        raise DataError("timestamp", str(given[0]), f"is no time, {path.name}", fix)
    _check_times(stamps, rows["row"], path)
    if asset_class is AssetClass.US_EQUITY and not timeframe.is_intraday:
        _check_midnight(stamps, rows["row"], path)
    return stamps.dt.convert_time_zone("UTC").cast(pl.Datetime("ns", "UTC")).cast(pl.Int64)


def _zone(timezone: str | None) -> str | None:
    if timezone is None:
        return None
    try:
        return ZoneInfo(timezone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError("--timezone", timezone, "is no time zone", "use a name such as America/New_York") from None


def _parse(text: "pl.Series", rows: "pl.Series", zone: str | None, path: Path) -> "pl.Series":
    """Return text as dates if all of it is plain dates, else as datetimes."""
    days = text.str.to_date("%Y-%m-%d", strict=False)
    if not days.null_count():
        return days
    # Without an offset in the text, the format with one does not match.
    aware = text.str.replace(r"Z$", "+00:00").str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")
    if not aware.null_count():
        return aware
    naive = text.str.to_datetime(strict=False, time_unit="us", exact=True)
    if not naive.null_count():
        if zone is None:
            raise _zoneless(path, text[0])
        return naive
    best = min((days, aware, naive), key=lambda series: series.null_count())
    index = int(best.is_null().arg_true()[0])
    fix = "write times as 2023-01-31T09:30:00-05:00, or days as 2023-01-31"
    raise DataError("timestamp", str(text[index]), f"is no time, {path.name} row {rows[index]}", fix)


def _zoneless(path: Path, first: str) -> DataError:
    fix = "say which with --timezone America/New_York, or write it into the file"
    return DataError("timestamp", first, f"has no time zone, {path.name}", fix)


def _timeless(path: Path, given: "pl.Series", timeframe: Timeframe) -> DataError:
    return DataError(
        "timestamp", str(given[0]), f"is a day, not the start of a {timeframe} bar, {path.name}", "use --timeframe 1Day"
    )


def _check_times(stamps: "pl.Series", rows: "pl.Series", path: Path) -> None:
    years = stamps.dt.year()
    wrong = (years.is_null() | (years < _YEARS[0]) | (years > _YEARS[1])).arg_true()
    if len(wrong):
        index = int(wrong[0])
        problem = f"is no possible time, {path.name} row {rows[index]}"
        raise DataError(
            "timestamp", str(stamps[index]), problem, f"use times from {_YEARS[0]} to {_YEARS[1]} that exist"
        )


def _check_midnight(stamps: "pl.Series", rows: "pl.Series", path: Path) -> None:
    """Refuse daily bars of equities that are not stamped with New York's midnight: they would be of another day."""
    local = stamps.dt.convert_time_zone("America/New_York")
    off = ((local.dt.hour() != 0) | (local.dt.minute() != 0)).arg_true()
    if len(off):
        index = int(off[0])
        there = f"{local[index]:%Y-%m-%d %H:%M} in New York"
        problem = f"is {there}, not the start of a session's day, {path.name} row {rows[index]}"
        raise DataError("timestamp", f"{stamps[index].isoformat()}", problem, "write plain days as 2023-01-31")


def _check_spacing(starts: "pl.Series", timeframe: Timeframe, asset_class: AssetClass, path: Path) -> None:
    """Refuse bars that lie closer together than they last, or so far apart that they must be longer."""
    if len(starts) < 3:
        return
    gaps = starts.diff().drop_nulls()
    length = (bar_ends(starts.head(1), timeframe, asset_class) - starts.head(1))[0]
    shortest = int(gaps.sort()[0])
    if shortest < length:
        index = int(gaps.arg_min() or 0)
        problem = (
            f"bars are {shortest / 1e9:g} s apart at {iso(int(starts[index]))}, closer than {timeframe}, {path.name}"
        )
        raise DataError("--timeframe", str(timeframe), problem, "use the timeframe of the data")
    if timeframe.is_intraday and shortest >= 2 * length:
        problem = f"bars are at least {shortest / 1e9:g} s apart, farther than {timeframe}, {path.name}"
        raise DataError("--timeframe", str(timeframe), problem, "use the timeframe of the data")
