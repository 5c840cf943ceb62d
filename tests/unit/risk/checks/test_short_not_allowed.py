"""Tests of tradebus/risk/checks/short_not_allowed.py."""

import pytest

from tests.unit.risk.samples import SELL, account, fill, order
from tradebus.model.instrument import Instrument, Instruments
from tradebus.risk.checks.short_not_allowed import ShortNotAllowedCheck
from tradebus.risk.working_orders import WorkingOrders


def test_by_default_nothing_is_sold_that_is_not_held() -> None:
    """What is held may be sold to the last share."""
    check, books = ShortNotAllowedCheck(Instruments()), account("100000", fill("100"))

    assert check.validate(order("100", side=SELL), books, WorkingOrders()) is None
    no = check.validate(order("101", side=SELL), books, WorkingOrders())

    assert no is not None
    assert (no.code, no.limit, no.value) == ("SHORT_NOT_ALLOWED", "long positions only", "1 sold short")


def test_buys_pass() -> None:
    """Always."""
    assert ShortNotAllowedCheck(Instruments()).validate(order(), account(), WorkingOrders()) is None


def test_where_short_sales_are_allowed_whole_shares_pass() -> None:
    """Fractions do not."""
    check = ShortNotAllowedCheck(Instruments(), allow_short=True)

    assert check.validate(order("100", side=SELL), account(), WorkingOrders()) is None
    no = check.validate(order("0.5", side=SELL), account(), WorkingOrders())

    assert no is not None
    assert no.limit == "short sales of whole shares"


@pytest.mark.parametrize("symbol", ["BTC/USD", "GME"])
def test_what_is_not_shortable_is_not_sold_short(symbol: str) -> None:
    """Crypto, and what the broker does not lend."""
    instruments = Instruments(Instrument(symbol="GME", shortable=False))
    check = ShortNotAllowedCheck(instruments, allow_short=True)

    no = check.validate(order("1", side=SELL, symbol=symbol), account(), WorkingOrders())

    assert no is not None
    assert no.limit == f"{symbol} long only"


def test_a_quantity_that_is_no_number_never_passes() -> None:
    """It is not a whole number of shares."""
    check = ShortNotAllowedCheck(Instruments(), allow_short=True)

    assert check.validate(order("NaN", side=SELL), account(), WorkingOrders()) is not None


def test_it_is_for_entries_and_describes_itself() -> None:
    """Exits only reduce."""
    check = ShortNotAllowedCheck(Instruments(), allow_short=True)

    assert not check.applies_to_exits
    assert check.describe(order(), account(), WorkingOrders()) == ("short sales allowed", "0 sold short")
    assert ShortNotAllowedCheck(Instruments()).describe(order(), account(), WorkingOrders())[0] == "long positions only"
