"""Tests of tradebus/sizers/risk_based.py."""

import math

import pytest

from tests.unit.risk.samples import account, signal, valued
from tradebus.errors import InputError
from tradebus.sizers.risk_based import RiskBasedSizer


@pytest.mark.parametrize("stop_loss", [47.5, 52.5])
def test_the_signals_stop_gives_the_distance(stop_loss: float) -> None:
    """qty = (equity * risk_pct) / |price - stop_loss|, for long and short alike."""
    qty = RiskBasedSizer(0.01, stop_pct=0.5).calculate_qty(signal(stop_loss=stop_loss), account("100000"), 50.0)

    assert qty == (100_000 * 0.01) / 2.5


def test_without_a_stop_in_the_signal_the_sizers_own_counts() -> None:
    """The distance is price * stop_pct."""
    assert RiskBasedSizer(0.01, 0.05).calculate_qty(signal(), account("100000"), 50.0) == (100_000 * 0.01) / 2.5


def test_without_any_stop_there_is_no_order() -> None:
    """A risk that is not limited cannot be sized."""
    sizer = RiskBasedSizer(0.01)

    assert sizer.calculate_qty(signal(), account(), 50.0) == 0.0
    assert sizer.explain(signal(), account(), 50.0).startswith("no stop: ")


def test_a_stop_at_the_price_is_no_stop() -> None:
    """A distance of 0 is a quantity of 0, not infinity."""
    assert RiskBasedSizer(0.01).calculate_qty(signal(stop_loss=50.0), account(), 50.0) == 0.0


def test_the_formula_is_shown_with_its_numbers() -> None:
    """The line that `tradebus why` prints."""
    line = RiskBasedSizer(0.01).explain(signal(stop_loss=47.5), account("100000"), 50.0)

    assert line == "(equity 100,000.00 x 0.01) / stop distance 2.50 = 400"


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf])
def test_useless_numbers_are_no_order(number: float) -> None:
    """Price, equity and stop must be finite and above 0."""
    sizer = RiskBasedSizer(0.01, 0.05)

    assert sizer.calculate_qty(signal(), account(), number) == 0.0
    assert sizer.calculate_qty(signal(stop_loss=40.0), account(), number) == 0.0
    assert sizer.calculate_qty(signal(), valued(number), 50.0) == 0.0


@pytest.mark.parametrize("stop_loss", [math.nan, math.inf])
def test_a_stop_that_is_no_number_is_no_order(stop_loss: float) -> None:
    """NaN and infinity give no distance."""
    assert RiskBasedSizer(0.01, 0.05).calculate_qty(signal(stop_loss=stop_loss), account(), 50.0) == 0.0


@pytest.mark.parametrize(("risk_pct", "stop_pct", "field"), [(2, None, "risk_pct"), (0.01, 1, "stop_pct")])
def test_fractions_are_fractions(risk_pct: float, stop_pct: float | None, field: str) -> None:
    """What is not a fraction is refused, naming it."""
    with pytest.raises(InputError) as caught:
        RiskBasedSizer(risk_pct, stop_pct)

    assert caught.value.field == field
