"""Tests of tradebus/model/order_terms.py."""

from decimal import Decimal
from typing import Any

import pytest

from tradebus.model.instrument import Instrument
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce
from tradebus.model.order_terms import order_of
from tradebus.model.signal import Action, Signal

BUY, SELL = OrderSide.BUY, OrderSide.SELL


def terms(side: OrderSide = BUY, *, is_exit: bool = False, **asked: Any) -> OrderRequest:
    """Order of 10 shares at a market of 100."""
    action = Action.BUY if side is BUY else Action.SELL
    signal = Signal(time_ns=1, strategy_id="s", symbol="AAPL", action=action, price=100.0, **asked)
    instrument = Instrument(symbol="AAPL")
    return order_of(signal, instrument, "o1", side, Decimal(10), 100.0, TimeInForce.DAY, is_exit=is_exit)


@pytest.mark.parametrize(
    ("asked", "implied"),
    [
        ({}, OrderType.MARKET),
        ({"limit_price": 99.0}, OrderType.LIMIT),
        ({"stop_price": 101.0}, OrderType.STOP),
        ({"stop_price": 101.0, "limit_price": 102.0}, OrderType.STOP_LIMIT),
        ({"trail_pct": 0.05}, OrderType.TRAILING_STOP),
    ],
)
def test_the_prices_say_the_type(asked: dict[str, Any], implied: OrderType) -> None:
    """Where the signal names none."""
    assert terms(**asked).order_type is implied


@pytest.mark.parametrize(("side", "price"), [(BUY, "100.00"), (SELL, "100.01")])
def test_an_entry_is_never_rounded_to_a_worse_price(side: OrderSide, price: str) -> None:
    """A buy is rounded down, a sale up."""
    assert str(terms(side, limit_price=100.006).limit_price) == price


@pytest.mark.parametrize(
    ("side", "is_exit", "take_profit", "stop_loss", "kept"),
    [
        (BUY, False, 110.004, 90.006, ("110.01", "90.01")),
        (SELL, False, 90.006, 110.004, ("90.00", "110.00")),
        (SELL, True, 110.004, 90.006, ("110.01", "90.01")),
        (BUY, True, 90.006, 110.004, ("90.00", "110.00")),
        (BUY, True, 110.0, 90.0, ("None", "None")),
        (SELL, True, 90.0, 110.0, ("None", "None")),
        (SELL, True, 110.0, 105.0, ("None", "None")),
        (SELL, True, 110.0, 99.995, ("None", "None")),
    ],
)
def test_protective_prices(
    side: OrderSide, is_exit: bool, take_profit: float, stop_loss: float, kept: tuple[str, str]
) -> None:
    """A long position's are rounded up, a short one's down; an exit keeps only a pair that can close the position."""
    order = terms(side, is_exit=is_exit, take_profit=take_profit, stop_loss=stop_loss)

    assert (str(order.take_profit), str(order.stop_loss)) == kept


@pytest.mark.parametrize("alone", ["take_profit", "stop_loss"])
def test_one_protective_price_alone_stays_off_an_exit(alone: str) -> None:
    """There is nothing for it to pair with."""
    order = terms(SELL, is_exit=True, **{alone: 100.0})

    assert order.take_profit is None
    assert order.stop_loss is None


def test_the_price_is_that_of_the_market() -> None:
    """The checks value the order at it."""
    assert terms(limit_price=99.0).price == 100.0
