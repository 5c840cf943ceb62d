"""Tests of tradebus/storage/bar_times.py."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradebus.errors import DataError, InputError
from tradebus.model.instrument import AssetClass
from tradebus.model.time import NEW_YORK, to_ns
from tradebus.model.timeframe import Timeframe
from tradebus.storage.bar_times import check_spacing, read_starts

EQUITY, CRYPTO = AssetClass.US_EQUITY, AssetClass.CRYPTO
MIN_1, HOUR_1, DAY_1 = Timeframe.MIN_1, Timeframe.HOUR_1, Timeframe.DAY_1
OPEN = datetime(2023, 1, 3, 14, 30, tzinfo=UTC)
MIDNIGHT = datetime(2023, 1, 3, 5, tzinfo=UTC)


def read(
    *times: Any,
    timeframe: Timeframe = MIN_1,
    asset_class: AssetClass = EQUITY,
    timezone: str | None = None,
    dtype: Any = None,
) -> list[int]:
    """Return the starts of times as they stand in a file."""
    stamps = pl.Series("timestamp", times, dtype=dtype)
    rows = pl.DataFrame({"row": list(range(2, len(times) + 2)), "timestamp": stamps})
    starts = read_starts(rows, timeframe, asset_class, timezone, "x.csv")
    assert starts.dtype == pl.Int64
    return starts.to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2023-01-03T14:30:00Z",
        "2023-01-03T14:30:00.000000000Z",
        "2023-01-03 14:30:00+00:00",
        "2023-01-03 14:30:00+00",
        "2023-01-03T09:30:00-05:00",
        "2023-01-03T09:30:00-0500",
        "2023-01-03T09:30:00.0 -05:00",
        "2023-01-03T09:30-05:00",
        " 2023-01-03T14:30Z ",
    ],
)
def test_a_time_with_its_offset_is_read(text: str) -> None:
    """The usual forms of ISO 8601 with an offset name the same moment; --timezone does not change it."""
    assert read(text) == read(text, timezone="Asia/Tokyo") == [to_ns(OPEN)]


@pytest.mark.parametrize("text", ["2023-01-03T09:30:00", "2023-01-03 09:30:00.000", "2023-01-03 09:30"])
def test_a_time_without_a_zone_needs_one(text: str) -> None:
    """A time without a zone is read in the zone that is given, and refused if none is."""
    assert read(text, timezone="America/New_York") == [to_ns(OPEN)]
    with pytest.raises(DataError, match=r"has no time zone, x\.csv\. Fix: say which with --timezone America/New_York"):
        read(text)


def test_offsets_may_change_from_row_to_row() -> None:
    """Files of a place with summer time have two offsets."""
    summer = datetime(2023, 7, 3, 13, 30, tzinfo=UTC)

    assert read("2023-01-03T09:30:00-05:00", "2023-07-03T09:30:00-04:00") == [to_ns(OPEN), to_ns(summer)]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_times_of_parquet_are_read_in_every_unit(unit: Any) -> None:
    """Columns of times are read whatever their unit and zone."""
    assert read(OPEN, dtype=pl.Datetime(unit, "UTC")) == [to_ns(OPEN)]
    assert read(OPEN.astimezone(NEW_YORK), dtype=pl.Datetime(unit, "America/New_York")) == [to_ns(OPEN)]
    naive = datetime(2023, 1, 3, 9, 30)  # noqa: DTZ001
    assert read(naive, dtype=pl.Datetime(unit), timezone="America/New_York") == [to_ns(OPEN)]


@pytest.mark.parametrize("day", ["2023-01-03", date(2023, 1, 3)])
@pytest.mark.parametrize("timeframe", [DAY_1, Timeframe.WEEK_1, Timeframe.MONTH_1])
def test_a_date_is_a_day_of_its_market(day: object, timeframe: Timeframe) -> None:
    """Dates begin at New York's midnight for equities and at UTC's for crypto, whatever --timezone says."""
    assert read(day, timeframe=timeframe, timezone="Asia/Tokyo") == [to_ns(MIDNIGHT)]
    assert read(day, timeframe=timeframe, asset_class=CRYPTO) == [to_ns(datetime(2023, 1, 3, tzinfo=UTC))]


@settings(max_examples=50)
@given(st.dates(date(1900, 1, 2), date(2099, 12, 30)))
def test_dates_follow_the_clocks_of_new_york(day: date) -> None:
    """The start of any session's date is the midnight that zoneinfo knows."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK)

    assert read(day.isoformat(), timeframe=DAY_1) == [to_ns(midnight)]


def test_a_date_is_no_minute() -> None:
    """A file of days is not read as minutes."""
    with pytest.raises(
        DataError, match=r"timestamp=2023-01-03: is a day, not the start of a 1Min bar.*--timeframe 1Day"
    ):
        read("2023-01-03")


@pytest.mark.parametrize(
    "text", ["1672756200", "20230103", "01/02/2023", "2023/01/03", "soon", "", "2023-01-03T25:00Z"]
)
def test_other_forms_are_refused(text: str) -> None:
    """Numbers and dates of which nobody knows what they mean are refused, with the row and the fix."""
    with pytest.raises(DataError, match=r"is no time, x\.csv row 2\. Fix: write times as 2023-01-31T09:30:00-05:00"):
        read(text)


def test_the_first_row_of_another_form_is_named() -> None:
    """Where most rows are of one form, the first that is not is named."""
    with pytest.raises(DataError, match=r"timestamp=2023-01-04: is no time like the other rows', x\.csv row 3"):
        read("2023-01-03T14:30:00Z", "2023-01-04", "2023-01-05T14:30:00Z")
    with pytest.raises(DataError, match=r"timestamp=soon: is no time like the other rows', x\.csv row 4"):
        read("2023-01-03", "2023-01-04", "soon", timeframe=DAY_1)


@pytest.mark.parametrize("times", [("2023-01-03T14:30:00Z", None), (OPEN, None)])
def test_a_missing_time_is_refused(times: tuple[object, None]) -> None:
    """A row without a time is named."""
    with pytest.raises(DataError, match=r"timestamp=None: is missing, x\.csv row 3"):
        read(*times)


@pytest.mark.parametrize("time", [1672756200, 1.5, True, timedelta(1)])
def test_columns_of_another_kind_are_refused(time: object) -> None:
    """Seconds or milliseconds, nobody can tell: a column that holds no times is refused."""
    with pytest.raises(DataError, match=r"is no time, x\.csv"):
        read(time)


@pytest.mark.parametrize("text", ["1899-12-30T00:00:00Z", "2100-01-01T00:00:00Z", "1066-10-14", "9999-12-31"])
def test_times_that_cannot_be_are_refused(text: str) -> None:
    """Years outside 1900 to 2099 are mistakes."""
    with pytest.raises(DataError, match=r"is no possible time, x\.csv row 2\. Fix: use years from 1900 to 2099"):
        read(text, timeframe=DAY_1 if len(text) == 10 else MIN_1)


@pytest.mark.parametrize("text", ["2023-03-12 02:30:00", "2023-11-05 01:30:00"])
def test_a_local_time_that_names_no_moment_is_refused(text: str) -> None:
    """Where the clocks change, a local time may not exist or come twice."""
    with pytest.raises(
        DataError, match=rf"{text}: does not exist in America/New_York, or twice.* x\.csv row 3.*-04:00"
    ):
        read("2023-03-11 02:30:00", text, timezone="America/New_York")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "/etc/localtime", "New York", "America"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    """The error names the flag, the value and an example."""
    with pytest.raises(InputError, match=r"--timezone=.*: is no time zone\. Fix: use a name such as America/New_York"):
        read("2023-01-03 09:30:00", timezone=zone)


def test_days_of_equities_stamped_in_utc_are_refused() -> None:
    """UTC's midnight is the evening before in New York: the bar would be of another session."""
    assert read("2023-01-03T05:00:00Z", timeframe=DAY_1) == [to_ns(MIDNIGHT)]
    with pytest.raises(DataError) as caught:
        read("2023-01-03T00:00:00Z", timeframe=DAY_1)

    assert str(caught.value) == (
        "timestamp=2023-01-03T00:00:00Z: is 2023-01-02 19:00 in New York, not the start of a day there, x.csv row 2. "
        "Fix: write plain days as 2023-01-31, or give the zone of times without one with --timezone"
    )


@pytest.mark.parametrize("text", ["2023-07-03T05:00:00Z", "2023-01-03T05:00:01Z", "2023-01-03T21:00:00Z"])
def test_days_begin_at_midnight_to_the_second(text: str) -> None:
    """Winter's hour in summer, a second too many and the close of a session are no starts of days."""
    with pytest.raises(DataError, match="in New York, not the start of a day there"):
        read(text, timeframe=DAY_1)


def test_days_of_crypto_begin_at_midnight_utc() -> None:
    """A day of crypto that begins at New York's midnight would be known before it ended."""
    with pytest.raises(DataError, match="is 2023-01-03 05:00 in UTC, not the start of a day there"):
        read("2023-01-03T05:00:00Z", timeframe=DAY_1, asset_class=CRYPTO)


def space(starts: list[datetime], timeframe: Timeframe, asset_class: AssetClass = EQUITY) -> None:
    """Check the spacing of bars."""
    check_spacing(pl.Series([to_ns(start) for start in starts], dtype=pl.Int64), timeframe, asset_class, "x.csv")


def every(step: timedelta, count: int = 12, start: datetime = datetime(2023, 1, 2, tzinfo=NEW_YORK)) -> list[datetime]:
    """Return evenly spaced times, by the clock on the wall."""
    return [start + index * step for index in range(count)]


STEPS = {
    MIN_1: timedelta(minutes=1),
    Timeframe.MIN_5: timedelta(minutes=5),
    HOUR_1: timedelta(hours=1),
    Timeframe.HOUR_4: timedelta(hours=4),
    DAY_1: timedelta(1),
    Timeframe.WEEK_1: timedelta(7),
}


@pytest.mark.parametrize("of_data", STEPS)
@pytest.mark.parametrize("said", [*STEPS, Timeframe.MONTH_1])
def test_bars_of_another_length_are_refused(of_data: Timeframe, said: Timeframe) -> None:
    """Data of one timeframe are not read as another, and the message says what they look like."""
    starts = every(STEPS[of_data])
    if of_data is said:
        space(starts, said)
        return
    with pytest.raises(DataError, match=rf"--timeframe={said}: .*Fix: use --timeframe {of_data} if that is what"):
        space(starts, said)


def test_months_are_not_weeks() -> None:
    """Bars a month apart look like months."""
    starts = [datetime(2023, month, 1, tzinfo=NEW_YORK) for month in range(1, 13)]

    space(starts, Timeframe.MONTH_1)
    with pytest.raises(DataError, match=r"no two bars of x\.csv are closer than 28 d: it looks like 1Month"):
        space(starts, Timeframe.WEEK_1)


def test_the_first_bar_that_comes_too_early_is_named() -> None:
    """The message says where the bars lie closer than they last; half a length is too close too."""
    starts = [OPEN, OPEN + timedelta(minutes=60), OPEN + timedelta(minutes=61, seconds=30)]

    with pytest.raises(
        DataError, match=r"has a bar at 2023-01-03T15:30:00Z and the next one 90 s later, before a 1Hour"
    ):
        space(starts, HOUR_1)
    with pytest.raises(DataError, match=r"x\.csv has .* 0\.25 s later.*Fix: use the timeframe of the data"):
        space([OPEN, OPEN + timedelta(milliseconds=250)], MIN_1)


def test_gaps_are_allowed() -> None:
    """Minutes without trades, nights, weekends and holidays are no mistake."""
    minutes = [0, 3, 5, 6, 25 * 60, 25 * 60 + 2, 80 * 60]
    space([OPEN + timedelta(minutes=minute) for minute in minutes], MIN_1)
    space([OPEN + timedelta(minutes=2 * minute) for minute in minutes], MIN_1)
    space([MIDNIGHT + timedelta(day) for day in (0, 1, 5, 6, 20)], DAY_1)
    space([datetime(2023, 3, day, tzinfo=NEW_YORK) for day in (10, 11, 12, 13, 14)], DAY_1)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_one_or_two_bars_may_be_of_any_length(count: int) -> None:
    """Of so few bars nobody can tell; that one begins before the other has ended is seen all the same."""
    space(every(timedelta(1), count), MIN_1)
    if count == 2:
        with pytest.raises(DataError, match="before a 1Day bar has ended"):
            space(every(timedelta(minutes=1), count), DAY_1)


def test_few_bars_of_days_are_no_minutes() -> None:
    """Three days look like days, three minutes that lie apart may be of a symbol that trades seldom."""
    space(every(timedelta(minutes=2), 5), MIN_1)
    with pytest.raises(DataError, match=r"no two bars of x\.csv are closer than 1 d: it looks like 1Day"):
        space(every(timedelta(1), 3), MIN_1)
