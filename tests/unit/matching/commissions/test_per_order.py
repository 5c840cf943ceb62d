"""Tests of tradebus/matching/commissions/per_order.py."""

from decimal import Decimal

from tests.unit.matching.samples import order
from tradebus.matching.commissions.per_order import PerOrder


def test_only_the_first_execution_is_charged() -> None:
    """The rest of the order is paid for."""
    model, qty, price = PerOrder(4.95), Decimal(10), Decimal(50)

    assert model.commission(order(), qty, price, is_maker=False, filled_qty=Decimal(0)) == Decimal("4.95")
    assert model.commission(order(), qty, price, is_maker=False, filled_qty=qty) == 0
