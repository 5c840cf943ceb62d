"""Values and small services that tests share."""

import random
from collections.abc import Callable
from typing import Any

from tradebus.bus import Bus, Core, Publish
from tradebus.engine.event_hash import EventHasher
from tradebus.events import (
    BarEvent,
    Event,
    MarketClosed,
    MarketOpened,
    Paused,
    Resumed,
    SnapshotEvent,
    StepEvent,
)
from tradebus.mailbox import Delivery, Mailbox
from tradebus.model.time import DAY_NS
from tradebus.model.timeframe import Timeframe

START_NS = 1_388_700_000_000_000_000 - 1_388_700_000_000_000_000 % DAY_NS + 21 * 3_600_000_000_000
"""16:00 New York of a Thursday in January 2014: the end of a daily bar."""


def bar(
    index: int = 0,
    close: float = 100.0,
    *,
    symbol: str = "AAPL",
    open: float | None = None,
    high: float | None = None,
    low: float | None = None,
    volume: float = 1_000_000.0,
    vwap: float | None = None,
    timeframe: Timeframe = Timeframe.DAY_1,
    step_ns: int = DAY_NS,
) -> BarEvent:
    """Return the bar `index` steps after START_NS; what is not given follows from the close."""
    first = close if open is None else open
    end = START_NS + index * step_ns
    return BarEvent(
        end,
        symbol,
        timeframe,
        first,
        max(first, close) if high is None else high,
        min(first, close) if low is None else low,
        close,
        volume,
        end - step_ns,
        None,
        vwap,
    )


def random_bars(count: int, seed: int = 0, symbol: str = "AAPL", price: float = 100.0) -> list[BarEvent]:
    """Return bars of a random walk with plausible ranges and volumes."""
    rng = random.Random(seed)
    bars = []
    for index in range(count):
        first = round(price * (1 + rng.gauss(0, 0.004)), 2)
        price = round(first * (1 + rng.gauss(0, 0.012)), 2)
        high = round(max(first, price) * (1 + abs(rng.gauss(0, 0.003))), 2)
        low = round(min(first, price) * (1 - abs(rng.gauss(0, 0.003))), 2)
        bars.append(
            bar(index, price, symbol=symbol, open=first, high=high, low=low, volume=rng.randrange(10**4, 10**6))
        )
    return bars


class StubCore:
    """A core service that does what it is told for each event."""

    def __init__(
        self,
        name: str,
        consumes: tuple[type[Event], ...],
        publishes: tuple[type[Event], ...],
        on_event: Callable[[Any, Publish], object] = lambda event, publish: None,
    ) -> None:
        self.name, self.consumes, self.publishes, self._on_event = name, consumes, publishes, on_event

    def run(self, publish: Publish) -> Core:
        """Do as told."""
        while True:
            self._on_event((yield), publish)


class StubEdge:
    """An edge service that does what it is told for each event."""

    def __init__(
        self,
        name: str,
        consumes: tuple[type[Event], ...],
        publishes: tuple[type[Event], ...],
        policies: dict[type[Event], Delivery] | None = None,
        on_event: Callable[[Any, Publish], object] = lambda event, publish: None,
    ) -> None:
        self.name, self.consumes, self.publishes = name, consumes, publishes
        self.policies = policies or {}
        self._on_event = on_event

    async def run(self, inbox: Mailbox, publish: Publish) -> None:
        """Do as told."""
        async for event in inbox:
            self._on_event(event, publish)


def flow_hash() -> str:
    """Return the event hash of a small flow in which several services answer each other."""
    bus, hasher = Bus(), EventHasher()
    kinds: tuple[type[Event], ...] = (MarketOpened, MarketClosed, Paused, Resumed)
    names = {"AAPL", "MSFT", "GOOG"}

    def open_(event: BarEvent, publish: Publish) -> None:
        for name in sorted(names):
            publish(MarketOpened(event.time_ns, name))

    def pause(event: MarketOpened, publish: Publish) -> None:
        publish(Paused(event.time_ns, event.market, "test"))

    bus.attach(StubCore("opener", (BarEvent,), kinds, open_))
    bus.attach(StubCore("pauser", (MarketOpened,), kinds, pause))
    bus.declare((SnapshotEvent, StepEvent))
    bus.tap(hasher)
    for event in random_bars(50):
        bus.publish(event)
        bus.publish(StepEvent(event.time_ns))
    bus.close()
    return hasher.hexdigest()
