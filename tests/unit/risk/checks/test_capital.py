"""Tests of tradebus/risk/checks/capital.py."""

import math

import pytest

from tests.unit.risk.samples import SELL, account, fill, order, valued
from tradebus.model.portfolio import Portfolio
from tradebus.ports import CheckResult
from tradebus.risk.checks.capital import CapitalCheck
from tradebus.risk.working_orders import WorkingOrders


def refusal(book: WorkingOrders | None = None, books: Portfolio | None = None, **terms: object) -> CheckResult | None:
    """Return what the check says of an order; the account has 100,000 dollars unless it is given."""
    asked = order(**terms)  # type: ignore[arg-type]
    return CapitalCheck().validate(asked, books or account(), book or WorkingOrders())


def test_an_order_may_cost_all_the_cash_and_no_cent_more() -> None:
    """Order value > available cash is the refusal."""
    assert refusal(qty="2000", price=50.0) is None

    no = refusal(qty="2001", price=50.0)

    assert no is not None
    assert (no.code, no.limit, no.value) == ("INSUFFICIENT_CAPITAL", "100,000 dollars", "100,050 dollars")


def test_the_boundary_is_exact_where_floats_are_not() -> None:
    """Three times 0.1 is 0.3."""
    assert refusal(books=account("0.3"), qty="3", price=0.1) is None


def test_a_limit_above_the_price_is_what_it_may_cost() -> None:
    """A limit below it does not make the order cheaper."""
    assert refusal(qty="2000", price=50.0, limit="50.01") is not None
    assert refusal(qty="2000", price=50.0, limit="49") is None
    assert refusal(qty="2001", price=50.0, limit="49") is not None


def test_working_entries_are_reserved() -> None:
    """What may still be filled is not there twice; exits reserve nothing."""
    book = WorkingOrders()
    book.add(order("1000", 50.0, id="w"))
    book.add(order("1000", 50.0, id="x", side=SELL, is_exit=True))

    assert refusal(book, qty="1000", price=50.0) is None
    assert refusal(book, qty="1001", price=50.0) is not None


def test_a_short_sale_needs_equity_that_nothing_ties_up() -> None:
    """50,000 dollars of stock leave 50,000 to be short of."""
    books = account("100000", fill("1000", symbol="MSFT"))

    assert refusal(books=books, side=SELL, qty="1000", price=50.0) is None
    assert refusal(books=books, side=SELL, qty="1001", price=50.0) is not None


def test_the_proceeds_of_a_short_sale_are_not_for_buying() -> None:
    """Short of 50,000 dollars, 50,000 of the 150,000 in cash are free."""
    books = account("100000", fill("1000", symbol="MSFT", side=SELL))

    assert books.cash == 150_000
    assert refusal(books=books, qty="1000", price=50.0) is None
    assert refusal(books=books, qty="1001", price=50.0) is not None


def test_a_sale_of_what_is_held_needs_no_capital() -> None:
    """Only the part beyond it is short."""
    books = account("5000", fill("100"))

    assert books.cash == 0
    assert refusal(books=books, side=SELL, qty="100", price=50.0) is None
    assert refusal(books=books, side=SELL, qty="101", price=50.0) is not None


@pytest.mark.parametrize("price", [math.nan, math.inf, 0.0, -1.0])
def test_a_useless_price_never_passes(price: float) -> None:
    """What cannot be valued cannot be paid."""
    assert refusal(price=price) is not None


@pytest.mark.parametrize("equity", [math.nan, math.inf, -5.0])
def test_a_useless_equity_covers_no_short_sale(equity: float) -> None:
    """What cannot be valued covers nothing."""
    assert refusal(books=valued(equity), side=SELL, qty="1") is not None
