"""Tests of tradebus/matching/engine.py."""

from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS, bar
from tests.unit.matching.samples import after, brief, fills, order, reason, sell, venue
from tradebus.errors import InputError
from tradebus.matching.commissions.per_order import PerOrder
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.outcome import Accepted, Filled
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
