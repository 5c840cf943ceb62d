"""Tests of tradebus/risk/stops/base.py."""

import pytest

from tradebus.risk.stops.base import kept


@pytest.mark.parametrize(("pct", "rest"), [(0.07, 0.93), (0.1, 0.9), (0.3, 0.7), (-0.07, 1.07), (0.005, 0.995)])
def test_what_is_kept_is_the_nearest_float(pct: float, rest: float) -> None:
    """1 - 0.07 in floats is a bit less than 0.93, which would move the stop."""
    assert kept(pct) == rest
