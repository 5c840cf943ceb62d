"""Tests of tradebus/storage/bar_table.py."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.storage.bars import bar_table
from tradebus.model.instrument import AssetClass
from tradebus.model.time import NEW_YORK, to_datetime, to_ns
from tradebus.model.timeframe import Timeframe
from tradebus.storage.bar_table import COLUMNS, asset_class_of, bar_ends, symbol_of, table_hash, zone_of

EQUITY, CRYPTO = AssetClass.US_EQUITY, AssetClass.CRYPTO


def end_of(start: datetime, timeframe: Timeframe, asset_class: AssetClass) -> datetime:
    """Return the end of one bar."""
    ends = bar_ends(pl.Series([to_ns(start)], dtype=pl.Int64), timeframe, asset_class)
    assert ends.dtype == pl.Int64
    return to_datetime(ends[0])


def new_york(day: date, hour: int = 0) -> datetime:
    """Return an hour of a day in New York."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=NEW_YORK)


def next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


DAYS = st.dates(date(1970, 1, 5), date(2100, 1, 1))


@settings(max_examples=60)
@given(day=DAYS)
def test_a_day_of_equities_ends_at_four_in_new_york(day: date) -> None:
    """A day ends at 16:00 New York, on days with a change of the clocks too."""
    assert end_of(new_york(day), Timeframe.DAY_1, EQUITY) == new_york(day, 16)


@settings(max_examples=60)
@given(day=DAYS)
def test_a_week_of_equities_ends_on_friday(day: date) -> None:
    """A week ends on the first Friday at 16:00 New York that is not before its stamp, whatever day that is."""
    friday = day + timedelta((4 - day.weekday()) % 7)

    assert end_of(new_york(day), Timeframe.WEEK_1, EQUITY) == new_york(friday, 16)


@settings(max_examples=60)
@given(day=DAYS)
def test_a_month_of_equities_ends_on_its_last_weekday(day: date) -> None:
    """A month ends at 16:00 New York of its last day that is not on a weekend."""
    last = next_month(day) - timedelta(1)
    last -= timedelta(max(last.weekday() - 4, 0))
    start = day.replace(day=1)

    assert end_of(new_york(start), Timeframe.MONTH_1, EQUITY) == new_york(last, 16)


@settings(max_examples=60)
@given(day=DAYS)
def test_crypto_ends_at_midnight_utc(day: date) -> None:
    """Days, weeks and months of crypto end where the next ones begin, at 00:00 UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    month = next_month(day)

    assert end_of(start, Timeframe.DAY_1, CRYPTO) == start + timedelta(1)
    assert end_of(start, Timeframe.WEEK_1, CRYPTO) == start + timedelta(7)
    assert end_of(start, Timeframe.MONTH_1, CRYPTO) == datetime(month.year, month.month, 1, tzinfo=UTC)


@pytest.mark.parametrize("asset_class", AssetClass)
@pytest.mark.parametrize("timeframe", [one for one in Timeframe if one.is_intraday])
@pytest.mark.parametrize("hour", [5, 6, 7])
def test_minutes_and_hours_last_what_they_say(timeframe: Timeframe, asset_class: AssetClass, hour: int) -> None:
    """Shorter bars last their length of real time, over a change of the clocks too (2023-03-12 07:00 UTC)."""
    start = datetime(2023, 3, 12, hour, 30, tzinfo=UTC)

    assert end_of(start, timeframe, asset_class) == start + timedelta(seconds=timeframe.seconds or 0)


@settings(max_examples=60)
@given(day=DAYS, timeframe=st.sampled_from(Timeframe), asset_class=st.sampled_from(AssetClass))
def test_no_bar_ends_before_it_starts(day: date, timeframe: Timeframe, asset_class: AssetClass) -> None:
    """A bar becomes known after its start, whatever day its vendor stamps it with."""
    midnight = new_york(day) if asset_class is EQUITY else datetime(day.year, day.month, day.day, tzinfo=UTC)

    assert end_of(midnight, timeframe, asset_class) > midnight


def test_the_asset_class_follows_from_the_symbol() -> None:
    """Pairs are crypto and count their days in UTC; all else is US equity."""
    assert [asset_class_of(symbol) for symbol in ("AAPL", "BRK.B", "BTC/USD")] == [EQUITY, EQUITY, CRYPTO]
    assert [zone_of(one) for one in (EQUITY, CRYPTO)] == ["America/New_York", "UTC"]


def test_a_file_may_spell_a_symbol_in_its_way() -> None:
    """Small letters and dashes are the same symbol; what is none is nothing."""
    assert [symbol_of(text) for text in (" aapl", "BTC-USD", "not one!", "")] == ["AAPL", "BTC/USD", None, None]


def test_equal_bars_have_equal_hashes() -> None:
    """The hash does not depend on how polars holds the columns in memory."""
    table = bar_table(6)
    pieces = pl.concat([table.slice(0, 2), table.slice(2)], rechunk=False)

    assert hash_of(pieces) == hash_of(table)
    assert hash_of(table.select(*reversed(COLUMNS))) == hash_of(table)


@pytest.mark.parametrize("column", COLUMNS)
def test_any_other_number_has_another_hash(column: str) -> None:
    """A change in any cell, be it to null, changes the hash."""
    table = bar_table(3)
    other = table.with_columns(pl.when(pl.int_range(pl.len()) == 1).then(pl.col(column) + 1).otherwise(column))
    none = table.with_columns(pl.when(pl.int_range(pl.len()) == 1).then(None).otherwise(column).alias(column))

    assert len({hash_of(table), hash_of(other), hash_of(none)}) == 3


def test_null_is_not_zero_in_the_hash() -> None:
    """What is not known differs from a zero."""
    assert hash_of(bar_table(1, vwap=[None])) != hash_of(bar_table(1, vwap=[0.0]))


def test_the_hash_knows_whose_bars_they_are() -> None:
    """The same numbers of another symbol, of another length or in other tables are other bars."""
    table = bar_table(2)
    hashes = {
        table_hash([("AAPL", Timeframe.DAY_1, table)]),
        table_hash([("MSFT", Timeframe.DAY_1, table)]),
        table_hash([("AAPL", Timeframe.WEEK_1, table)]),
        table_hash([("AAPL", Timeframe.DAY_1, table.head(1)), ("AAPL", Timeframe.DAY_1, table.tail(1))]),
        table_hash([]),
    }

    assert len(hashes) == 5


def test_the_hash_is_the_same_on_every_machine() -> None:
    """The hash of a table is a constant: it stands in manifests."""
    table = bar_table(2, vwap=[None, 10.25])

    assert hash_of(table) == "dcda35f7123c8187338a1c91b5536341bbb9503bb4b1d157e4cfcbc561ed1c56"


def hash_of(table: pl.DataFrame) -> str:
    """Return the hash of one table."""
    return table_hash([("AAPL", Timeframe.DAY_1, table)])
