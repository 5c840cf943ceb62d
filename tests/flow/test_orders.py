"""Orders through the whole flow: from a wish to the books."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.flow.sessions import make_parts, run_parts
from tests.samples import bar
from tests.unit.engine.memory import BUY, SELL, Plan
from tradebus.events import (
    BarEvent,
    Event,
    FillEvent,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    SignalDeclined,
    TimedEvent,
)
from tradebus.matching.price import FillAt
from tradebus.model.order import OrderState
from tradebus.risk.settings import RiskSettings
from tradebus.services.order_book import OrderBook
from tradebus.sizers.fixed import FixedSizer

WEEKDAYS = [0, 1, 4, 5, 6, 7, 8, 11, 12, 13]
"""Days after the first, a Thursday, on which the market is open."""


def days(*terms: Mapping[str, Any]) -> list[BarEvent]:
    """Return bars of days on which the market is open, at 100 dollars unless told otherwise."""
    return [bar(WEEKDAYS[number], **term) for number, term in enumerate(terms)]


QUIET: list[Mapping[str, Any]] = [{}] * 5
THIN: list[Mapping[str, Any]] = [{"volume": 1000.0}] * 5
"""A tenth of the volume is 100 shares a day."""


class Done:
    """A session that has run."""

    def __init__(self, bars: Sequence[BarEvent], plan: Mapping[int, Mapping[str, Any]], **changes: Any) -> None:
        settings = {"sizer": FixedSizer(10), "flatten": False, **changes}
        self.parts = make_parts(bars, Plan(plan), **settings)
        session, _, self.events = run_parts(self.parts)
        self.book = next(service for service in session.bus.services if isinstance(service, OrderBook))

    def brief(self) -> list[str]:
        """Return what became of orders as short text, each with the number of its day."""
        lines = []
        for event in self.events:
            text = _text(event)
            if text:
                assert isinstance(event, TimedEvent | FillEvent)
                number = next(number for number, day in enumerate(WEEKDAYS) if bar(day).time_ns == event.time_ns)
                lines.append(f"{number} {text}")
        return lines

    def states(self) -> list[OrderState]:
        """Return where each order of the book stands, in the order in which they came."""
        return [order.state for order in self.book._orders.values()]

    @property
    def held(self) -> int:
        """Shares of AAPL in the books."""
        return int(self.parts.portfolio.position("AAPL"))


def _text(event: Event) -> str:
    match event:
        case FillEvent():
            return f"{event.side} {event.qty:f} @ {event.price.normalize():f}"
        case OrderCanceled(_, order, filled, reason):
            return f"canceled {order.order_type} after {filled:f}: {reason}"
        case OrderExpired(_, order, filled):
            return f"expired {order.order_type} after {filled:f}"
        case OrderRejected(_, _, code, _) | SignalDeclined(_, _, _, code, _):
            return code
        case _:
            return ""


def test_an_ioc_order_takes_what_there_is() -> None:
    """The rest is cancelled at once, and the next order is free to come."""
    plan = {0: {**BUY, "quantity": 250.0, "time_in_force": "ioc"}, 1: SELL}

    done = Done(days(*THIN), plan)

    assert done.brief() == [
        "0 buy 100 @ 100",
        "0 canceled market after 100: immediate or cancel: 100 of 250 could be filled",
        "1 sell 100 @ 100",
    ]
    assert done.states() == [OrderState.CANCELED, OrderState.FILLED]


def test_a_fok_order_is_all_or_nothing() -> None:
    """250 shares are too many for the bar, 100 are not."""
    plan = {
        0: {**BUY, "quantity": 250.0, "time_in_force": "fok"},
        1: {"action": "HOLD"},
        2: {**BUY, "quantity": 100.0, "time_in_force": "fok"},
    }

    done = Done(days(*THIN), plan)

    assert done.brief() == [
        "0 canceled market after 0: fill or kill: 100 of 250 could be filled",
        "2 buy 100 @ 100",
    ]


def test_a_gtc_order_carries_its_rest_from_bar_to_bar() -> None:
    """Until it is filled."""
    done = Done(days(*THIN), {0: {**BUY, "quantity": 250.0, "time_in_force": "gtc"}})

    assert done.brief() == ["0 buy 100 @ 100", "1 buy 100 @ 100", "2 buy 50 @ 100"]
    assert done.states() == [OrderState.FILLED]


def test_a_day_order_carries_its_rest_to_the_end_of_its_session() -> None:
    """One that is sent at the close belongs to the next session, and expires in the one after."""
    done = Done(days(*THIN), {0: {**BUY, "quantity": 250.0, "time_in_force": "day"}})

    assert done.brief() == ["0 buy 100 @ 100", "1 buy 100 @ 100", "2 expired market after 200"]
    assert done.held == 200


def test_an_order_that_rests_at_the_end_is_cancelled() -> None:
    """And what is held is closed whole, whatever the volume."""
    done = Done(days(*THIN), {3: {**BUY, "quantity": 250.0}}, flatten=True)

    assert done.brief() == [
        "3 buy 100 @ 100",
        "4 buy 100 @ 100",
        "4 canceled market after 200: session end",
        "4 sell 200 @ 100",
    ]


@pytest.mark.parametrize(
    ("fill_at", "line"),
    [(FillAt.CLOSE, "0 buy 10 @ 100"), (FillAt.OPEN, "1 buy 10 @ 102"), (FillAt.VWAP, "1 buy 10 @ 101.5")],
)
def test_a_market_order_fills_where_the_session_says(fill_at: FillAt, line: str) -> None:
    """At this close, or in the next bar."""
    bars = days({}, {"open": 102.0, "close": 101.0, "vwap": 101.5}, {})

    assert Done(bars, {0: BUY}, fill_at=fill_at).brief() == [line]


def test_a_limit_order_waits_for_its_price() -> None:
    """And fills at it, or better if the bar opens better."""
    bars = days({}, {"low": 99.0}, {"low": 97.5}, {"close": 96.0, "open": 96.5})

    assert Done(bars, {0: {**BUY, "limit_price": 98.0}}).brief() == ["2 buy 10 @ 98"]
    assert Done(bars, {0: {**BUY, "limit_price": 97.0}}).brief() == ["3 buy 10 @ 96.5"]


def test_a_stop_order_that_is_jumped_over_fills_at_the_open() -> None:
    """Not at its price, where nobody traded."""
    bars = days({}, {"close": 103.0, "open": 102.5}, {})

    assert Done(bars, {0: {**BUY, "stop_price": 101.0}}).brief() == ["1 buy 10 @ 102.5"]


BRACKET = {**BUY, "take_profit": 105.0, "stop_loss": 95.0}


@pytest.mark.parametrize(
    ("next_bar", "lines"),
    [
        ({"high": 106.0}, ["1 sell 10 @ 105", "1 canceled stop after 0: take profit was filled"]),
        ({"low": 94.0}, ["1 sell 10 @ 95", "1 canceled limit after 0: stop loss was filled"]),
        ({"low": 94.0, "high": 106.0}, ["1 sell 10 @ 95", "1 canceled limit after 0: stop loss was filled"]),
        (
            {"open": 107.0, "low": 94.0, "high": 108.0},
            ["1 sell 10 @ 107", "1 canceled stop after 0: take profit was filled"],
        ),
        (
            {"open": 93.0, "low": 92.0, "high": 106.0},
            ["1 sell 10 @ 93", "1 canceled limit after 0: stop loss was filled"],
        ),
    ],
)
def test_a_bracket_ends_at_one_of_its_prices(next_bar: Mapping[str, float], lines: list[str]) -> None:
    """A bar that touches both takes the stop, unless it opens beyond the target; the other is cancelled."""
    done = Done(days({}, next_bar, {}), {0: BRACKET})

    assert done.brief() == ["0 buy 10 @ 100", *lines]
    assert done.held == 0
    assert all(state.is_terminal for state in done.states())


def test_protection_does_not_work_in_the_bar_of_its_entry() -> None:
    """That bar's low was before the entry at its close."""
    done = Done(days({"low": 90.0}, {}, {}), {0: BRACKET})

    assert [line for line in done.brief() if "@" in line] == ["0 buy 10 @ 100"]
    assert done.held == 10


def test_the_protection_of_a_partial_fill_is_for_its_part() -> None:
    """An IOC entry that filled 100 of 250 is protected for 100."""
    bars = days({"volume": 1000.0}, {"low": 94.0}, {})

    done = Done(bars, {0: {**BRACKET, "quantity": 250.0, "time_in_force": "ioc"}})

    assert [line for line in done.brief() if "@" in line] == ["0 buy 100 @ 100", "1 sell 100 @ 95"]
    assert done.held == 0


def test_an_exit_takes_the_protection_away() -> None:
    """Both children are cancelled before the position is sold; a later touch sells nothing."""
    done = Done(days({}, {}, {}, {"low": 90.0, "high": 110.0}), {0: BRACKET, 2: SELL})

    assert done.brief() == [
        "0 buy 10 @ 100",
        "2 canceled stop after 0: SELL signal",
        "2 canceled limit after 0: the other of its pair was cancelled: SELL signal",
        "2 sell 10 @ 100",
    ]
    assert done.held == 0


@pytest.mark.parametrize(
    ("later", "sold"), [({"low": 94.0}, "3 sell 10 @ 95"), ({"high": 106.0}, "3 sell 10 @ 105"), ({}, None)]
)
def test_the_pair_of_an_exit_rests_until_one_of_them_fills(later: Mapping[str, float], sold: str | None) -> None:
    """A SELL with both prices is a pair; the position stays until one is touched."""
    plan = {0: BUY, 1: {**SELL, "take_profit": 105.0, "stop_loss": 95.0}}

    done = Done(days({}, {}, {}, later, {}), plan)

    fills = [line for line in done.brief() if "@" in line]
    assert fills == ["0 buy 10 @ 100", *([sold] if sold else [])]
    assert done.held == (0 if sold else 10)


@pytest.mark.parametrize(
    ("later", "price"), [({"low": 94.0}, "95"), ({"open": 93.0, "low": 92.0, "close": 93.5}, "93")]
)
def test_a_protective_stop_sells_in_the_bar_that_touches_it(later: Mapping[str, float], price: str) -> None:
    """At its level, or at the open if that lies beyond."""
    done = Done(days({}, {}, later, {}), {0: BUY}, risk=RiskSettings(position_stop_pct=0.05))

    assert done.brief() == ["0 buy 10 @ 100", f"2 sell 10 @ {price}"]


def test_a_breaker_closes_everything_and_refuses_entries() -> None:
    """What is closed stays closed."""
    bars = days({}, {"close": 80.0}, {}, {}, {})
    plan = {0: {**BUY, "quantity": 800.0}, 2: {"action": "HOLD"}, 3: BUY}

    done = Done(bars, plan, risk=RiskSettings(max_drawdown_pct=0.1))

    assert done.brief() == ["0 buy 800 @ 100", "1 sell 800 @ 80", "3 TRADING_HALTED"]


def test_an_opposite_wish_cancels_a_resting_entry() -> None:
    """It does not sell what is not held."""
    done = Done(days(*QUIET), {0: {**BUY, "limit_price": 90.0}, 1: SELL})

    assert done.brief() == ["1 ENTRY_CANCELED", "1 canceled limit after 0: SELL signal"]
