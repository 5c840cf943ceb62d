"""Tests of tradebus/model/number.py."""

import math
from decimal import Decimal

import pytest

from tradebus.errors import InputError
from tradebus.model.number import Number, require_count, require_fraction, require_positive, require_proper_fraction

NONSENSE = [0, -1, math.nan, math.inf, -math.inf, True, "1", None]


@pytest.mark.parametrize("value", NONSENSE)
def test_a_positive_number_is_finite_and_above_zero(value: Number) -> None:
    """Zero, negatives, NaN, infinities and what is no number are refused, naming the field."""
    with pytest.raises(InputError) as caught:
        require_positive("cash", value)

    assert caught.value.field == "cash"
    assert caught.value.value == value or value != value


@pytest.mark.parametrize("value", [1, 0.5, Decimal("0.1"), 10**9])
def test_every_kind_of_number_is_taken(value: Number) -> None:
    """Integers, floats and decimals above 0 pass."""
    require_positive("cash", value)


@pytest.mark.parametrize("value", [*NONSENSE, 1.0000001, 10])
def test_a_fraction_is_at_most_one(value: Number) -> None:
    """A percentage written as a fraction is refused with the words that explain it."""
    with pytest.raises(InputError, match="is a fraction, was"):
        require_fraction("pct", value)


def test_one_is_a_fraction_but_not_a_proper_one() -> None:
    """1 is all of it: allowed where all may be used, refused where something must be left."""
    require_fraction("pct", 1)
    require_proper_fraction("stop_pct", 0.999)

    with pytest.raises(InputError, match="below 1, was 1"):
        require_proper_fraction("stop_pct", 1)


@pytest.mark.parametrize("value", NONSENSE)
def test_a_proper_fraction_is_no_nonsense(value: Number) -> None:
    """What is not a number within the range is refused."""
    with pytest.raises(InputError):
        require_proper_fraction("stop_pct", value)


@pytest.mark.parametrize("value", [*NONSENSE, 1.5, 2.0])
def test_a_count_is_whole(value: object) -> None:
    """Counts are integers of at least 1; a float is not taken even if it is whole."""
    with pytest.raises(InputError, match="whole number"):
        require_count("max_orders", value)


def test_one_is_a_count() -> None:
    """The smallest count is 1."""
    require_count("max_orders", 1)
