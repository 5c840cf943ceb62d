"""Tests of tradebus/analytics/drawdown.py."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradebus.analytics.drawdown import Drawdown, find_drawdown


def test_depth_peak_trough_and_recovery_belong_together() -> None:
    """The deepest fall is told with its own three moments."""
    found = find_drawdown([10, 20, 30, 40, 50, 60], [100.0, 120.0, 90.0, 100.0, 121.0, 119.0], 100.0)

    assert found == Drawdown(depth=0.25, dollars=30.0, peak_ns=20, trough_ns=30, recovery_ns=50, longest_ns=30)


def test_a_fall_that_lasts_has_no_recovery() -> None:
    """The end of the curve ends the length, not the drawdown."""
    found = find_drawdown([10, 20, 30], [100.0, 80.0, 90.0], 100.0)

    assert found is not None
    assert found.recovery_ns is None
    assert found.longest_ns == 20


def test_the_recovery_is_of_the_deepest_fall_and_not_of_a_later_one() -> None:
    """A later and smaller fall that recovers changes nothing."""
    found = find_drawdown([1, 2, 3, 4, 5, 6, 7], [100.0, 50.0, 100.0, 110.0, 100.0, 105.0, 120.0], 100.0)

    assert found is not None
    assert (found.peak_ns, found.trough_ns, found.recovery_ns) == (1, 2, 3)
    assert found.longest_ns == 3


def test_a_deeper_fall_takes_the_place_of_a_recovered_one() -> None:
    """The recovery of the first fall is forgotten with it."""
    found = find_drawdown([1, 2, 3, 4], [100.0, 90.0, 100.0, 50.0], 100.0)

    assert found is not None
    assert (found.depth, found.peak_ns, found.trough_ns, found.recovery_ns) == (0.5, 3, 4, None)


def test_the_capital_is_the_first_high() -> None:
    """A curve that begins below its capital is in drawdown from its first point on."""
    found = find_drawdown([10, 20], [90.0, 95.0], 100.0)

    assert found is not None
    assert found.depth == pytest.approx(0.1)
    assert (found.peak_ns, found.trough_ns, found.longest_ns) == (10, 10, 10)


def test_a_flat_or_rising_curve_has_none() -> None:
    """Staying at the high is not a drawdown."""
    assert find_drawdown([1, 2, 3], [100.0, 100.0, 101.0], 100.0) == Drawdown(0.0, 0.0, None, None, None, 0)


def test_negative_equity_is_more_than_everything() -> None:
    """A loss beyond the whole high is a fraction above one."""
    found = find_drawdown([1, 2], [100.0, -50.0], 100.0)

    assert found is not None
    assert found.depth == 1.5
    assert found.dollars == 150.0


@pytest.mark.parametrize(("equity", "start"), [([], 100.0), ([100.0], 0.0), ([100.0], -1.0)])
def test_a_fraction_of_nothing_is_none(equity: list[float], start: float) -> None:
    """Without a point or without capital there is no drawdown to speak of."""
    assert find_drawdown(list(range(len(equity))), equity, start) is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(1.0, 1e6), min_size=1, max_size=40))
def test_one_pass_finds_what_the_definition_says(equity: list[float]) -> None:
    """The depth is the largest 1 - equity / running peak."""
    found = find_drawdown(list(range(len(equity))), equity, equity[0])

    assert found is not None
    expected = max(1 - value / max(equity[: i + 1]) for i, value in enumerate(equity))
    assert found.depth == pytest.approx(expected, abs=1e-12)
