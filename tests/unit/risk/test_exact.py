"""Tests of tradebus/risk/exact.py."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.unit.risk.samples import SELL, account, fill, order
from tradebus.risk.exact import INFINITE, exact, order_price, resulting_qty, short_qty, value_of
from tradebus.risk.working_orders import WorkingOrders


def test_a_float_is_taken_by_its_text() -> None:
    """0.1 is one tenth, not the float next to it."""
    assert exact(0.1) == Decimal("0.1")
    assert exact(7) == 7
    assert exact(Decimal("0.10")) == Decimal("0.1")


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, Decimal("NaN")])
def test_what_is_no_number_is_infinite(number: float | Decimal) -> None:
    """So that no limit lets it pass."""
    assert exact(number) == INFINITE


def test_an_order_is_valued_at_its_highest_price() -> None:
    """Of price, limit and stop."""
    assert order_price(order(price=50.0)) == 50
    assert order_price(order(price=50.0, limit="51.5")) == Decimal("51.5")
    assert order_price(order(price=50.0, limit="49", stop="52")) == 52


@pytest.mark.parametrize("price", [0.0, -1.0, math.nan])
def test_a_useless_price_is_infinite(price: float) -> None:
    """Zero and negatives are no price either."""
    assert order_price(order(price=price)) == INFINITE
    assert order_price(order(price=50.0, limit="-1")) == INFINITE


def test_values_are_not_rounded() -> None:
    """Quantity and price keep all their digits."""
    qty, price = Decimal("123456789.12345678"), Decimal("0.12345678901234567")

    assert Fraction(value_of(qty, price)) == Fraction(qty) * Fraction(price)
    assert value_of(qty, INFINITE) == INFINITE
    assert value_of(Decimal("NaN"), price) == INFINITE


def test_the_resulting_position_counts_working_orders_of_its_side() -> None:
    """100 held, 50 being bought and 25 more are 175; what is being sold may fail to be."""
    book, books = WorkingOrders(), account("100000", fill("100"))
    book.add(order("50", id="b"))
    book.add(order("30", id="c", side=SELL, is_exit=True))

    assert resulting_qty(order("25"), books, book) == 175
    assert resulting_qty(order("200", side=SELL), books, book) == 130
    assert resulting_qty(order("NaN"), books, book) == INFINITE


def test_short_is_what_is_not_held() -> None:
    """100 held and 30 being sold leave 70; buys and exits are never short."""
    book, books = WorkingOrders(), account("100000", fill("100"))
    book.add(order("30", id="c", side=SELL, is_exit=True))

    assert short_qty(order("70", side=SELL), books, book) == 0
    assert short_qty(order("71", side=SELL), books, book) == 1
    assert short_qty(order("10", side=SELL, strategy_id="other"), books, book) == 10
    assert short_qty(order("500"), books, book) == 0
    assert short_qty(order("500", side=SELL, is_exit=True), books, book) == 0
    assert short_qty(order("NaN", side=SELL), books, book) == INFINITE
