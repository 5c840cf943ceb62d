"""Tests of tradebus/matching/engine.py: volume and time in force."""

from decimal import Decimal

import pytest

from tests.samples import START_NS, bar
from tests.unit.matching.samples import after, brief, fills, order, reason, venue
from tradebus.matching.outcome import Expired
from tradebus.model.bar import Bar
from tradebus.model.order import OrderType, TimeInForce
from tradebus.model.time import DAY_NS, MINUTE_NS
from tradebus.model.timeframe import Timeframe

HOUR_NS = 60 * MINUTE_NS


def test_a_bar_fills_its_share_of_volume_and_the_rest_carries_on() -> None:
    """At most floor(volume * pct) a bar; what is left of a GTC order fills at the next closes."""
    engine = venue(bar(0, volume=409.0))

    first = engine.match(order())
    second = engine.on_bar(bar(1, 110.0, volume=500.0))
    third = engine.on_bar(bar(2, 120.0))

    assert brief(first) == ["o1 accepted", "o1 40 @ 100"]
    assert brief(second) == ["o1 50 @ 110"]
    assert brief(third) == ["o1 10 @ 120"]
    assert [(fill.cum_qty, fill.avg_price) for fill in fills([*first, *second, *third])] == [
        (Decimal(40), Decimal(100)),
        (Decimal(90), Decimal("105.555556")),
        (Decimal(100), Decimal(107)),
    ]
    assert engine.resting == ()


def test_all_orders_of_a_bar_share_its_volume() -> None:
    """What one order took of a bar is gone for the next, whether it rested or came at the close."""
    engine = venue(bar(0, volume=1500.0))
    assert brief(engine.match(order())) == ["o1 accepted", "o1 100 @ 100"]
    assert brief(engine.match(order(client_order_id="o2"))) == ["o2 accepted", "o2 50 @ 100"]
    assert brief(engine.match(order(client_order_id="o3"))) == ["o3 accepted"]

    assert brief(engine.on_bar(bar(1, volume=1000.0))) == ["o2 50 @ 100", "o3 50 @ 100"]
    assert brief(engine.match(order(client_order_id="o4", time_ns=START_NS + DAY_NS))) == ["o4 accepted"]


def test_no_limit_ignores_volume() -> None:
    """max_volume_pct=None fills whatever is asked, in a bar without volume too."""
    assert brief(venue(bar(0, volume=0.0), max_volume_pct=None).match(order()))[1:] == ["o1 100 @ 100"]


def test_a_bar_without_volume_fills_nothing() -> None:
    """Where volume counts, nothing trades in a bar in which nothing traded."""
    engine = venue(bar(0, volume=0.0))

    assert brief(engine.match(order())) == ["o1 accepted"]
    assert brief(engine.on_bar(bar(1, volume=0.0))) == []


def test_crypto_fills_in_its_own_lot() -> None:
    """The volume limit is rounded down to the instrument's lot."""
    engine = venue(bar(0, symbol="BTC/USD", volume=0.000000999))

    outcomes = engine.match(order(symbol="BTC/USD", qty=1))

    assert fills(outcomes)[0].last_qty == Decimal("9E-8")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (TimeInForce.FOK, ["o1 accepted", "o1 canceled"]),
        (TimeInForce.IOC, ["o1 accepted", "o1 40 @ 100", "o1 canceled"]),
    ],
)
def test_what_cannot_fill_at_once_is_cancelled(policy: TimeInForce, expected: list[str]) -> None:
    """FOK fills all or nothing, IOC what it can; both say how much there was."""
    engine = venue(bar(0, volume=400.0))

    outcomes = engine.match(order(time_in_force=policy))

    assert brief(outcomes) == expected
    assert "40 of 100 could be filled" in reason(outcomes)
    assert engine.resting == ()


@pytest.mark.parametrize("policy", [TimeInForce.FOK, TimeInForce.IOC])
def test_at_once_means_the_first_bar_that_may_fill_it(policy: TimeInForce) -> None:
    """With fill_at="open" that is the next bar; a limit that is not reached there ends."""
    engine = venue(fill_at="open")
    engine.match(order(time_in_force=policy))
    engine.match(order(client_order_id="o2", time_in_force=policy, order_type=OrderType.LIMIT, limit_price=90))

    assert brief(engine.on_bar(bar(1))) == ["o1 100 @ 100", "o2 canceled"]


@pytest.mark.parametrize("policy", [TimeInForce.FOK, TimeInForce.IOC])
def test_a_stop_counts_at_once_from_its_trigger(policy: TimeInForce) -> None:
    """An immediate stop order waits for its trigger, and ends in that bar."""
    engine = venue()
    engine.match(order(time_in_force=policy, order_type=OrderType.STOP, stop_price=110))

    assert brief(engine.on_bar(after(1, 95, 105))) == []
    assert brief(engine.on_bar(after(2, 95, 115, volume=10.0)))[-1] == "o1 canceled"


def test_a_day_order_expires_with_the_first_bar_of_a_later_session() -> None:
    """It is ended before that bar is matched."""
    engine = venue(bar(0, timeframe=Timeframe.MIN_1, step_ns=MINUTE_NS))
    sent = START_NS - HOUR_NS
    engine.match(order(time_ns=sent, time_in_force=TimeInForce.DAY, order_type=OrderType.LIMIT, limit_price=90))

    assert engine.on_bar(after(1, 80, 110, timeframe=Timeframe.MIN_1)) == [Expired(START_NS + DAY_NS, "o1")]


def test_a_day_order_sent_after_the_close_belongs_to_the_next_session() -> None:
    """At 16:00 the session is over: the order has the whole next day, here a Friday, and no more."""
    engine = venue()
    engine.match(order(time_in_force=TimeInForce.DAY, order_type=OrderType.LIMIT, limit_price=90))

    assert brief(engine.on_bar(after(1, 95, 105))) == []
    assert brief(engine.on_bar(after(4, 80, 105))) == ["o1 expired"]


def test_a_day_order_sent_on_a_weekend_belongs_to_monday() -> None:
    """There is no session on a Saturday that could be over."""
    engine = venue()
    saturday = START_NS + 2 * DAY_NS - 6 * HOUR_NS
    engine.match(order(time_ns=saturday, time_in_force=TimeInForce.DAY, order_type=OrderType.LIMIT, limit_price=90))

    assert brief(engine.on_bar(after(4, 95, 105))) == []
    assert brief(engine.on_bar(after(5, 85, 105))) == ["o1 expired"]


@pytest.mark.parametrize("timeframe", [Timeframe.DAY_1, Timeframe.WEEK_1])
def test_a_crypto_day_order_meets_the_bar_that_begins_with_it(timeframe: Timeframe) -> None:
    """A bar that ends at midnight belongs to the day before, and one of a week to its first day."""
    midnight = START_NS - START_NS % DAY_NS
    step = DAY_NS if timeframe is Timeframe.DAY_1 else 7 * DAY_NS
    bars = [
        Bar(end, "BTC/USD", timeframe, 100.0, 101.0, 99.0, 100.0, 1e6, end - step)
        for end in range(midnight, midnight + 3 * step, step)
    ]
    engine = venue(bars[0])
    engine.match(
        order(
            symbol="BTC/USD",
            time_ns=midnight,
            time_in_force=TimeInForce.DAY,
            order_type=OrderType.LIMIT,
            limit_price=90,
        )
    )

    assert brief(engine.on_bar(bars[1])) == []
    assert brief(engine.on_bar(bars[2])) == ["o1 expired"]
