"""Tests of tradebus/risk/checks/position_size.py."""

import math

import pytest

from tests.unit.risk.samples import SELL, account, fill, order
from tradebus.errors import InputError
from tradebus.risk.checks.position_size import PositionSizeCheck
from tradebus.risk.working_orders import WorkingOrders


def test_position_working_orders_and_order_together_count() -> None:
    """100 held and 50 working leave 50 of 200."""
    check, book, books = PositionSizeCheck(200), WorkingOrders(), account("100000", fill("100"))
    book.add(order("50", id="w"))

    assert check.validate(order("50"), books, book) is None
    no = check.validate(order("51"), books, book)

    assert no is not None
    assert (no.code, no.limit, no.value) == ("POSITION_SIZE_LIMIT", "200 shares", "201 shares")


def test_shorts_have_the_same_limit() -> None:
    """Without the sign."""
    check = PositionSizeCheck(200)

    assert check.validate(order("200", side=SELL), account(), WorkingOrders()) is None
    assert check.validate(order("201", side=SELL), account(), WorkingOrders()) is not None


def test_all_strategies_together_have_one_limit() -> None:
    """The account's position counts."""
    books = account("100000", fill("100"), fill("100", strategy_id="momentum"))

    assert PositionSizeCheck(200).validate(order("1"), books, WorkingOrders()) is not None


@pytest.mark.parametrize("limit", [0, -1, math.nan])
def test_a_useless_limit_is_refused(limit: float) -> None:
    """NaN would never say no."""
    with pytest.raises(InputError, match="max_position_size"):
        PositionSizeCheck(limit)
