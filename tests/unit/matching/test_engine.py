"""Tests of tradebus/matching/engine.py."""

from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS, bar
from tests.unit.matching.samples import after, brief, fills, order, reason, sell, venue
from tradebus.errors import InputError
from tradebus.matching.commissions.per_order import PerOrder
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.outcome import Accepted, Expired, Filled
from tradebus.model.bar import Bar
from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderSide, OrderType, TimeInForce
from tradebus.model.time import DAY_NS, MINUTE_NS
from tradebus.model.timeframe import Timeframe

HOUR_NS = 60 * MINUTE_NS


def test_a_market_order_fills_at_the_close_of_its_bar() -> None:
    """fill_at="close" is the close of the bar that made the signal, with the venue's ids counted from 1."""
    outcomes = venue().match(order())

    assert outcomes == [
        Accepted(START_NS, "o1", "v1"),
        Filled(START_NS, "o1", Decimal(100), Decimal(100), Decimal(100), Decimal(100), Decimal(0), "x1"),
    ]


@pytest.mark.parametrize(("fill_at", "price"), [("open", 101), ("vwap", 102.5)])
def test_open_and_vwap_fill_in_the_next_bar(fill_at: str, price: float) -> None:
    """No price of the signal's own bar is used."""
    engine = venue(bar(0, vwap=99.0), fill_at=fill_at)

    assert brief(engine.match(order())) == ["o1 accepted"]
    assert brief(engine.on_bar(bar(1, 104.0, open=101.0, vwap=102.5))) == [f"o1 100 @ {price}"]


def test_a_bar_without_vwap_fills_nothing() -> None:
    """With fill_at="vwap" an order, an immediate one too, waits for a bar that has one."""
    engine = venue(fill_at="vwap")
    engine.match(order(time_in_force=TimeInForce.IOC))

    assert brief(engine.on_bar(bar(1))) == []
    assert brief(engine.on_bar(bar(2, vwap=99.0))) == ["o1 100 @ 99"]


def test_an_order_of_a_symbol_without_a_bar_now_waits_for_its_next() -> None:
    """The last close is not used when it is older than the order."""
    engine = venue()

    assert brief(engine.match(order(time_ns=START_NS + HOUR_NS))) == ["o1 accepted"]
    assert brief(engine.match(order(client_order_id="o2", symbol="MSFT"))) == ["o2 accepted"]
    assert brief(engine.on_bar(bar(1, 105.0))) == ["o1 100 @ 105"]
    assert brief(engine.on_bar(bar(1, 50.0, symbol="MSFT"))) == ["o2 100 @ 50"]


@pytest.mark.parametrize(
    "terms", [{}, {"order_type": OrderType.LIMIT, "limit_price": 99}, {"order_type": OrderType.STOP, "stop_price": 105}]
)
def test_an_order_within_a_bar_sees_nothing_from_before_it(terms: dict[str, Any]) -> None:
    """Of a bar that had begun when the order came, only the close lies after the order."""
    engine = venue(fill_at="open")
    engine.match(order(time_ns=START_NS + HOUR_NS, **terms))

    assert brief(engine.on_bar(after(1, 90, 110))) == []
    assert brief(engine.on_bar(after(2, 90, 110, open=106.0))) != []


def test_a_limit_within_a_bar_is_held_against_its_close() -> None:
    """The low of a bar that had begun before the order is not for it."""
    engine = venue()
    engine.match(order(time_ns=START_NS + HOUR_NS, order_type=OrderType.LIMIT, limit_price=95))

    assert brief(engine.on_bar(after(1, 90, 110))) == []
    assert brief(engine.on_bar(after(2, 90, 110))) == ["o1 100 @ 95"]


def test_longer_bars_of_a_symbol_are_not_looked_at() -> None:
    """A daily bar holds what minutes have told already; a shorter one takes over."""
    engine = venue()
    minute: dict[str, Any] = {"timeframe": Timeframe.MIN_1, "step_ns": MINUTE_NS}
    engine.on_bar(bar(1, 100.0, **minute))
    engine.match(order(time_ns=START_NS + MINUTE_NS, order_type=OrderType.LIMIT, limit_price=90))

    assert brief(engine.on_bar(after(1, 80, 110))) == []
    assert brief(engine.on_bar(after(2, 89, 110, **minute))) == ["o1 100 @ 90"]


# Volume and time in force.


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


# Slippage, commission and money.


@pytest.mark.parametrize(("side", "price"), [(OrderSide.BUY, "100.1"), (OrderSide.SELL, "99.9")])
def test_slippage_is_against_the_order(side: OrderSide, price: str) -> None:
    """10 bps make a buy at 100 cost 100.10 and a sell bring 99.90."""
    assert fills(venue(slippage_bps=10).match(order(side=side)))[0].last_price == Decimal(price)


def test_prices_are_kept_to_the_instruments_step() -> None:
    """Fill prices are decimals, rounded to a millionth of a dollar for equities."""
    fill = fills(venue(bar(0, 33.333333), slippage_bps=1.5).match(order()))[0]

    assert fill.last_price == Decimal("33.338333")


def test_an_order_with_a_flat_commission_pays_it_once() -> None:
    """The model is told what was filled before, so only the first execution is charged."""
    engine = venue(bar(0, volume=400.0), commission=PerOrder(1.5))

    outcomes = [*engine.match(order()), *engine.on_bar(bar(1))]

    assert [fill.commission for fill in fills(outcomes)] == [Decimal("1.5"), Decimal(0)]


def test_an_entry_without_money_is_cancelled_whole() -> None:
    """A buy that costs more than the buying power, commission included, is not made, nor is what was left of it."""
    engine = venue(buying_power=lambda: Decimal(10_000), commission=PerOrder(0.01))

    outcomes = engine.match(order())

    assert brief(outcomes) == ["o1 accepted", "o1 canceled"]
    assert reason(outcomes) == "insufficient buying power"
    assert engine.resting == ()


def test_what_was_filled_before_money_ran_out_stays() -> None:
    """Only the rest is cancelled."""
    cash = [Decimal(5000)]
    engine = venue(bar(0, volume=400.0), buying_power=lambda: cash[0])
    outcomes = list(engine.match(order()))
    cash[0] -= 4000

    assert brief([*outcomes, *engine.on_bar(bar(1))]) == ["o1 accepted", "o1 40 @ 100", "o1 canceled"]


def test_exits_and_sales_need_no_money() -> None:
    """A cover of a short and a sale go through with nothing in the account."""
    engine = venue(buying_power=lambda: Decimal(0))

    assert fills(engine.match(order(is_exit=True)))
    assert fills(engine.match(order(client_order_id="o2", side=OrderSide.SELL)))


def test_orders_of_one_moment_do_not_spend_the_same_cash_twice() -> None:
    """The books do not show the first fill yet when the second order comes, nor when two fill in one bar."""
    engine = venue(buying_power=lambda: Decimal(15_000))
    assert fills(engine.match(order()))
    assert reason(engine.match(order(client_order_id="o2"))) == "insufficient buying power"

    resting = venue(buying_power=lambda: Decimal(15_000), fill_at="open")
    resting.match(order())
    resting.match(order(client_order_id="o2"))
    assert brief(resting.on_bar(bar(1))) == ["o1 100 @ 100", "o2 canceled"]


# Cancel, close, refuse.


def test_a_cancel_ends_what_rests_and_nothing_else() -> None:
    """A cancel of an unknown or ended order says nothing; the time is the latest that was seen."""
    engine = venue(fill_at="open")
    engine.match(order())
    engine.match(order(client_order_id="o2", symbol="MSFT"))
    engine.on_bar(bar(1, symbol="TSLA"))

    outcomes = engine.cancel("o1", "no longer wanted")

    assert brief(outcomes) == ["o1 canceled"]
    assert reason(outcomes) == "no longer wanted"
    assert outcomes[0].time_ns == START_NS + DAY_NS
    assert not engine.cancel("o1", "again")
    assert not engine.on_bar(bar(1))
    assert [resting.client_order_id for resting in engine.resting] == ["o2"]


def test_cancel_all_ends_everything() -> None:
    """Every order of every symbol ends, and nothing is left to fill."""
    engine = venue(fill_at="open")
    engine.match(order(stop_loss=90))
    engine.match(order(client_order_id="o2", symbol="MSFT"))

    assert brief(engine.cancel_all("session end")) == ["o1 canceled", "o1-sl canceled", "o2 canceled"]
    assert engine.resting == ()


def test_cancel_all_frees_no_protective_orders() -> None:
    """A part of an entry was filled, but the session is over: nothing new begins to work."""
    engine = venue(bar(0, volume=400.0))
    engine.match(order(stop_loss=90))

    assert brief(engine.cancel_all("session end")) == ["o1 canceled", "o1-sl canceled"]


def test_a_cancel_before_the_first_bar_bears_the_orders_time() -> None:
    """There is no later time to give."""
    engine = DeterministicMatchingEngine()
    engine.match(order())

    assert engine.cancel("o1", "")[0].time_ns == START_NS


def test_a_close_out_fills_whole_at_the_last_close() -> None:
    """The volume is not looked at; slippage and commission are."""
    engine = venue(bar(0, volume=1.0), slippage_bps=10, commission=PerOrder(1))

    outcomes = engine.close_out(sell(time_ns=START_NS + HOUR_NS))

    assert brief(outcomes) == ["o1 accepted", "o1 100 @ 99.9"]
    assert fills(outcomes)[0].commission == 1
    assert engine.resting == ()


@pytest.mark.parametrize(
    ("terms", "problem"),
    [({"symbol": "MSFT"}, "no bar of MSFT"), ({"take_profit": 110, "stop_loss": 90}, "takes no take_profit")],
)
def test_a_close_out_that_cannot_be_is_refused(terms: dict[str, Any], problem: str) -> None:
    """Without a bar there is no close, and nothing can protect after the end."""
    assert problem in reason(venue().close_out(sell(**terms)))


def test_an_id_is_taken_once() -> None:
    """A second order of an id is refused, after the first has ended too, and the first and its children live on."""
    engine = venue(fill_at="open")
    engine.match(order(stop_loss=90))

    assert brief(engine.match(order(stop_loss=90))) == ["o1 rejected"]
    engine.on_bar(bar(1))
    assert brief(engine.match(order())) == ["o1 rejected"]
    assert brief(engine.match(order(client_order_id="o1-sl"))) == ["o1-sl rejected"]
    assert "was used before" in reason(engine.close_out(order()))
    assert [resting.client_order_id for resting in engine.resting] == ["o1-sl"]


def test_a_refused_entry_takes_its_protective_orders_with_it() -> None:
    """They were announced with it, so their end is told too."""
    assert brief(venue().match(order(order_type=OrderType.LIMIT, stop_loss=90))) == ["o1 rejected", "o1-sl canceled"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("max_volume_pct", value) for value in (0, -0.1, 1.5, 10, float("nan"), float("inf"), "0.1", True)]
    + [("slippage_bps", value) for value in (-1, float("nan"), 10_000, "3", None)]
    + [("fill_at", value) for value in ("", "high", None)],
)
def test_a_bad_argument_is_refused_by_name(field: str, value: Any) -> None:
    """The error names the argument, shows the value and says how to mend it."""
    arguments: dict[str, Any] = {field: value}

    with pytest.raises(InputError) as caught:
        DeterministicMatchingEngine(**arguments)

    assert caught.value.field == field
    assert caught.value.value is value
    assert caught.value.fix


def test_a_bar_with_nothing_to_do_allocates_nothing() -> None:
    """The answer is one and the same empty sequence."""
    engine = DeterministicMatchingEngine(instruments=Instruments())

    assert engine.on_bar(bar(0)) is engine.on_bar(bar(1))
    assert engine.on_bar(bar(0, timeframe=Timeframe.WEEK_1)) is engine.on_bar(bar(1, symbol="MSFT"))
