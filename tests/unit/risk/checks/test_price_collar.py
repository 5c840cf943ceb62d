"""Tests of tradebus/risk/checks/price_collar.py."""

import math

import pytest

from tests.unit.risk.samples import SELL, account, order
from tradebus.errors import InputError
from tradebus.model.portfolio import Portfolio
from tradebus.risk.checks.price_collar import PriceCollarCheck
from tradebus.risk.working_orders import WorkingOrders


def at(price: float) -> Portfolio:
    """Return books that have seen a last price."""
    books = account()
    books.set_price("AAPL", price)
    return books


@pytest.mark.parametrize(("limit", "passes"), [("90", True), ("110", True), ("89.99", False), ("110.01", False)])
def test_prices_at_the_collar_pass_and_beyond_do_not(limit: str, passes: bool) -> None:
    """Both ways."""
    no = PriceCollarCheck(0.1).validate(order(price=100.0, limit=limit), at(100.0), WorkingOrders())

    assert (no is None) == passes
    if no is not None:
        assert (no.code, no.limit) == ("PRICE_COLLAR", "10 dollars from the last price")


def test_the_price_that_is_farther_away_counts() -> None:
    """A stop limit has two."""
    check = PriceCollarCheck(0.1)

    assert check.validate(order(limit="100", stop="111"), at(100.0), WorkingOrders()) is not None
    assert check.validate(order(limit="111", stop="100"), at(100.0), WorkingOrders()) is not None
    assert check.validate(order(limit="105", stop="104"), at(100.0), WorkingOrders()) is None


def test_without_a_last_price_the_orders_own_counts() -> None:
    """An order must not pass because nothing is known."""
    check = PriceCollarCheck(0.1)

    assert check.validate(order(price=100.0, limit="105"), account(), WorkingOrders()) is None
    assert check.validate(order(price=100.0, limit="150"), account(), WorkingOrders()) is not None


def test_market_orders_and_protective_prices_are_not_looked_at() -> None:
    """A take profit is meant to be far away."""
    check = PriceCollarCheck(0.1)

    assert check.validate(order(), at(1.0), WorkingOrders()) is None
    assert check.validate(order(take_profit="500", stop_loss="5"), at(50.0), WorkingOrders()) is None


@pytest.mark.parametrize("last", [math.nan, math.inf])
def test_a_last_price_that_is_no_number_lets_nothing_pass(last: float) -> None:
    """No distance can be measured from it."""
    assert PriceCollarCheck(0.1).validate(order(limit="50", side=SELL), at(last), WorkingOrders()) is not None


@pytest.mark.parametrize("pct", [0, 1, 10, math.nan])
def test_the_collar_is_a_fraction(pct: float) -> None:
    """10 % is 0.1."""
    with pytest.raises(InputError):
        PriceCollarCheck(pct)
