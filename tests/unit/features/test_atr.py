"""Tests of tradebus/features/atr.py."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import bar
from tests.unit.features.series import PERIODS, bits
from tradebus.errors import InputError
from tradebus.features.atr import ATR, compute

_PRICE = st.floats(0.01, 1e5, allow_subnormal=False)
BARS = st.lists(st.lists(_PRICE, min_size=3, max_size=3).map(sorted), max_size=80)
"""Low, close and high of each bar."""


def test_seed_is_the_mean_of_the_first_ranges() -> None:
    """Ranges 2 and 4 give 3; then Wilder's smoothing with n = 2 towards 1 gives 2."""
    atr = ATR(2)

    values = [
        atr.push(high, low, close) for high, low, close in [(11, 9, 10), (12, 10, 11), (13, 9, 12), (12.5, 11.5, 12)]
    ]

    assert values == [None, None, 3.0, 2.0]
    assert atr.warmup == 3


def test_a_gap_counts_from_the_close_before() -> None:
    """Up and down."""
    atr = ATR(1)

    values = [
        atr.update(bar(close=10.0)),
        atr.update(bar(close=15.0, low=14.0, high=16.0)),
        atr.update(bar(close=5.0, low=4.0, high=6.0)),
    ]

    assert values == [None, 6.0, 11.0]


@given(BARS, PERIODS)
def test_a_table_gives_the_same_bits_as_a_session(prices: list[list[float]], period: int) -> None:
    """Research and a running strategy see one number, the mean of ranges that are never negative."""
    atr = ATR(period)
    schema = {"low": pl.Float64, "close": pl.Float64, "high": pl.Float64}

    table = compute(pl.DataFrame(prices, schema=schema, orient="row"), period)

    values = [atr.push(high, low, close) for low, close, high in prices]
    assert bits(table.to_list()) == bits(values)
    assert all(value is None or value >= 0 for value in values)


def test_a_period_of_zero_is_refused() -> None:
    """There is no mean of nothing."""
    with pytest.raises(InputError, match="period=0"):
        ATR(0)
