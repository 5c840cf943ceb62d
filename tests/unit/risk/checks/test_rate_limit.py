"""Tests of tradebus/risk/checks/rate_limit.py."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.risk.samples import account, order
from tradebus.errors import InputError
from tradebus.model.time import MINUTE_NS, SECOND_NS
from tradebus.risk.checks.rate_limit import OrderWindow, RateLimitCheck
from tradebus.risk.working_orders import WorkingOrders


def test_so_many_orders_pass_in_a_minute_and_no_more() -> None:
    """Symbols do not matter; market time does."""
    check = RateLimitCheck(2)
    for second, symbol in ((0, "AAPL"), (30, "MSFT")):
        one = order(time_ns=second * SECOND_NS, symbol=symbol)
        assert check.validate(one, account(), WorkingOrders()) is None
        check.approved(one)

    no = check.validate(order(time_ns=MINUTE_NS - 1), account(), WorkingOrders())

    assert no is not None
    assert (no.code, no.limit, no.value) == ("RATE_LIMIT_GLOBAL", "2 orders in 60 seconds", "3 orders in 60 seconds")


def test_an_order_exactly_a_minute_old_no_longer_counts() -> None:
    """The window slides."""
    check = RateLimitCheck(1)
    check.approved(order(time_ns=5))

    assert check.validate(order(time_ns=5 + MINUTE_NS - 1), account(), WorkingOrders()) is not None
    assert check.validate(order(time_ns=5 + MINUTE_NS), account(), WorkingOrders()) is None


def test_refused_orders_are_not_counted() -> None:
    """Only what is approved is."""
    check = RateLimitCheck(1)
    for _ in range(5):
        assert check.validate(order(), account(), WorkingOrders()) is None


def test_exits_are_counted_and_never_refused() -> None:
    """The check is not asked about them, but told."""
    check = RateLimitCheck(1)

    check.approved(order(is_exit=True))

    assert not check.applies_to_exits
    assert check.validate(order(), account(), WorkingOrders()) is not None


@given(st.integers(1, 5), st.lists(st.integers(0, 40 * SECOND_NS), max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_minute_has_more_orders_than_allowed(limit: int, gaps: list[int]) -> None:
    """Whatever the times, counting every approved order of the last minute says the same as the window."""
    check, now, sent = RateLimitCheck(limit), 0, list[int]()
    for gap in gaps:
        now += gap
        one = order(time_ns=now)
        recent = [time for time in sent if time > now - MINUTE_NS]

        allowed = check.validate(one, account(), WorkingOrders()) is None

        assert allowed == (len(recent) < limit)
        if allowed:
            check.approved(one)
            sent.append(now)


def test_the_window_is_bounded() -> None:
    """It keeps as many times as it needs."""
    window = OrderWindow(3)
    for _ in range(100):
        window.add(7)

    assert window.count(7) == 3


@pytest.mark.parametrize("limit", [0, -1, 1.5])
def test_the_limit_is_a_count(limit: float) -> None:
    """At least one order."""
    with pytest.raises(InputError):
        RateLimitCheck(limit)  # type: ignore[arg-type]
