"""stops: BarEvent, TickEvent, FillEvent, PortfolioEvent -> StopTriggered, LimitBreached, BreakerTripped.

The risk manager's eyes and voice. It hears a bar after the executor and before any fill of that bar: a stop guards from
the first bar after its entry filled.
"""

from collections.abc import Iterable

from tradebus.bus import Core, Publish
from tradebus.events import (
    BarEvent,
    BreakerTripped,
    Event,
    FillEvent,
    LimitBreached,
    PortfolioEvent,
    StopTriggered,
    TickEvent,
)
from tradebus.risk.risk_manager import ExitSignal, RiskManager


class StopsService:
    """Watches positions and the account."""

    name = "stops"
    consumes: tuple[type[Event], ...] = (BarEvent, TickEvent, FillEvent, PortfolioEvent)
    publishes: tuple[type[Event], ...] = (StopTriggered, LimitBreached, BreakerTripped)

    def __init__(self, manager: RiskManager) -> None:
        self._manager = manager

    def run(self, publish: Publish) -> Core:
        """Check every price and every valuation."""
        manager = self._manager
        check_stops, check_portfolio = manager.check_stops, manager.check_portfolio
        while True:
            event = yield
            kind = type(event)
            if kind is BarEvent:
                if exits := check_stops(event):
                    _tell(publish, event.time_ns, exits)
            elif kind is PortfolioEvent:
                if breaches := check_portfolio(event.time_ns, event.equity):
                    for breach in breaches:
                        publish(LimitBreached(event.time_ns, breach.limit, breach.value, breach.bound))
                        if breach.trips_breaker:
                            publish(BreakerTripped(event.time_ns, breach.reason))
                        _tell(publish, event.time_ns, breach.exits)
            elif kind is FillEvent:
                manager.on_fill(event)
            else:
                _tell(publish, event.time_ns, manager.check_tick(event.symbol, event.price))


def _tell(publish: Publish, time_ns: int, exits: Iterable[ExitSignal]) -> None:
    for exit_ in exits:
        publish(StopTriggered(time_ns, exit_.strategy_id, exit_.symbol, exit_.stop, exit_.level, exit_.price))
