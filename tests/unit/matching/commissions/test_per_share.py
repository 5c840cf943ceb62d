"""Tests of tradebus/matching/commissions/per_share.py."""

from decimal import Decimal

from tests.unit.matching.samples import order
from tradebus.matching.commissions.per_share import PerShare


def _paid(model: PerShare, *parts: int) -> list[Decimal]:
    filled, paid = Decimal(0), []
    for part in parts:
        qty = Decimal(part)
        paid.append(model.commission(order(), qty, Decimal(50), is_maker=False, filled_qty=filled))
        filled += qty
    return paid


def test_every_share_costs_the_rate() -> None:
    """Whatever its price."""
    assert _paid(PerShare(0.005), 100, 300) == [Decimal("0.5"), Decimal("1.5")]


def test_the_minimum_is_the_orders() -> None:
    """Parts pay together what the whole would have paid."""
    assert _paid(PerShare(0.005, minimum=1), 100) == [1]
    assert _paid(PerShare(0.005, minimum=1), 100, 50, 250) == [1, 0, 1]
