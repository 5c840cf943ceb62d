"""time: market time is integer nanoseconds since the epoch, UTC; people read aware datetimes."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from tradebus.errors import InputError

NEW_YORK = ZoneInfo("America/New_York")
SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
DAY_NS = 86_400 * SECOND_NS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(time_ns: int) -> datetime:
    """Return the aware UTC datetime of nanoseconds since the epoch; digits below the microsecond are cut."""
    return _EPOCH + timedelta(microseconds=time_ns // 1000)


def to_ns(time: datetime, field: str = "time") -> int:
    """Return nanoseconds since the epoch of an aware datetime, exactly.

    Raises:
        InputError: If the datetime has no time zone; `field` names what was set.
    """
    if time.tzinfo is None:
        raise InputError(field, time.isoformat(), "has no time zone", "add one, for instance +00:00")
    delta = time - _EPOCH
    return ((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds) * 1000


def to_moment(time: date, zone: tzinfo, field: str = "time", *, day_end: bool = False) -> datetime:
    """Return an aware datetime: a datetime as it is, of a date its first or (`day_end`) its last microsecond.

    Raises:
        InputError: If it is no date, or a datetime without a time zone; `field` names what was set.
    """
    if not isinstance(time, date):
        raise InputError(field, time, "is no date", "give a date, or a datetime with a time zone")
    if isinstance(time, datetime):
        to_ns(time, field)
        return time
    start = datetime(time.year, time.month, time.day, tzinfo=zone)
    return start + timedelta(days=1, microseconds=-1) if day_end else start


def iso(time_ns: int) -> str:
    """Return ISO 8601 in UTC, as in `2014-06-09T20:00:00Z`."""
    return to_datetime(time_ns).isoformat().replace("+00:00", "Z")
