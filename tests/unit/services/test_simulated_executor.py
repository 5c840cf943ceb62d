"""Tests of tradebus/services/simulated_executor.py."""

from decimal import Decimal
from typing import Any

from tests.samples import START_NS, bar
from tests.unit.services.helpers import SELL, Stage, order
from tradebus.events import (
    BrokerAccepted,
    BrokerCanceled,
    BrokerExpired,
    BrokerFilled,
    BrokerRejected,
    CancelRequested,
    Event,
    OrderApproved,
    SessionClosing,
)
from tradebus.matching.commissions.per_share import PerShare
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.model.order import OrderType, TimeInForce
from tradebus.model.time import DAY_NS, MINUTE_NS
from tradebus.model.timeframe import Timeframe
from tradebus.services.simulated_executor import SimulatedExecutor


def stage(timeframe: Timeframe = Timeframe.DAY_1, **arguments: Any) -> Stage:
    """Return an executor on a bus that has seen the bar at START_NS."""
    desk = Stage(SimulatedExecutor(DeterministicMatchingEngine(**arguments), timeframe))
    assert desk.hear(bar(0, timeframe=timeframe)) == []
    return desk


def approved(**changes: Any) -> OrderApproved:
    """Return an approved order."""
    return OrderApproved(START_NS, order(**changes))


def test_an_approved_order_is_accepted_and_filled() -> None:
    """All that the engine says becomes an event, field by field."""
    desk = stage(commission=PerShare(0.01), slippage_bps=10)

    assert desk.hear(approved()) == [
        BrokerAccepted(START_NS, "o1", "v1"),
        BrokerFilled(
            START_NS,
            "o1",
            Decimal(100),
            Decimal(100),
            Decimal("100.1"),
            Decimal("100.1"),
            Decimal("1.00"),
            "x1",
        ),
    ]


def test_a_bar_fills_what_rests() -> None:
    """A limit waits until the price comes to it."""
    desk = stage()

    assert desk.hear(approved(order_type=OrderType.LIMIT, limit_price=95)) == [BrokerAccepted(START_NS, "o1", "v1")]
    assert desk.hear(bar(1, 96)) == []
    (filled,) = desk.hear(bar(2, 94, open=96))
    assert isinstance(filled, BrokerFilled)
    assert filled.last_price == 95


def test_a_refused_order_is_rejected() -> None:
    """With the venue's words."""
    (said,) = stage().hear(approved(order_type=OrderType.LIMIT))

    assert said == BrokerRejected(START_NS, "o1", "a limit order needs limit_price")


def test_a_cancel_is_carried_out() -> None:
    """A second one finds nothing."""
    desk = stage()
    desk.hear(approved(order_type=OrderType.LIMIT, limit_price=95))
    asked = CancelRequested(START_NS, "o1", "AAPL", "SELL signal")

    assert desk.hear(asked, asked) == [BrokerCanceled(START_NS, "o1", "SELL signal")]


def test_a_day_order_expires() -> None:
    """With the first bar of the next session."""
    desk = stage(Timeframe.MIN_1)
    day = approved(order_type=OrderType.LIMIT, limit_price=95, time_in_force=TimeInForce.DAY, time_ns=START_NS - 1)
    desk.hear(day)

    (said,) = desk.hear(bar(1, timeframe=Timeframe.MIN_1))

    assert said == BrokerExpired(START_NS + DAY_NS, "o1")


def test_longer_bars_are_not_matched_against() -> None:
    """A day covers minutes that have been matched: its low would fill what was sent at its end."""
    desk = stage(Timeframe.MIN_1)
    desk.hear(approved(order_type=OrderType.LIMIT, limit_price=95))
    day = bar(0, 100, low=90, timeframe=Timeframe.DAY_1)
    minute = bar(1, 94, timeframe=Timeframe.MIN_1, step_ns=MINUTE_NS)

    assert desk.hear(day) == []
    assert [type(event) for event in desk.hear(minute)] == [BrokerFilled]


def test_at_the_end_orders_are_cancelled_and_what_comes_is_filled() -> None:
    """A close-out fills whole at the last close, whatever the volume and the price source."""
    desk = stage(fill_at="open", max_volume_pct=0.00001)
    desk.hear(approved(order_type=OrderType.LIMIT, limit_price=95))
    exit_ = approved(client_order_id="o2", side=SELL, is_exit=True)

    cancels = desk.hear(SessionClosing(START_NS, True))
    said: list[Event] = desk.hear(exit_)

    assert cancels == [BrokerCanceled(START_NS, "o1", "session end")]
    assert [type(event) for event in said] == [BrokerAccepted, BrokerFilled]
    assert isinstance(said[1], BrokerFilled)
    assert (said[1].cum_qty, said[1].last_price) == (Decimal(100), Decimal(100))
