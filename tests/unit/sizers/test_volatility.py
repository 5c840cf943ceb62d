"""Tests of tradebus/sizers/volatility.py."""

import math

import pytest

from tests.samples import bar, random_bars
from tests.unit.risk.samples import account, signal, valued
from tradebus.errors import InputError
from tradebus.features.atr import ATR
from tradebus.model.timeframe import Timeframe
from tradebus.sizers.volatility import VolatilitySizer


def test_the_signals_atr_is_used() -> None:
    """qty = (equity * risk_pct) / (ATR * multiplier)."""
    qty = VolatilitySizer(0.01, 2.0).calculate_qty(signal(indicators={"atr": 2.5}), account("100000"), 50.0)

    assert qty == (100_000 * 0.01) / (2.5 * 2.0)


def test_without_it_the_sizer_follows_the_bars_itself() -> None:
    """Its own ATR(14) is the one of the features, for each symbol."""
    sizer, atr = VolatilitySizer(0.01), ATR(14)
    value = None
    for one in random_bars(30):
        value = atr.update(one)
        sizer.on_bar(one)
        sizer.on_bar(bar(0, 10.0, symbol="MSFT", high=11.0, low=9.0))

    assert value is not None
    assert sizer.calculate_qty(signal(), account("100000"), 50.0) == (100_000 * 0.01) / (value * 2.0)
    assert sizer.calculate_qty(signal(symbol="MSFT"), account("100000"), 50.0) == (100_000 * 0.01) / (2.0 * 2.0)


def test_until_there_is_an_atr_there_is_no_order() -> None:
    """Fourteen ranges are needed."""
    sizer = VolatilitySizer(0.01)
    for one in random_bars(14):
        sizer.on_bar(one)

    assert sizer.calculate_qty(signal(), account(), 50.0) == 0.0
    assert sizer.explain(signal(), account(), 50.0).startswith("no ATR yet")


def test_only_the_first_timeframe_of_a_symbol_counts() -> None:
    """Minutes and days of one symbol do not mix."""
    sizer = VolatilitySizer(0.01, period=1)
    for one in random_bars(2):
        sizer.on_bar(one)
    qty = sizer.calculate_qty(signal(), account(), 50.0)

    sizer.on_bar(bar(0, 10.0, high=1000.0, low=1.0, timeframe=Timeframe.WEEK_1))

    assert sizer.calculate_qty(signal(), account(), 50.0) == qty > 0


def test_the_formula_is_shown_with_its_numbers() -> None:
    """The line that `tradebus why` prints."""
    line = VolatilitySizer(0.01).explain(signal(indicators={"atr": 2.5}), account("100000"), 50.0)

    assert line == "(equity 100,000.00 x 0.01) / (ATR 2.50 x 2) = 200"


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf])
def test_useless_numbers_are_no_order(number: float) -> None:
    """Price, equity and ATR must be finite and above 0."""
    sizer = VolatilitySizer(0.01)
    usable = signal(indicators={"atr": 2.5})

    assert sizer.calculate_qty(usable, valued(number), 50.0) == 0.0
    assert sizer.calculate_qty(signal(indicators={"atr": number}), account(), 50.0) == 0.0
    assert sizer.calculate_qty(usable, account(), number) == 0.0


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"risk_pct": 1.5}, "risk_pct"),
        ({"risk_pct": 0.01, "multiplier": 0}, "multiplier"),
        ({"risk_pct": 0.01, "period": 0}, "period"),
    ],
)
def test_useless_settings_are_refused(arguments: dict[str, float], field: str) -> None:
    """Each is named."""
    with pytest.raises(InputError) as caught:
        VolatilitySizer(**arguments)  # type: ignore[arg-type]

    assert caught.value.field == field
