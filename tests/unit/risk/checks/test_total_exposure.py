"""Tests of tradebus/risk/checks/total_exposure.py."""

import math

import pytest

from tests.unit.risk.samples import SELL, account, fill, order, valued
from tradebus.errors import InputError
from tradebus.risk.checks.total_exposure import TotalExposureCheck
from tradebus.risk.working_orders import WorkingOrders


def test_all_positions_working_entries_and_the_order_count() -> None:
    """Long 5,000, short 5,000 and 2,500 being bought leave 7,500 of 20,000."""
    books = account("100000", fill("100"), fill("100", symbol="MSFT", side=SELL))
    check, book = TotalExposureCheck(20_000), WorkingOrders()
    book.add(order("50", id="w", symbol="GOOG"))

    assert check.validate(order("150"), books, book) is None
    no = check.validate(order("151"), books, book)

    assert no is not None
    assert (no.code, no.limit, no.value) == ("TOTAL_EXPOSURE_LIMIT", "20,000 dollars", "20,050 dollars")


def test_a_fraction_of_the_equity_is_a_limit_too() -> None:
    """0.05 of 100,000 is 5,000; with both, the smaller counts."""
    by_share, by_both = TotalExposureCheck(None, 0.05), TotalExposureCheck(4000, 0.05)

    assert by_share.validate(order("100"), account(), WorkingOrders()) is None
    assert by_share.validate(order("101"), account(), WorkingOrders()) is not None
    assert by_both.validate(order("100"), account(), WorkingOrders()) is not None
    assert by_both.validate(order("80"), account(), WorkingOrders()) is None


@pytest.mark.parametrize("equity", [math.nan, math.inf, -1.0, 0.0])
def test_a_useless_equity_allows_no_exposure(equity: float) -> None:
    """A fraction of nothing is nothing."""
    assert TotalExposureCheck(None, 0.5).validate(order("1"), valued(equity), WorkingOrders()) is not None


@pytest.mark.parametrize(("dollars", "share"), [(0, None), (math.nan, None), (None, 0), (None, math.nan), (None, None)])
def test_useless_limits_are_refused(dollars: float | None, share: float | None) -> None:
    """So is none at all."""
    with pytest.raises(InputError):
        TotalExposureCheck(dollars, share)
