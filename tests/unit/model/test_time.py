"""Tests of tradebus/model/time.py."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebus.errors import InputError
from tradebus.model.time import DAY_NS, MINUTE_NS, NEW_YORK, SECOND_NS, iso, to_datetime, to_moment, to_ns

CLOSE = datetime(2014, 6, 9, 16, tzinfo=NEW_YORK)
CLOSE_NS = 1_402_344_000_000_000_000


def test_a_moment_is_the_same_in_every_zone() -> None:
    """Nanoseconds name a moment, whatever clock on the wall shows it."""
    tokyo = CLOSE.astimezone(timezone(timedelta(hours=9)))

    assert to_ns(CLOSE) == to_ns(tokyo) == to_ns(CLOSE.astimezone(UTC)) == CLOSE_NS


def test_times_are_read_in_utc() -> None:
    """Nanoseconds become an aware datetime in UTC."""
    time = to_datetime(CLOSE_NS)

    assert time == CLOSE
    assert time.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_no_microsecond_is_lost(time: datetime) -> None:
    """A datetime survives the way to nanoseconds and back exactly, before the epoch too."""
    assert to_datetime(to_ns(time)) == time


@given(st.integers(-(10**18), 4 * 10**18))
def test_digits_below_the_microsecond_are_cut(time_ns: int) -> None:
    """A datetime is never later than the moment it shows."""
    assert 0 <= time_ns - to_ns(to_datetime(time_ns)) < 1000


def test_a_naive_time_is_refused() -> None:
    """A time without a zone names no moment; the message names what was set, its value and the fix."""
    naive = CLOSE.replace(tzinfo=None)

    with pytest.raises(InputError, match=r"--start=2014-06-09T16:00:00: has no time zone.*add one") as caught:
        to_ns(naive, "--start")

    assert caught.value.field == "--start"


def test_a_date_is_a_whole_day_of_its_zone() -> None:
    """A date begins at its zone's midnight and ends a microsecond before the next, whatever the clocks do."""
    assert to_moment(date(2014, 3, 9), NEW_YORK) == datetime(2014, 3, 9, 5, tzinfo=UTC)
    assert to_moment(date(2014, 3, 9), NEW_YORK, day_end=True) == datetime(2014, 3, 10, 3, 59, 59, 999999, tzinfo=UTC)
    assert to_moment(date(2014, 3, 9), UTC) == datetime(2014, 3, 9, tzinfo=UTC)


def test_a_time_is_the_moment_it_names() -> None:
    """A datetime stays as it is, for the end of a range too; a naive one is refused."""
    assert to_moment(CLOSE, NEW_YORK, day_end=True) is CLOSE
    with pytest.raises(InputError, match=r"end=.*has no time zone"):
        to_moment(CLOSE.replace(tzinfo=None), NEW_YORK, "end")


@pytest.mark.parametrize("text", ["2014-01-02", 1_400_000_000])
def test_what_is_no_date_is_no_moment(text: Any) -> None:
    """Text is read by whoever takes text."""
    with pytest.raises(InputError, match=r"start=.*: is no date"):
        to_moment(text, NEW_YORK, "start")


def test_iso_is_utc_with_a_z() -> None:
    """People and files read times as ISO 8601 in UTC."""
    assert iso(CLOSE_NS) == "2014-06-09T20:00:00Z"


def test_units_fit_each_other() -> None:
    """A day has 1440 minutes of 60 seconds."""
    assert DAY_NS == 1440 * MINUTE_NS == 86_400 * SECOND_NS
