"""Tests of tradebus/features/sma.py."""

import random
from math import fsum

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from tests.samples import bar
from tests.unit.features.series import PERIODS, PRICES, bits
from tradebus.errors import InputError
from tradebus.features.sma import SMA, compute, rolling_sums


def test_first_value_is_the_mean_of_all_closes_so_far() -> None:
    """It comes with bar `period`, and the oldest close leaves then."""
    sma = SMA(3)

    assert [sma.push(close) for close in (1.0, 2.0, 6.0, 10.0)] == [None, None, 3.0, 6.0]
    assert sma.warmup == 3


def test_a_bar_counts_with_its_close() -> None:
    """update takes bars, push takes closes."""
    assert SMA(1).update(bar(close=7.0, open=5.0)) == 7.0


@given(PRICES, PERIODS)
def test_a_table_gives_the_same_bits_as_a_session(closes: list[float], period: int) -> None:
    """Research and a running strategy see one number."""
    sma = SMA(period)

    table = compute(pl.Series("close", closes, dtype=pl.Float64), period)

    assert bits(table.to_list()) == bits([sma.push(close) for close in closes])
    assert table.name == f"sma_{period}"


def test_nothing_drifts_over_a_million_bars() -> None:
    """The last value is the correctly rounded mean of the last closes, whatever came before."""
    rng = random.Random(1)
    sma = SMA(5)
    for _ in range(500_000):
        sma.push(rng.random() * 1e9)
        sma.push(rng.random() * 1e-3)
    last = [0.1, 0.2, 0.3, 0.4, 0.5]

    values = [sma.push(close) for close in last]

    assert values[-1] == fsum(last) / 5


def test_sums_of_a_long_column_are_those_of_its_parts() -> None:
    """The blocks of the computation leave no seams."""
    values = np.arange(1.0, 10_001.0)

    sums = rolling_sums(values, 4)

    assert len(sums) == 9_997
    assert (np.diff(sums) == 4.0).all()
    assert sums[0] == 10.0


@pytest.mark.parametrize("period", [0, -1, 1.5, True])
def test_a_period_that_is_no_number_of_bars_is_refused(period: int) -> None:
    """In both ways of computing."""
    with pytest.raises(InputError, match="period="):
        SMA(period)
    with pytest.raises(InputError, match="period="):
        compute(pl.Series("close", [1.0]), period)
