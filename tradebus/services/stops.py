"""stops: BarEvent, TickEvent, FillEvent, PortfolioEvent -> StopTriggered, LimitBreached, BreakerTripped.

The risk manager's eyes and voice. It hears a bar after the executor and before any fill of that bar: a stop guards from
the first bar after its entry filled. One bar may also fill an order that closes the position, a bracket's stop say; so
a touched stop is told to ourselves first (StopTouched), and by the time it comes back the fills of the bar are booked.
"""

from collections.abc import Iterable

import msgspec

from tradebus.bus import Core, Publish
from tradebus.events import (
    BarEvent,
    BreakerReset,
    BreakerTripped,
    Event,
    FillEvent,
    LimitBreached,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    PortfolioEvent,
    StopTouched,
    StopTriggered,
    TickEvent,
)
from tradebus.model.timeframe import Timeframe
from tradebus.risk.risk_manager import ExitSignal, RiskManager


class StopsService:
    """Watches positions and the account.

    Args:
        manager: Knows positions, levels and limits.
        timeframe: The session's shortest: longer bars tell again what these told.
    """

    name = "stops"
    consumes: tuple[type[Event], ...] = (
        BarEvent,
        TickEvent,
        FillEvent,
        PortfolioEvent,
        OrderCanceled,
        OrderExpired,
        OrderRejected,
        BreakerReset,
        StopTouched,
    )
    publishes: tuple[type[Event], ...] = (StopTouched, StopTriggered, LimitBreached, BreakerTripped)

    def __init__(self, manager: RiskManager, timeframe: Timeframe) -> None:
        self._manager = manager
        self._timeframe = timeframe

    def run(self, publish: Publish) -> Core:
        """Check every price and every valuation."""
        manager, timeframe = self._manager, self._timeframe
        check_stops, check_portfolio = manager.check_stops, manager.check_portfolio
        while True:
            event = yield
            kind = type(event)
            if kind is BarEvent:
                if event.timeframe is timeframe and (exits := check_stops(event)):
                    _tell(publish, event.time_ns, exits, StopTouched)
            elif kind is StopTouched:
                publish(StopTriggered(*msgspec.structs.astuple(event)))
            elif kind is PortfolioEvent:
                if breaches := check_portfolio(event.time_ns, event.equity):
                    for breach in breaches:
                        publish(LimitBreached(event.time_ns, breach.limit, breach.value, breach.bound))
                        if breach.trips_breaker:
                            publish(BreakerTripped(event.time_ns, breach.reason))
                        _tell(publish, event.time_ns, breach.exits)
            elif kind is FillEvent:
                manager.on_fill(event)
            elif kind is TickEvent:
                _tell(publish, event.time_ns, manager.check_tick(event.symbol, event.price))
            elif kind is BreakerReset:
                if manager.breaker is not None:
                    manager.breaker.reset(event.reason or "no reason given")
            elif event.order.is_exit and not event.order.is_child:
                # The exit came to nothing, or to less than all: watch what is left of the position again.
                manager.rearm(event.order.strategy_id, event.order.symbol)


def _tell(
    publish: Publish,
    time_ns: int,
    exits: Iterable[ExitSignal],
    kind: type[StopTouched] | type[StopTriggered] = StopTriggered,
) -> None:
    for exit_ in exits:
        publish(kind(time_ns, exit_.strategy_id, exit_.symbol, exit_.stop, exit_.level, exit_.price))
