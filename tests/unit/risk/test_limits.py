"""Tests of tradebus/risk/limits.py."""

import math

import pytest

from tradebus.errors import InputError
from tradebus.risk.limits import Limits


def test_no_limit_is_set_by_default() -> None:
    """Only what is always refused is: short sales, and entries out of hours."""
    limits = Limits()

    assert limits.max_position_size is None
    assert not limits.allow_short
    assert limits.regular_hours_only


@pytest.mark.parametrize("name", ["max_position_size", "max_position_value", "max_total_exposure", "max_exposure_pct"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_amounts_are_finite_and_above_zero(name: str, value: float) -> None:
    """A limit of NaN would never say no."""
    with pytest.raises(InputError) as caught:
        Limits(**{name: value})  # type: ignore[arg-type]

    assert caught.value.field == f"risk.{name}"


@pytest.mark.parametrize("name", ["max_orders_per_minute", "max_orders_per_symbol_per_minute"])
@pytest.mark.parametrize("value", [0, -1, 1.5, math.nan])
def test_counts_are_whole(name: str, value: float) -> None:
    """Half an order is not allowed."""
    with pytest.raises(InputError) as caught:
        Limits(**{name: value})  # type: ignore[arg-type]

    assert caught.value.field == f"risk.{name}"


@pytest.mark.parametrize("value", [0, 1, 10, math.nan])
def test_the_collar_is_a_fraction(value: float) -> None:
    """5 % is 0.05."""
    with pytest.raises(InputError, match="is a fraction"):
        Limits(max_price_deviation_pct=value)


def test_good_limits_are_taken() -> None:
    """Leverage is a fraction above 1."""
    Limits(
        max_orders_per_minute=1,
        max_orders_per_symbol_per_minute=1,
        max_position_size=0.5,
        max_position_value=1,
        max_total_exposure=1,
        max_exposure_pct=1.5,
        max_price_deviation_pct=0.05,
    )
