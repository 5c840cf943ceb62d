"""Tests of tradebus/risk/checks/base.py."""

from decimal import Decimal

import pytest

from tests.unit.risk.samples import account, order
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book
from tradebus.risk.checks.base import LimitCheck, trimmed
from tradebus.risk.exact import INFINITE
from tradebus.risk.working_orders import WorkingOrders


class QtyCheck(LimitCheck):
    """A check of the quantity."""

    code = "QTY"
    unit = "things"

    def __init__(self, limit: Decimal) -> None:
        self._limit = limit

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        return self._limit, order.qty


def test_a_value_at_the_limit_passes_and_one_above_does_not() -> None:
    """To the last digit."""
    check = QtyCheck(Decimal(1000))

    assert check.validate(order("1000"), account(), WorkingOrders()) is None
    refusal = check.validate(order("1000.00000001"), account(), WorkingOrders())

    assert refusal is not None
    assert (refusal.code, refusal.limit, refusal.value) == ("QTY", "1,000 things", "1,000.00000001 things")


def test_an_infinite_value_never_passes() -> None:
    """Not even without a limit."""
    refusal = QtyCheck(INFINITE).validate(order("Infinity"), account(), WorkingOrders())

    assert refusal is not None
    assert refusal.value == "unknown things"


def test_a_check_without_a_measure_is_unfinished() -> None:
    """It says so instead of letting orders pass."""
    with pytest.raises(NotImplementedError):
        LimitCheck().validate(order(), account(), WorkingOrders())


def test_it_describes_itself_when_it_passes_and_remembers_nothing() -> None:
    """For the explanation."""
    check = QtyCheck(Decimal("5.50"))

    assert check.describe(order("2"), account(), WorkingOrders()) == ("5.5 things", "2 things")
    assert trimmed(Decimal("1E+3")) == "1,000"
