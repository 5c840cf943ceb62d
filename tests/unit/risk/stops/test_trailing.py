"""Tests of tradebus/risk/stops/trailing.py."""

import math

import pytest

from tradebus.errors import InputError
from tradebus.risk.stops.trailing import TrailingStop


def test_the_level_is_a_fraction_from_the_mark() -> None:
    """Below for a long position, above for a short one; the entry does not matter."""
    stop = TrailingStop(0.07)

    assert stop.level(1, 1.0, 100.0) == 93.0
    assert stop.level(-1, 1.0, 100.0) == 107.0
    assert stop.uses_mark
    assert stop.name == "trailing_stop"


@pytest.mark.parametrize("pct", [0, 1, 5, math.nan])
def test_it_is_a_fraction(pct: float) -> None:
    """5 is not 5 %."""
    with pytest.raises(InputError, match="trailing_stop_pct"):
        TrailingStop(pct)
