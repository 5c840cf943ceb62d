"""Tests of tradebus/storage/bar_stream.py."""

from itertools import chain

import polars as pl

from tests.unit.storage.bars import bar_table
from tradebus.events import BarEvent
from tradebus.model.time import DAY_NS
from tradebus.model.timeframe import Timeframe
from tradebus.storage.bar_stream import BarStream

DAY_1, WEEK_1 = Timeframe.DAY_1, Timeframe.WEEK_1


def events(stream: BarStream) -> list[BarEvent]:
    """Return all bars of a stream."""
    return list(chain.from_iterable(stream.chunks()))


def test_a_row_becomes_an_event() -> None:
    """Each column of the table is found in the event, what is not known as None."""
    stream = BarStream([("AAPL", DAY_1, bar_table(1, trade_count=[None], vwap=[None]))])

    assert events(stream) == [BarEvent(DAY_NS, "AAPL", DAY_1, 10.0, 11.0, 9.0, 10.5, 1000.0, 0, None, None)]


def test_bars_come_in_the_order_of_their_ends() -> None:
    """Symbols are merged by the ends of the bars, and at one moment come in the order of the tables."""
    late = bar_table(2, start_ns=[DAY_NS, 2 * DAY_NS])
    stream = BarStream([("MSFT", DAY_1, late), ("AAPL", DAY_1, bar_table(3))])

    assert [(bar.time_ns // DAY_NS, bar.symbol) for bar in events(stream)] == [
        (1, "AAPL"),
        (2, "MSFT"),
        (2, "AAPL"),
        (3, "MSFT"),
        (3, "AAPL"),
    ]
    assert (stream.count, stream.first_ns, stream.last_ns) == (5, DAY_NS, 3 * DAY_NS)


def test_longer_bars_come_when_they_end() -> None:
    """A bar that began first but ends last comes last."""
    week = bar_table(1).with_columns(pl.lit(3 * DAY_NS).alias("time_ns"))
    stream = BarStream([("AAPL", DAY_1, bar_table(3)), ("AAPL", WEEK_1, week)])

    assert [(bar.timeframe, bar.start_ns) for bar in events(stream)] == [
        (DAY_1, 0),
        (DAY_1, DAY_NS),
        (DAY_1, 2 * DAY_NS),
        (WEEK_1, 0),
    ]


def test_many_bars_come_in_portions() -> None:
    """Bars exist a portion at a time, and all of them come in order, each time they are asked for."""
    stream = BarStream([("AAPL", DAY_1, bar_table(20_000))])

    sizes = [sum(1 for _ in portion) for portion in stream.chunks()]

    assert len(sizes) > 1
    assert sum(sizes) == stream.count == 20_000
    assert [bar.time_ns for bar in events(stream)] == [DAY_NS * (index + 1) for index in range(20_000)]


def test_an_empty_stream_has_no_bars() -> None:
    """Tables without bars make a stream without bars."""
    stream = BarStream([("AAPL", DAY_1, bar_table(0))])

    assert (stream.count, stream.first_ns, stream.last_ns, events(stream)) == (0, 0, 0, [])
