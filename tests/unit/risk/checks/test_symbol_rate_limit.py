"""Tests of tradebus/risk/checks/symbol_rate_limit.py."""

import pytest

from tests.unit.risk.samples import account, order
from tradebus.errors import InputError
from tradebus.model.time import MINUTE_NS
from tradebus.risk.checks.symbol_rate_limit import SymbolRateLimitCheck
from tradebus.risk.working_orders import WorkingOrders


def test_each_symbol_has_its_own_minute() -> None:
    """One that is full does not stop another."""
    check = SymbolRateLimitCheck(1)
    assert check.validate(order(time_ns=0), account(), WorkingOrders()) is None
    check.approved(order(time_ns=0))

    no = check.validate(order(time_ns=MINUTE_NS - 1), account(), WorkingOrders())

    assert no is not None
    assert no.code == "RATE_LIMIT_SYMBOL"
    assert check.validate(order(time_ns=1, symbol="MSFT"), account(), WorkingOrders()) is None
    assert check.validate(order(time_ns=MINUTE_NS), account(), WorkingOrders()) is None


def test_exits_are_counted_and_never_refused() -> None:
    """A second order in the window is counted with the first."""
    check = SymbolRateLimitCheck(2)
    check.approved(order(is_exit=True))
    check.approved(order(is_exit=True))

    assert not check.applies_to_exits
    assert check.validate(order(), account(), WorkingOrders()) is not None


def test_the_limit_is_a_count() -> None:
    """At least one order."""
    with pytest.raises(InputError):
        SymbolRateLimitCheck(0)
