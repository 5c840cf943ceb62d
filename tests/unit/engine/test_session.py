"""Tests of tradebus/engine/session.py."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS, StubEdge, bar
from tests.unit.engine.memory import Plan
from tradebus.bus import Publish
from tradebus.clock import ReplayClock, WallClock
from tradebus.engine.session import run_session
from tradebus.engine.wiring import Parts, Session, wire
from tradebus.events import MARKET_DATA, BarEvent, Event, SessionEnded, SessionStarted
from tradebus.mailbox import Delivery, Mailbox
from tradebus.model.bar import MarketSnapshot
from tradebus.model.portfolio import Portfolio
from tradebus.model.signal import SignalDict
from tradebus.model.time import DAY_NS
from tradebus.model.timeframe import Timeframe
from tradebus.sizers.fixed import FixedSizer
from tradebus.strategies.base import Strategy
from tradebus.supervisor import NEVER, Supervisor


class Bars:
    """A stream of two bars."""

    def chunks(self) -> list[list[BarEvent]]:
        """Return them in two portions."""
        return [[bar(0)], [bar(1)]]


class Heard:
    """A wired session and all its events."""

    def __init__(self) -> None:
        self.clock = ReplayClock(START_NS)
        parts = Parts(
            strategy=Plan({}),
            strategy_id="plan",
            sizer=FixedSizer(1),
            portfolio=Portfolio(Decimal(500)),
            timeframe=Timeframe.DAY_1,
            clock=self.clock,
            stream=Bars(),
        )
        self.session: Session = wire("backtest", parts)
        self.events: list[Event] = []
        self.session.bus.tap(lambda batch: self.events.extend(batch.events))

    async def run(self) -> list[Event]:
        """Run it to its end and return its events."""
        await run_session(
            self.session, self.clock, mode="backtest", symbols=["AAPL"], cash=Decimal(500), start_ns=START_NS
        )
        return self.events


async def test_a_session_begins_and_ends_with_an_event() -> None:
    """The first says what it is, the last why it is over; the bus is closed then."""
    heard = Heard()

    events = await heard.run()

    assert events[0] == SessionStarted(START_NS, "backtest", ("AAPL",), Decimal(500))
    assert events[-1] == SessionEnded(START_NS + DAY_NS, "feed ended")
    assert sum(isinstance(event, BarEvent) for event in events) == 2
    with pytest.raises(Exception, match="closed bus"):
        heard.session.bus.publish(bar(2))


async def test_a_feed_that_fails_ends_the_session_at_once() -> None:
    """A replay cannot be taken up in the middle, so it is not started again."""
    heard, runs = Heard(), []

    async def fail(inbox: Mailbox, publish: Publish) -> None:
        runs.append(1)
        raise OSError("gone")

    _replace(heard.session.feed, "run", fail)
    with pytest.raises(OSError, match="gone"):
        await heard.run()

    assert runs == [1]


async def test_a_portion_that_fails_ends_the_session_with_its_error() -> None:
    """The bars may come from a broken file."""
    heard = Heard()

    def broken() -> Any:
        yield [bar(0)]
        raise ValueError("row 7")

    _replace(heard.session.feed, "_chunks", broken())
    with pytest.raises(ValueError, match="row 7"):
        await heard.run()


class Alternating(Strategy):
    """Buys and sells in turn, so that each bar brings as many events as a bar of one symbol can."""

    name = "alternating"

    def generate_signals(self, snapshot: MarketSnapshot) -> list[SignalDict]:
        """Return the opposite of the last wish."""
        self.wished = -getattr(self, "wished", -1)
        price = snapshot.bars["BTC/USD"].close
        action = "BUY" if self.wished > 0 else "SELL"
        return [{"action": action, "symbol": "BTC/USD", "price": price, "timestamp": snapshot.timestamp}]


async def test_the_feed_waits_for_a_listener_that_may_lose_nothing() -> None:
    """A store of all events that takes one at a time: the usual mailbox never overflows, and nothing is dropped."""
    stored: list[Event] = []
    everything = dict.fromkeys(MARKET_DATA, Delivery.EVERY)

    class Store(StubEdge):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            async for event in inbox:
                stored.append(event)
                await asyncio.sleep(0)

    class Days:
        def chunks(self) -> list[list[BarEvent]]:
            return [[bar(number, symbol="BTC/USD") for number in range(1000)]]

    clock = ReplayClock(START_NS)
    parts = Parts(
        strategy=Alternating(),
        strategy_id="alternating",
        sizer=FixedSizer(1),
        portfolio=Portfolio(Decimal(100_000)),
        timeframe=Timeframe.DAY_1,
        clock=clock,
        stream=Days(),
    )
    session = wire("backtest", parts)
    supervisor = Supervisor(session.bus, WallClock(), clock.now_ns)
    supervisor.add(session.feed, NEVER)
    supervisor.add(Store("store", (Event,), (), everything))

    await supervisor.run(session.feed, lambda: ())

    assert len(stored) == session.bus.seq > 9_000


def _replace(thing: object, name: str, value: object | Callable[..., Any]) -> None:
    setattr(thing, name, value)
