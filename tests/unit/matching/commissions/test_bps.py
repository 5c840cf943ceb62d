"""Tests of tradebus/matching/commissions/bps.py."""

from decimal import Decimal

import pytest

from tests.unit.matching.samples import order
from tradebus.errors import InputError
from tradebus.matching.commissions.bps import Bps


def _fee(model: Bps, price: str) -> Decimal:
    return model.commission(order(), Decimal(100), Decimal(price), is_maker=False, filled_qty=Decimal(0))


def test_it_is_a_share_of_the_notional() -> None:
    """10 bps of 100 shares at 12.34 are 1.234 dollars."""
    assert _fee(Bps(10), "12.34") == Decimal("1.234")


def test_it_is_rounded_to_a_millionth() -> None:
    """Cents would add up to a visible error over thousands of fills."""
    assert _fee(Bps(1), "12.345678") == Decimal("0.123457")


@pytest.mark.parametrize("pct", [0.001, 0.0005, 0.006, 0.00123])
def test_a_fraction_makes_the_same_model(pct: float) -> None:
    """0.001 is ten basis points."""
    assert _fee(Bps.from_pct(pct), "1000") == Decimal(str(pct)) * 100_000


@pytest.mark.parametrize("pct", [-0.1, 1.1, float("nan")])
def test_a_fraction_lies_between_0_and_1(pct: float) -> None:
    """Percent given for a fraction is found out."""
    with pytest.raises(InputError):
        Bps.from_pct(pct)
