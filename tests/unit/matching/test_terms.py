"""Tests of tradebus/matching/terms.py."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.matching.samples import order, sell
from tradebus.matching.terms import refusal
from tradebus.model.instrument import default_instrument
from tradebus.model.order import OrderSide, OrderType

LIMIT, STOP, STOP_LIMIT, TRAILING = OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT, OrderType.TRAILING_STOP


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"order_type": LIMIT, "limit_price": 1},
        {"order_type": STOP, "stop_price": 1},
        {"order_type": STOP, "stop_price": 1, "triggered": True},
        {"order_type": STOP_LIMIT, "limit_price": 1, "stop_price": 2},
        {"order_type": TRAILING, "trail_pct": 0.05},
        {"take_profit": 2, "stop_loss": 1},
        {"take_profit": 2},
        {"stop_loss": 2},
        {"side": OrderSide.SELL, "take_profit": 1, "stop_loss": 2},
        {"side": OrderSide.SELL, "is_exit": True, "take_profit": 2, "stop_loss": 1},
        {"is_exit": True, "take_profit": 1, "stop_loss": 2},
        {"is_exit": True, "order_type": LIMIT, "limit_price": 1, "take_profit": 1, "stop_loss": 2},
    ],
)
def test_orders_in_order_are_taken(terms: dict[str, Any]) -> None:
    """Each type with its prices, entries with protection, exits as a pair."""
    assert refusal(order(**terms), default_instrument("AAPL")) is None


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ({"qty": 0}, "qty 0 must be above 0"),
        ({"qty": -1}, "must be above 0"),
        ({"qty": "NaN"}, "must be above 0"),
        ({"qty": "1.5"}, "not a multiple of the lot 1 of AAPL"),
        ({"order_type": LIMIT}, "a limit order needs limit_price"),
        ({"order_type": STOP}, "a stop order needs stop_price"),
        ({"order_type": STOP_LIMIT, "limit_price": 1}, "a stop_limit order needs stop_price"),
        ({"order_type": TRAILING}, "a trailing_stop order needs trail_pct"),
        ({"limit_price": 1}, "a market order takes no limit_price, was 1"),
        ({"order_type": LIMIT, "limit_price": 1, "stop_price": 1}, "a limit order takes no stop_price"),
        ({"order_type": LIMIT, "limit_price": 0}, "limit_price 0 must be a finite number above 0"),
        ({"order_type": STOP, "stop_price": "Infinity"}, "stop_price Infinity must be a finite"),
        ({"order_type": TRAILING, "trail_pct": float("nan")}, "trail_pct nan must be a finite"),
        ({"order_type": TRAILING, "trail_pct": 5.0}, "trail_pct 5.0 is a fraction below 1"),
        ({"triggered": True}, "only a stop order can be triggered already, not a market order"),
        ({"take_profit": -1}, "take_profit -1 must be"),
        ({"stop_loss": "NaN"}, "stop_loss NaN must be"),
        ({"take_profit": 1, "stop_loss": 1}, "stop_loss 1 must be below take_profit 1"),
        ({"side": OrderSide.SELL, "take_profit": 2, "stop_loss": 1}, "stop_loss 1 must be above take_profit 2"),
        ({"is_exit": True, "take_profit": 2, "stop_loss": 1}, "stop_loss 1 must be above take_profit 2"),
        ({"is_exit": True, "take_profit": 2}, "an exit with take_profit needs the other price too"),
        ({"is_exit": True, "stop_loss": 2}, "an exit with stop_loss needs the other price too"),
        ({"order_type": STOP, "stop_price": 1, "triggered": True, "stop_loss": 1}, "triggered already takes no"),
    ],
)
def test_other_orders_are_refused_with_the_reason(terms: dict[str, Any], problem: str) -> None:
    """The message names the field, its value and what is taken instead."""
    assert problem in str(refusal(order(**terms), default_instrument("AAPL")))


def test_the_lot_is_the_instruments() -> None:
    """Half a coin is fine where half a share is not."""
    half = sell(qty=Decimal("0.5"), symbol="BTC/USD")

    assert refusal(half, default_instrument("BTC/USD")) is None
