"""Tests of tradebus/services/stops.py."""

from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS, bar
from tests.unit.services.helpers import SELL, Stage, fill, order
from tradebus.events import (
    BreakerReset,
    BreakerTripped,
    Event,
    LimitBreached,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    PortfolioEvent,
    StopTouched,
    StopTriggered,
    TickEvent,
)
from tradebus.model.time import DAY_NS
from tradebus.model.timeframe import Timeframe
from tradebus.risk.risk_manager import RiskManager
from tradebus.risk.settings import RiskSettings
from tradebus.services.stops import StopsService

NOW = START_NS
EXIT = order(client_order_id="x1", side=SELL, is_exit=True)


def stage(timeframe: Timeframe = Timeframe.DAY_1, **protections: Any) -> Stage:
    """Return stops of 5 % a position, unless told otherwise, on a bus."""
    settings = RiskSettings(**(protections or {"position_stop_pct": 0.05}))
    return Stage(StopsService(RiskManager(settings), timeframe))


def valued(equity: float, day: int = 0) -> PortfolioEvent:
    """Return a valuation of the books."""
    return PortfolioEvent(NOW + day * DAY_NS, equity, 0.0, 0.0)


def test_a_bar_through_the_level_triggers_the_stop() -> None:
    """Once: the exit is asked for, not sold. It is told to ourselves first, so that the bar's fills are booked."""
    desk = stage()
    what = (NOW + 2 * DAY_NS, "macd", "AAPL", "position_stop", 95, 95)

    assert desk.hear(bar(0), fill(10, 100), bar(1, 96)) == []
    assert desk.hear(bar(2, 96, low=94)) == [StopTouched(*what), StopTriggered(*what)]
    assert desk.hear(bar(3, 90)) == []


def test_longer_bars_trigger_nothing() -> None:
    """The day's low was in one of its minutes, before the entry maybe."""
    desk = stage(Timeframe.MIN_1)
    desk.hear(fill(10, 100, time_ns=NOW - 10 * DAY_NS))

    assert desk.hear(bar(1, 96, low=90, timeframe=Timeframe.DAY_1)) == []
    assert len(desk.hear(bar(1, 96, low=90, timeframe=Timeframe.MIN_1))) == 2


def test_a_tick_through_the_level_triggers_the_stop() -> None:
    """In a session of ticks."""
    desk = stage()
    desk.hear(fill(10, 100))

    assert desk.hear(TickEvent(NOW, "AAPL", 95.5)) == []
    assert desk.hear(TickEvent(NOW, "AAPL", 94.5)) == [StopTriggered(NOW, "macd", "AAPL", "position_stop", 95, 94.5)]


def test_a_breach_of_a_limit_trips_the_breaker_and_closes_everything() -> None:
    """In this order: what happened, what follows for entries, what to close."""
    desk = stage(max_drawdown_pct=0.1)
    desk.hear(fill(10, 100), valued(100_000))

    said = desk.hear(valued(89_000))

    reason = "max_drawdown: 11.00% of the equity lost, 10.00% allowed"
    breach = said.pop(0)
    assert isinstance(breach, LimitBreached)
    assert (breach.time_ns, breach.limit, breach.bound) == (NOW, "max_drawdown", 0.1)
    assert breach.value == pytest.approx(0.11)
    assert said == [
        BreakerTripped(NOW, reason),
        StopTriggered(NOW, "macd", "AAPL", "max_drawdown", None, 100),
    ]


def test_a_daily_loss_is_of_its_day() -> None:
    """What was lost yesterday does not count today."""
    desk = stage(portfolio_stop_pct=0.05)

    assert desk.hear(valued(100_000), valued(96_000), valued(93_000, 1)) == []
    assert [type(event) for event in desk.hear(valued(88_000, 1))] == [LimitBreached, BreakerTripped]


def test_without_a_breaker_a_breach_only_closes() -> None:
    """Entries go on."""
    desk = stage(max_drawdown_pct=0.1, enable_circuit_breaker=False)
    desk.hear(fill(10, 100), valued(100_000))

    assert [type(event) for event in desk.hear(valued(89_000))] == [LimitBreached, StopTriggered]
    assert desk.hear(BreakerReset(NOW, "nothing to reset")) == []


def test_the_breaker_trips_again_after_a_reset() -> None:
    """Until then a further breach does not trip it twice."""
    desk = stage(max_drawdown_pct=0.1)
    desk.hear(valued(100_000), valued(89_000))

    again = desk.hear(fill(1, 100), valued(88_000))
    assert BreakerTripped not in [type(event) for event in again]

    desk.hear(BreakerReset(NOW, "checked"))
    after = desk.hear(fill(1, 100), valued(200_000), valued(100_000))
    assert BreakerTripped in [type(event) for event in after]


@pytest.mark.parametrize(
    "end",
    [
        OrderCanceled(NOW, EXIT, Decimal(0), "asked"),
        OrderExpired(NOW, EXIT, Decimal(0)),
        OrderRejected(NOW, EXIT, "CODE", "why"),
    ],
)
def test_a_position_whose_exit_came_to_nothing_is_watched_again(end: Event) -> None:
    """The next bar below the level asks for it again."""
    desk = stage()
    desk.hear(fill(10, 100), bar(1, 94))
    assert desk.hear(bar(2, 94)) == []

    again = desk.hear(end, bar(3, 94))[-1]
    assert again == StopTriggered(NOW + 3 * DAY_NS, "macd", "AAPL", "position_stop", 95, 94)


@pytest.mark.parametrize("request_", [order(), *order(side=SELL, is_exit=True, take_profit=9, stop_loss=8).children()])
def test_the_end_of_an_entry_or_of_a_child_changes_nothing(request_: Any) -> None:
    """The position's own exit still works."""
    desk = stage()
    desk.hear(fill(10, 100), bar(1, 94))

    assert desk.hear(OrderCanceled(NOW, request_, Decimal(0), "asked"), bar(2, 94)) == []


def test_a_position_that_is_closed_is_not_watched() -> None:
    """There is nothing to close."""
    assert stage().hear(fill(10, 100), fill(10, 100, SELL), bar(1, 50)) == []
