"""Tests of tradebus/risk/settings.py."""

import math

import pytest

from tradebus.errors import InputError
from tradebus.risk.settings import RiskSettings


def test_everything_is_off_but_the_breaker() -> None:
    """None is off."""
    settings = RiskSettings()

    assert settings.position_stop_pct is settings.trailing_stop_pct is None
    assert settings.portfolio_stop_pct is settings.max_drawdown_pct is None
    assert settings.enable_circuit_breaker


@pytest.mark.parametrize("name", ["position_stop_pct", "trailing_stop_pct", "portfolio_stop_pct", "max_drawdown_pct"])
@pytest.mark.parametrize("value", [0, 1, 5, -0.05, math.nan])
def test_stops_are_fractions(name: str, value: float) -> None:
    """5 is not 5 %, and NaN would never stop anything."""
    with pytest.raises(InputError) as caught:
        RiskSettings(**{name: value})  # type: ignore[arg-type]

    assert caught.value.field == name
