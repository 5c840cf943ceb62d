"""Tests of tradebus/risk/checks/trading_halted.py."""

from tests.unit.risk.samples import account, order
from tradebus.risk.checks.trading_halted import TradingHaltedCheck
from tradebus.risk.working_orders import WorkingOrders


def test_entries_are_refused_while_it_says_why() -> None:
    """And pass when it does not."""
    check = TradingHaltedCheck()
    assert check.validate(order(), account(), WorkingOrders()) is None

    check.halted = "drawdown"
    no = check.validate(order(), account(), WorkingOrders())

    assert no is not None
    assert (no.code, no.value) == ("TRADING_HALTED", "an entry while halted (drawdown)")

    check.halted = None
    assert check.validate(order(), account(), WorkingOrders()) is None


def test_exits_are_never_asked_about() -> None:
    """They outlive trouble."""
    check = TradingHaltedCheck()

    assert not check.applies_to_exits
    assert check.describe(order(is_exit=True), account(), WorkingOrders()) == ("entries and exits", "an exit")

    check.halted = "pause"
    assert check.describe(order(), account(), WorkingOrders()) == ("exits only", "an entry while halted (pause)")
