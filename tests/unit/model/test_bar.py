"""Tests of tradebus/model/bar.py."""

import msgspec
import pytest

from tradebus.model.bar import Bar, MarketDataPoint, MarketSnapshot
from tradebus.model.time import DAY_NS, to_datetime
from tradebus.model.timeframe import Timeframe

END_NS = 1_402_344_000_000_000_000
DAILY = Bar(END_NS, "AAPL", Timeframe.DAY_1, 100.0, 102.0, 99.0, 101.0, 1e6, END_NS - DAY_NS)
MINUTE = Bar(END_NS, "AAPL", Timeframe.MIN_1, 101.0, 101.5, 100.9, 101.0, 1e3, END_NS - DAY_NS // 1440, 12, 101.2)
TICK = MarketDataPoint(END_NS, "AAPL", 101.0, bid=100.99, ask=101.01)


def test_a_bar_has_a_start_and_an_end() -> None:
    """The stamp is the vendor's, the start; the time is when the bar became known, the end."""
    assert DAILY.timestamp == to_datetime(END_NS - DAY_NS)
    assert DAILY.time == to_datetime(END_NS)


def test_what_a_vendor_does_not_give_is_none() -> None:
    """Number of trades and average price are optional in a bar, the quote and the size in a tick."""
    assert (DAILY.trade_count, DAILY.vwap) == (None, None)
    assert (MarketDataPoint(1, "AAPL", 101.0).bid, MarketDataPoint(1, "AAPL", 101.0).volume) == (None, 0.0)


def test_a_tick_has_a_time() -> None:
    """The stamp of a tick is the vendor's."""
    assert TICK.timestamp == to_datetime(END_NS)


@pytest.mark.parametrize("value", [DAILY, MINUTE, TICK])
def test_market_data_does_not_change(value: Bar | MarketDataPoint) -> None:
    """Everyone who heard of a bar sees the same bar for ever."""
    with pytest.raises(AttributeError, match="immutable"):
        setattr(value, "symbol", "MSFT")  # noqa: B010 - the type checker refuses the plain assignment


@pytest.mark.parametrize("value", [DAILY, MINUTE, TICK])
def test_market_data_survives_the_wire(value: Bar | MarketDataPoint) -> None:
    """A value round-trips through MessagePack and JSON exactly."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=type(value)) == value
    assert msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value


def test_a_snapshot_is_one_moment_of_all_symbols() -> None:
    """Prices are known of more symbols than closed a bar at this moment."""
    snapshot = MarketSnapshot(END_NS, {"AAPL": 101.0, "MSFT": 40.0}, {"AAPL": DAILY})

    assert snapshot.timestamp == to_datetime(END_NS)
    assert set(snapshot.prices) == {"AAPL", "MSFT"}
    assert snapshot.frames == {("AAPL", Timeframe.DAY_1): DAILY}


def test_a_snapshot_of_several_timeframes_has_them_all() -> None:
    """`bars` has the shortest timeframe of a symbol, `frames` has every one."""
    frames = {("AAPL", Timeframe.MIN_1): MINUTE, ("AAPL", Timeframe.DAY_1): DAILY}

    snapshot = MarketSnapshot(END_NS, {"AAPL": 101.0}, {"AAPL": MINUTE}, frames)

    assert snapshot.bars["AAPL"] is MINUTE
    assert snapshot.frames is frames
