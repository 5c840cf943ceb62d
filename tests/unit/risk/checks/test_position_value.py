"""Tests of tradebus/risk/checks/position_value.py."""

import math

import pytest

from tests.unit.risk.samples import account, fill, order
from tradebus.errors import InputError
from tradebus.risk.checks.position_value import PositionValueCheck
from tradebus.risk.working_orders import WorkingOrders


def test_the_whole_position_is_valued_at_the_orders_price() -> None:
    """150 shares at 60 are 9,000 dollars, whatever they cost."""
    check, books = PositionValueCheck(9000), account("100000", fill("100", "50"))

    assert check.validate(order("50", 60.0), books, WorkingOrders()) is None
    no = check.validate(order("50", 60.01), books, WorkingOrders())

    assert no is not None
    assert (no.code, no.limit, no.value) == ("POSITION_VALUE_LIMIT", "9,000 dollars", "9,001.5 dollars")


def test_a_limit_above_the_price_counts() -> None:
    """It may be filled there."""
    assert PositionValueCheck(5000).validate(order("100", 50.0, limit="50.01"), account(), WorkingOrders()) is not None


@pytest.mark.parametrize("limit", [0, -1, math.nan])
def test_a_useless_limit_is_refused(limit: float) -> None:
    """NaN would never say no."""
    with pytest.raises(InputError, match="max_position_value"):
        PositionValueCheck(limit)
