"""Tests of tradebus/features/period.py."""

import math

import pytest

from tradebus.errors import InputError
from tradebus.features.period import require_finite, require_shorter


@pytest.mark.parametrize("value", [math.nan, math.inf, "1", None, True])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    """The message names the field and a way out."""
    with pytest.raises(InputError, match=r"width=.*finite number.*Fix: use a number such as 0\.5"):
        require_finite("width", value)


def test_a_number_below_the_minimum_is_refused() -> None:
    """The minimum itself is allowed."""
    require_finite("width", 0, 0)

    with pytest.raises(InputError, match=r"width=-0\.1: must be at least 0\. Fix: use 0 or more"):
        require_finite("width", -0.1, 0)


def test_any_finite_number_will_do_without_a_minimum() -> None:
    """Weights may be negative."""
    require_finite("weight", -1e9)


def test_a_period_as_long_as_the_longer_one_is_refused() -> None:
    """Both fields are named, and what would do."""
    require_shorter("fast", 12, "slow", 26)

    with pytest.raises(InputError, match=r"fast=26: must be below slow, which is 26\. Fix: use 25 or less"):
        require_shorter("fast", 26, "slow", 26)


def test_nothing_is_shorter_than_one_bar() -> None:
    """Then only a longer counterpart helps."""
    with pytest.raises(InputError, match="Fix: use a longer slow"):
        require_shorter("fast", 1, "slow", 1)
