"""Small sessions over bars that tests make up."""

import asyncio
import random
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from tradebus.bus import CoreService
from tradebus.clock import ReplayClock
from tradebus.engine.event_hash import EventHasher
from tradebus.engine.session import run_session
from tradebus.engine.wiring import Parts, Session, wire
from tradebus.events import BarEvent, Event
from tradebus.model.bar import MarketSnapshot
from tradebus.model.portfolio import Portfolio
from tradebus.model.timeframe import Timeframe
from tradebus.sizers.percent import PercentSizer


class Bars:
    """Bars from a list, in portions of seven, so that portions end in the middle of things."""

    def __init__(self, bars: Sequence[BarEvent]) -> None:
        self._bars = bars

    def chunks(self) -> Iterator[Iterable[BarEvent]]:
        """Yield the portions."""
        for first in range(0, len(self._bars), 7):
            yield self._bars[first : first + 7]


class RandomStrategy:
    """Wishes at random, with every kind of order, from what it has seen: equal bars give equal wishes."""

    name = "random"

    def __init__(self, seed: int, rate: float = 0.4) -> None:
        self._rng = random.Random(seed)
        self._rate = rate

    def generate_signals(self, snapshot: MarketSnapshot) -> list[dict[str, Any]]:
        """Wish something about some of the symbols."""
        wishes = []
        for symbol, bar in snapshot.bars.items():
            if self._rng.random() < self._rate:
                wish = {
                    "action": self._rng.choice(["BUY", "SELL", "BUY", "SELL", "HOLD"]),
                    "symbol": symbol,
                    "price": bar.close,
                    "timestamp": snapshot.timestamp,
                }
                wishes.append({**wish, **self._terms(bar)})
        return wishes

    def _terms(self, bar: Any) -> dict[str, Any]:
        close = bar.close
        return self._rng.choice(
            [
                {},
                {},
                {"limit_price": round(close * 0.99, 2)},
                {"limit_price": round(close * 1.01, 2), "time_in_force": "day"},
                {"stop_price": round(close * 1.01, 2)},
                {"trail_pct": 0.03},
                {"time_in_force": "fok"},
                {"time_in_force": "ioc"},
                {"take_profit": round(close * 1.02, 2), "stop_loss": round(close * 0.98, 2)},
                {"stop_loss": round(close * 0.97, 2)},
                {"quantity": float(self._rng.randrange(1, 50))},
            ]
        )


def make_parts(bars: Sequence[BarEvent], strategy: Any, **changes: Any) -> Parts:
    """Return the parts of a session over bars, with defaults for what is not given."""
    settings: dict[str, Any] = {
        "strategy": strategy,
        "strategy_id": getattr(strategy, "name", "test"),
        "sizer": PercentSizer(0.25),
        "portfolio": Portfolio(Decimal(100_000)),
        "timeframe": Timeframe.DAY_1,
        "stream": Bars(bars),
        "clock": ReplayClock(bars[0].time_ns if bars else 0),
    }
    return Parts(**{**settings, **changes})


def run_parts(
    parts: Parts, *extra: CoreService, mode: str = "backtest", tells: str | None = None
) -> tuple[Session, EventHasher, list[Event]]:
    """Run a session to its end; return it, its hash and all its events."""
    session, hasher = wire(mode, parts), EventHasher()
    events: list[Event] = []
    session.bus.tap(hasher)
    session.bus.tap(lambda batch: events.extend(batch.events))
    for service in extra:
        session.bus.attach(service)
    start = parts.clock.now_ns()
    asyncio.run(
        run_session(
            session,
            parts.clock,
            mode=tells or mode,
            symbols=["AAPL"],
            cash=parts.portfolio.initial_cash,
            start_ns=start,
        )
    )
    return session, hasher, events
