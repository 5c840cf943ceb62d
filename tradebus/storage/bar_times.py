"""bar_times: the times of a file's rows -> starts of bars, or one line that says why they cannot be such.

What is accepted:

    2023-01-03T09:30:00-05:00   ISO 8601 with an offset or Z; a space for the T; seconds may be missing or have decimals
    2023-01-03 09:30:00         the same without an offset, if the zone is given
    2023-01-03                  a session's date (of New York, or of UTC for crypto), for days and longer bars

Numbers are refused: nobody can tell seconds from milliseconds or dates. So are 03/01/2023 and the like: nobody can tell
the day from the month.
"""

import math
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tradebus.errors import DataError, InputError
from tradebus.model.instrument import AssetClass
from tradebus.model.time import DAY_NS, MINUTE_NS, SECOND_NS, iso
from tradebus.model.timeframe import Timeframe
from tradebus.storage.bar_table import bar_ends, zone_of

if TYPE_CHECKING:
    import polars as pl

_YEARS = (1900, 2099)
"""Outside of them times are mistakes, and polars knows no summer time."""

_FORM = "write times as 2023-01-31T09:30:00-05:00, or days as 2023-01-31"
_SEASONS = 2
_ORDER = list(Timeframe)
_FEW = 10
"""So many minutes of a symbol that trades seldom may lie apart by chance as longer bars do by nature."""
_LEAST_GAPS = {
    Timeframe.MONTH_1: 25 * DAY_NS,
    Timeframe.WEEK_1: 132 * 60 * MINUTE_NS,
    Timeframe.DAY_1: 23 * 60 * MINUTE_NS,
}
"""What the starts of long bars are apart at least: a week may begin on Tuesday, and a day may have 23 hours."""


def read_starts(
    rows: "pl.DataFrame", timeframe: Timeframe, asset_class: AssetClass, timezone: str | None, source: str
) -> "pl.Series":
    """Return the starts of bars, Int64 nanoseconds since the epoch, UTC.

    Args:
        rows: Columns `timestamp`, as the file gives it, and `row`, its number in the file.
        timeframe: Length of the bars.
        asset_class: Whose days they are.
        timezone: Zone of times that have none; None refuses them.
        source: Name of the file, for messages.

    Raises:
        DataError: If a time is none, has no zone, or is not where a bar of this timeframe begins.
        InputError: If `timezone` is no zone.
    """
    import polars as pl

    zone = None if timezone is None else _zone(timezone)
    given, local = rows["timestamp"], zone_of(asset_class)
    times = _parse(given.str.strip_chars(), rows["row"], source) if given.dtype == pl.String else given
    if times.dtype == pl.Date:
        if timeframe.is_intraday:
            problem = f"is a day, not the start of a {timeframe} bar, {source}"
            raise DataError("timestamp", str(given[0]), problem, "use --timeframe 1Day")
        stamps = times.cast(pl.Datetime("us")).dt.replace_time_zone(local)
    elif not isinstance(times.dtype, pl.Datetime):
        raise DataError("timestamp", str(given[0]), f"is no time, {source}", _FORM)
    elif times.dtype.time_zone is not None:
        stamps = times
    elif zone is None:
        fix = "say which with --timezone America/New_York, or write it into the file"
        raise DataError("timestamp", str(given[0]), f"has no time zone, {source}", fix)
    else:
        stamps = times.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    _check_possible(stamps, rows, zone, source)
    if not timeframe.is_intraday:
        _check_midnight(stamps, rows, local, timeframe, source)
    return stamps.dt.convert_time_zone("UTC").cast(pl.Datetime("ns", "UTC")).cast(pl.Int64)


def _zone(timezone: str) -> str:
    try:
        return ZoneInfo(timezone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError("--timezone", timezone, "is no time zone", "use a name such as America/New_York") from None


def _parse(text: "pl.Series", rows: "pl.Series", source: str) -> "pl.Series":
    """Return text as dates if all of it is plain dates, else as times with a zone, else as times without."""
    found = []
    for read in (_days, _aware, _naive):
        times = read(text)
        if not times.null_count():
            return times
        found.append(times)
    # Written out: 09:30 -> 09:30:00, and +05 -> +05:00.
    full = text.str.replace(r"^(.{10}[T ]\d\d:\d\d)($|[^:\d])", "${1}:00${2}")
    full = full.str.replace(r"(:\d\d(?:\.\d+)? ?[+-]\d\d)$", "${1}:00")
    for read in (_aware, _naive):
        times = read(full)
        if not times.null_count():
            return times
        found.append(times)
    best = min(found, key=lambda times: times.null_count())
    index = int(best.is_null().arg_true()[0])
    if text[index] is None:
        raise DataError("timestamp", None, f"is missing, {source} row {rows[index]}", _FORM)
    what = "is no time" if best.null_count() == len(best) else "is no time like the other rows'"
    raise DataError("timestamp", text[index], f"{what}, {source} row {rows[index]}", _FORM)


def _days(text: "pl.Series") -> "pl.Series":
    return text.str.to_date("%Y-%m-%d", strict=False)


def _aware(text: "pl.Series") -> "pl.Series":
    # Without an offset in the text, this format does not match.
    return text.str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")


def _naive(text: "pl.Series") -> "pl.Series":
    spaced = text.str.replace("T", " ", literal=True)
    return spaced.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")


def _check_possible(stamps: "pl.Series", rows: "pl.DataFrame", zone: str | None, source: str) -> None:
    years = stamps.dt.year()
    wrong = (years.is_null() | (years < _YEARS[0]) | (years > _YEARS[1])).arg_true()
    if not len(wrong):
        return
    index = int(wrong[0])
    given, where = rows["timestamp"][index], f"{source} row {rows['row'][index]}"
    if given is None:
        raise DataError("timestamp", None, f"is missing, {where}", _FORM)
    if years[index] is None:
        problem = f"does not exist in {zone}, or twice, where the clocks change, {where}"
        raise DataError("timestamp", str(given), problem, "write times with their offset, as 2023-11-05T01:30:00-04:00")
    raise DataError("timestamp", str(given), f"is no possible time, {where}", "use years from {} to {}".format(*_YEARS))


def _check_midnight(stamps: "pl.Series", rows: "pl.DataFrame", local: str, timeframe: Timeframe, source: str) -> None:
    """Refuse days that do not begin at midnight: they are of another zone, and would be taken for another day."""
    there = stamps.dt.convert_time_zone(local).dt.replace_time_zone(None)
    hours = there - there.dt.truncate("1d")
    off = (there != there.dt.truncate("1d")).arg_true()
    if not len(off):
        return
    index = int(off[0])
    where = f"{there[index]:%Y-%m-%d %H:%M} in {local.rpartition('/')[2].replace('_', ' ')}"
    row = f"{source} row {rows['row'][index]}"
    # Days of another zone have two hours, that of winter and that of summer.
    if hours.n_unique() > _SEASONS:
        problem = f"{row} begins at {where}, and others at other hours"
        raise DataError("--timeframe", str(timeframe), problem, "use the timeframe of the data")
    fix = "write plain days as 2023-01-31, or give the zone of times without one with --timezone"
    raise DataError("timestamp", str(rows["timestamp"][index]), f"is {where}, not the start of a day there, {row}", fix)


def check_spacing(starts: "pl.Series", timeframe: Timeframe, asset_class: AssetClass, source: str) -> None:
    """Refuse bars that begin before the one before them has ended, or lie so far apart that they must be longer.

    Args:
        starts: Ascending starts, Int64 nanoseconds.
        timeframe: What they are said to last.
        asset_class: Whose days they are.
        source: Name of the file, for messages.

    Raises:
        DataError: If they last less or more.
    """
    gaps = starts.diff().slice(1)
    if not len(gaps):
        return
    early = (starts.slice(1) < bar_ends(starts.slice(0, len(gaps)), timeframe, asset_class)).arg_true()
    if len(early):
        index = int(early[0])
        problem = (
            f"{source} has a bar at {iso(int(starts[index]))} and the next one {_length(int(gaps[index]))} later, "
            f"before a {timeframe} bar has ended"
        )
        raise DataError("--timeframe", str(timeframe), problem, _fix(_likely(gaps)))
    likely = _likely(gaps)
    if likely is None or _ORDER.index(likely) <= _ORDER.index(timeframe) or len(gaps) < 2:
        return
    if not likely.is_intraday or len(gaps) >= _FEW:
        problem = f"no two bars of {source} are closer than {_length(int(gaps.sort()[0]))}: it looks like {likely}"
        raise DataError("--timeframe", str(timeframe), problem, _fix(likely))


def _likely(gaps: "pl.Series") -> Timeframe | None:
    """Return the longest timeframe that bars so far apart can be of; None if they are of none."""
    distinct = gaps.unique().sort()
    for timeframe, least in _LEAST_GAPS.items():
        if distinct[0] >= least:
            return timeframe
    unit = math.gcd(*distinct.to_list())
    fitting = [one for one in Timeframe if one.seconds is not None and unit % (one.seconds * SECOND_NS) == 0]
    return fitting[-1] if fitting else None


def _length(gap_ns: int) -> str:
    for unit, name in ((DAY_NS, "d"), (60 * MINUTE_NS, "h"), (MINUTE_NS, "min")):
        if gap_ns % unit == 0:
            return f"{gap_ns // unit} {name}"
    return f"{gap_ns / SECOND_NS:g} s"


def _fix(likely: Timeframe | None) -> str:
    return "use the timeframe of the data" if likely is None else f"use --timeframe {likely} if that is what they are"
