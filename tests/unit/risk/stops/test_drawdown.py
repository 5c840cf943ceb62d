"""Tests of tradebus/risk/stops/drawdown.py."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradebus.errors import InputError
from tradebus.risk.stops.drawdown import DrawdownStop, MaxDrawdown


def test_a_loss_of_exactly_the_limit_is_a_breach() -> None:
    """From the peak, whenever that was."""
    stop = MaxDrawdown(0.1)
    for equity in (80.0, 100.0, 90.01, 99.0):
        assert stop.check(0, equity) is None

    assert stop.check(0, 90.0) == pytest.approx(0.1)


def test_after_a_breach_the_loss_is_measured_anew() -> None:
    """It is not reported again and again, but a further loss is."""
    stop = MaxDrawdown(0.1)
    stop.check(0, 100.0)

    assert stop.check(0, 85.0) == pytest.approx(0.15)
    assert stop.check(0, 84.0) is None
    assert stop.check(0, 76.5) == pytest.approx(0.1)


@pytest.mark.parametrize("equity", [math.nan, math.inf, -math.inf, 0.0, -5.0])
def test_an_equity_that_cannot_be_is_a_breach(equity: float) -> None:
    """At the start and later; it never becomes a peak."""
    assert MaxDrawdown(0.1).check(0, equity) is not None

    stop = MaxDrawdown(0.1)
    stop.check(0, 100.0)
    assert stop.check(0, equity) is not None
    assert stop.check(0, equity) is not None
    assert stop.check(0, 99.0) is None
    assert stop.check(0, 90.0) is not None


@given(st.floats(0.01, 0.99), st.lists(st.floats(1, 1e9), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_the_first_breach_is_where_the_drawdown_is_too_large(pct: float, curve: list[float]) -> None:
    """The same as measuring the whole curve, but for the last bit of a float."""
    stop, peak = DrawdownStop(pct), 0.0
    for equity in curve:
        peak = max(peak, equity)
        drawdown = 1 - equity / peak
        found = stop.check(0, equity)
        if found is not None:
            assert found == pytest.approx(drawdown)
            assert drawdown >= pct or drawdown == pytest.approx(pct)
            return
        assert drawdown < pct or drawdown == pytest.approx(pct)


@pytest.mark.parametrize("pct", [0, 1, 5, math.nan])
def test_it_is_a_fraction(pct: float) -> None:
    """5 is not 5 %."""
    with pytest.raises(InputError, match="max_drawdown_pct"):
        DrawdownStop(pct)
