"""Tests of tradebus/sizers/fixed.py."""

import math

import pytest

from tests.unit.risk.samples import account, signal, valued
from tradebus.errors import InputError
from tradebus.sizers.fixed import FixedSizer


def test_the_quantity_is_always_the_same() -> None:
    """qty = fixed_qty."""
    sizer = FixedSizer(100)

    assert sizer.calculate_qty(signal(), account("1000"), 50.0) == 100.0
    assert sizer.calculate_qty(signal(), account("100000"), 5.0) == 100.0
    assert sizer.explain(signal(), account(), 50.0) == "fixed_qty 100 = 100"


@pytest.mark.parametrize("price", [0.0, -1.0, math.nan, math.inf])
def test_no_price_is_no_order(price: float) -> None:
    """A price that cannot be used is a quantity of 0."""
    assert FixedSizer(1).calculate_qty(signal(), account(), price) == 0.0


@pytest.mark.parametrize("equity", [0.0, -1.0, math.nan])
def test_no_equity_is_no_order(equity: float) -> None:
    """Nothing is bought with nothing."""
    assert FixedSizer(1).calculate_qty(signal(), valued(equity), 50.0) == 0.0


@pytest.mark.parametrize("qty", [0, -1, math.nan, math.inf])
def test_the_quantity_is_above_zero(qty: float) -> None:
    """A useless quantity is refused when the sizer is made."""
    with pytest.raises(InputError, match="fixed_qty"):
        FixedSizer(qty)
