"""Tests of tradebus/mailbox.py."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import bar
from tradebus.errors import MailboxOverflowError
from tradebus.events import BarEvent, Event, FillEvent, Paused, StepEvent
from tradebus.mailbox import Delivery, Mailbox
from tradebus.model.timeframe import Timeframe

SYMBOLS = ("AAPL", "MSFT", "GOOG")


@given(st.lists(st.one_of(st.sampled_from(SYMBOLS), st.none()), max_size=60))
def test_conflation_keeps_the_newest_per_symbol_and_counts_the_rest(puts: list[str | None]) -> None:
    """After any sequence: the newest bar of each symbol, every control event, and a count of what was dropped."""
    box = Mailbox("slow", capacity=100)
    newest: dict[str, BarEvent] = {}
    controls: list[Event] = []
    for number, symbol in enumerate(puts, 1):
        event: Event
        if symbol is None:
            event = Paused(number, "me", "test")
            controls.append(event)
        else:
            event = newest[symbol] = bar(number, 100.0 + number, symbol=symbol)
        box.put(number, 0, event)

    left = []
    while (envelope := box.take()) is not None:
        left.append(envelope.event)

    assert {event.symbol: event for event in left if isinstance(event, BarEvent)} == newest
    assert [event for event in left if isinstance(event, Paused)] == controls
    assert box.conflated == len(puts) - len(left)


def test_a_read_event_is_not_conflated_with_the_next() -> None:
    """Once taken, the next of its symbol waits anew."""
    box = Mailbox("quick")
    for number in (1, 2):
        box.put(number, 0, bar(number))
        assert box.take() is not None

    assert box.conflated == 0


def test_a_service_may_ask_for_every_bar() -> None:
    """A policy of EVERY turns conflation off for a type."""
    box = Mailbox("journal", policies={BarEvent: Delivery.EVERY})
    box.put(1, 0, bar(1))
    box.put(2, 0, bar(2))

    assert len(box) == 2


def test_a_service_may_conflate_more() -> None:
    """A policy of LATEST conflates a type that is usually kept."""
    box = Mailbox("screen", policies={Paused: Delivery.LATEST})
    box.put(1, 0, Paused(1, "me", "a"))
    box.put(2, 0, Paused(2, "me", "b"))
    envelope = box.take()

    assert envelope is not None
    assert envelope.seq == 2
    assert box.conflated == 1


def test_bars_of_two_timeframes_are_not_conflated() -> None:
    """A minute's bar says nothing of the day's."""
    box = Mailbox("screen")
    box.put(1, 0, bar(1, timeframe=Timeframe.DAY_1))
    box.put(2, 0, bar(1, timeframe=Timeframe.MIN_1))

    assert len(box) == 2


def test_a_replaced_event_keeps_its_place() -> None:
    """So that no symbol waits for ever behind busier ones; the number is that of the event taken last."""
    box = Mailbox("screen")
    box.put(1, 0, bar(1))
    box.put(2, 0, bar(1, symbol="MSFT"))
    box.put(3, 0, bar(2))

    taken = [(envelope.seq, box.last_seq) for _ in range(2) if (envelope := box.take())]

    assert taken == [(3, 3), (2, 2)]


def test_a_full_mailbox_still_conflates() -> None:
    """The newest price replaces a waiting one even when there is no room for another symbol."""
    box = Mailbox("full", capacity=1)
    box.put(1, 0, bar(1))
    box.put(2, 0, bar(2))

    with pytest.raises(MailboxOverflowError, match="full"):
        box.put(3, 0, bar(3, symbol="MSFT"))


def test_fills_are_never_dropped() -> None:
    """Orders and fills are not market data: they fill the mailbox."""
    from tradebus.events import MARKET_DATA

    assert FillEvent not in MARKET_DATA


def test_a_mailbox_needs_room_for_one() -> None:
    """A capacity of nothing is refused."""
    with pytest.raises(ValueError, match="capacity must be at least 1, was 0"):
        Mailbox("none", capacity=0)


async def test_iteration_ends_when_closed_and_empty() -> None:
    """What waits is read before the end."""
    box = Mailbox("reader")
    box.put(1, 0, StepEvent(1))
    box.close()

    assert [event async for event in box] == [StepEvent(1)]


async def test_iteration_waits_for_what_comes() -> None:
    """A reader that has caught up is woken by the next event."""
    box = Mailbox("reader")

    async def read() -> list[int]:
        return [envelope.seq async for envelope in box.envelopes()]

    reader = asyncio.create_task(read())
    await asyncio.sleep(0)
    box.put(7, 3, StepEvent(1))
    await asyncio.sleep(0)
    box.close()

    assert await reader == [7]
    assert box.last_seq == 7
