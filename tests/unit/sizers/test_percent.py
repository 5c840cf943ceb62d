"""Tests of tradebus/sizers/percent.py."""

import math

import pytest

from tests.unit.risk.samples import account, signal, valued
from tradebus.errors import InputError
from tradebus.sizers.percent import PercentSizer


def test_a_tenth_of_the_equity_is_put_in() -> None:
    """qty = (equity * pct) / price."""
    assert PercentSizer(0.10).calculate_qty(signal(), account("100000"), 50.0) == (100_000 * 0.10) / 50.0


def test_the_formula_is_shown_with_its_numbers() -> None:
    """The line that `tradebus why` prints."""
    line = PercentSizer(0.1).explain(signal(), account("100000"), 50.0)

    assert line == "(equity 100,000.00 x 0.1) / price 50.00 = 200"


@pytest.mark.parametrize("pct", [0, -0.1, 10, math.nan, math.inf])
def test_a_percentage_is_not_a_fraction(pct: float) -> None:
    """What is not in (0, 1] is refused in the words of the command line."""
    with pytest.raises(InputError, match="pct is a fraction, was") as caught:
        PercentSizer(pct)

    assert caught.value.field == "--position-size"
    assert "0.10 for 10 %" in caught.value.fix


def test_all_of_the_equity_is_allowed() -> None:
    """1 is the largest fraction."""
    assert PercentSizer(1).calculate_qty(signal(), account("100"), 50.0) == 2.0


@pytest.mark.parametrize("price", [0.0, -1.0, math.nan, math.inf])
def test_no_price_is_no_order(price: float) -> None:
    """A price that cannot be used is a quantity of 0."""
    assert PercentSizer(0.1).calculate_qty(signal(), account(), price) == 0.0


@pytest.mark.parametrize("equity", [0.0, -1.0, math.nan, math.inf])
def test_no_equity_is_no_order(equity: float) -> None:
    """Equity that cannot be used is a quantity of 0."""
    assert PercentSizer(0.1).calculate_qty(signal(), valued(equity), 50.0) == 0.0
