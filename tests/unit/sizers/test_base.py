"""Tests of tradebus/sizers/base.py."""

import math

import pytest

from tests.unit.risk.samples import account, signal
from tradebus.model.portfolio import Account
from tradebus.model.signal import Signal
from tradebus.sizers.base import PositionSizer, money, plain, quotient, usable


class Seven(PositionSizer):
    """A sizer with nothing but what it must have."""

    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        return 7.0


def test_a_sizer_needs_one_method_only() -> None:
    """Who writes a sizer gets an explanation for nothing."""
    assert Seven().explain(signal(), account(), 50.0) == "Seven = 7"


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf])
def test_a_quotient_of_useless_numbers_is_zero(number: float) -> None:
    """Zero, negatives, NaN and infinity are no amount and no price."""
    assert not usable(1.0, number)
    assert quotient(number, 1.0) == 0.0
    assert quotient(1.0, number) == 0.0


def test_a_quotient_that_overflows_is_zero() -> None:
    """A result that is not finite is no quantity."""
    assert quotient(1e300, 1e-300) == 0.0


@pytest.mark.parametrize(
    ("number", "text"), [(200.0, "200"), (0.1, "0.1"), (1e-8, "0.00000001"), (1234.5, "1,234.5"), (0.0, "0")]
)
def test_numbers_are_shown_without_noise(number: float, text: str) -> None:
    """No trailing zeros, no exponents, commas between thousands."""
    assert plain(number) == text


@pytest.mark.parametrize(("amount", "text"), [(100000.0, "100,000.00"), (0.00001234, "1.234e-05"), (0.0, "0.00")])
def test_money_is_shown_in_cents_and_small_prices_in_full(amount: float, text: str) -> None:
    """Prices below a cent are not rounded to nothing."""
    assert money(amount) == text
