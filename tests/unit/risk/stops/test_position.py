"""Tests of tradebus/risk/stops/position.py."""

import math

import pytest

from tradebus.errors import InputError
from tradebus.risk.stops.position import PositionStop


def test_the_level_is_a_fraction_from_the_entry() -> None:
    """Below for a long position, above for a short one; the mark does not matter."""
    stop = PositionStop(0.07)

    assert stop.level(1, 100.0, 500.0) == 93.0
    assert stop.level(-1, 100.0, 5.0) == 107.0
    assert not stop.uses_mark
    assert stop.name == "position_stop"


@pytest.mark.parametrize("pct", [0, 1, 5, math.nan])
def test_it_is_a_fraction(pct: float) -> None:
    """5 is not 5 %."""
    with pytest.raises(InputError, match="position_stop_pct"):
        PositionStop(pct)
