"""What every sizer promises, whatever its formula."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import random_bars
from tests.unit.risk.samples import signal, valued
from tradebus.model.signal import Signal
from tradebus.plugins import load, names
from tradebus.sizers.base import PositionSizer

MAKE: dict[str, Callable[[type[Any]], PositionSizer]] = {
    "fixed": lambda cls: cls(10),
    "percent": lambda cls: cls(0.1),
    "risk_based": lambda cls: cls(0.01, 0.05),
    "kelly": lambda cls: cls(0.6, 2.0),
    "volatility": lambda cls: cls(0.01),
}
"""How to make each sizer that needs arguments; a new one without any needs no line here."""

NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.floats(0.01, 1e9), st.sampled_from([0.0, -0.0, 5e-324])
)


def sizers() -> list[PositionSizer]:
    """Return one of each sizer in the folder, fed with some bars."""
    made: list[PositionSizer] = []
    for name in names("sizer"):
        cls: type[Any] = load("sizer", name)
        made.append(MAKE[name](cls) if name in MAKE else cls())
    for sizer in made:
        if (on_bar := getattr(sizer, "on_bar", None)) is not None:
            for bar in random_bars(30):
                on_bar(bar)
    return made


SIZERS = sizers()
EACH = pytest.mark.parametrize("sizer", SIZERS, ids=[type(sizer).__name__ for sizer in SIZERS])


def test_all_five_of_the_system_are_there() -> None:
    """Fixed, percent, risk-based, Kelly and volatility."""
    assert set(MAKE) <= set(names("sizer"))


@EACH
@given(equity=NUMBERS, price=NUMBERS, stop_loss=st.none() | NUMBERS, atr=st.none() | NUMBERS)
@settings(max_examples=60, deadline=None)
def test_a_quantity_is_finite_and_never_negative(
    sizer: PositionSizer, equity: float, price: float, stop_loss: float | None, atr: float | None
) -> None:
    """Whatever goes in, NaN too, what comes out can be ordered; and it can be explained."""
    wish = signal(stop_loss=stop_loss, indicators={} if atr is None else {"atr": atr})

    qty = sizer.calculate_qty(wish, valued(equity), price)

    assert 0 <= qty < math.inf
    assert "\n" not in sizer.explain(wish, valued(equity), price)


@EACH
@given(equity=st.floats(1, 1e9), factor=st.floats(1, 100), price=st.floats(0.01, 1e5))
@settings(max_examples=40, deadline=None)
def test_more_equity_is_never_a_smaller_quantity(
    sizer: PositionSizer, equity: float, factor: float, price: float
) -> None:
    """Quantities grow with the equity or stay."""
    wish = signal(price)

    poor = sizer.calculate_qty(wish, valued(equity), price)
    rich = sizer.calculate_qty(wish, valued(equity * factor), price)

    assert poor <= rich


@EACH
@pytest.mark.parametrize("equity", [0.0, -1.0, math.nan])
def test_nothing_is_bought_with_nothing(sizer: PositionSizer, equity: float) -> None:
    """No equity is no order."""
    assert sizer.calculate_qty(signal(), valued(equity), 50.0) == 0.0


@EACH
def test_the_same_question_has_the_same_answer(sizer: PositionSizer) -> None:
    """Asking changes nothing."""
    wish: Signal = signal(stop_loss=45.0)

    first = [sizer.calculate_qty(wish, valued(1e5), 50.0), sizer.explain(wish, valued(1e5), 50.0)]
    again = [sizer.calculate_qty(wish, valued(1e5), 50.0), sizer.explain(wish, valued(1e5), 50.0)]

    assert first == again
    assert first[0]
