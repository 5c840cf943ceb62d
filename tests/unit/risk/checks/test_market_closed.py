"""Tests of tradebus/risk/checks/market_closed.py."""

from datetime import UTC, datetime

import pytest

from tests.unit.risk.samples import account, order
from tradebus.model.instrument import Instrument, Instruments, TradingHours
from tradebus.model.time import to_ns
from tradebus.risk.checks.market_closed import MarketClosedCheck
from tradebus.risk.working_orders import WorkingOrders

DAY = (2014, 6, 9)


@pytest.mark.parametrize(
    ("hour", "minute", "passes"),
    [(13, 29, False), (13, 30, True), (20, 0, True), (20, 1, False), (8, 0, False)],
)
def test_equities_trade_in_regular_hours(hour: int, minute: int, passes: bool) -> None:
    """09:30 to 16:00 New York, both instants included."""
    one = order(time_ns=to_ns(datetime(*DAY, hour, minute, tzinfo=UTC)))
    check = MarketClosedCheck(Instruments())

    no = check.validate(one, account(), WorkingOrders())

    assert (no is None) == passes
    if no is not None:
        assert (no.code, no.limit) == ("MARKET_CLOSED", "regular hours")


def test_an_instrument_says_when_it_trades() -> None:
    """Extended hours begin at 04:00; crypto never closes."""
    early = to_ns(datetime(*DAY, 8, 0, tzinfo=UTC))
    check = MarketClosedCheck(Instruments(Instrument(symbol="AAPL", hours=TradingHours.EXTENDED)))

    assert check.validate(order(time_ns=early), account(), WorkingOrders()) is None
    assert check.validate(order(time_ns=0, symbol="BTC/USD"), account(), WorkingOrders()) is None


def test_exits_are_let_to_the_venue() -> None:
    """Which may queue them for the open."""
    check = MarketClosedCheck(Instruments())

    assert not check.applies_to_exits
    assert check.describe(order(time_ns=0), account(), WorkingOrders()) == ("regular hours", "1970-01-01T00:00:00Z")
