"""Tests of tradebus/features/ema.py."""

import polars as pl
import pytest
from hypothesis import given

from tests.samples import bar
from tests.unit.features.series import PERIODS, PRICES, bits
from tradebus.errors import InputError
from tradebus.features.ema import EMA, compute


def test_seed_is_the_mean_of_the_first_closes() -> None:
    """With n = 3, k is 1/2: 3, then half-way to 7, then half-way to 1."""
    ema = EMA(3)

    assert [ema.push(close) for close in (1.0, 2.0, 6.0, 7.0, 1.0)] == [None, None, 3.0, 5.0, 3.0]
    assert ema.warmup == 3


def test_a_period_of_one_follows_the_close() -> None:
    """k is 1."""
    ema = EMA(1)

    assert [ema.update(bar(i, close)) for i, close in enumerate((4.0, 9.0, 2.0))] == [4.0, 9.0, 2.0]


@given(PRICES, PERIODS)
def test_a_table_gives_the_same_bits_as_a_session(closes: list[float], period: int) -> None:
    """Research and a running strategy see one number."""
    ema = EMA(period)

    table = compute(pl.Series("close", closes, dtype=pl.Float64), period)

    assert bits(table.to_list()) == bits([ema.push(close) for close in closes])


def test_a_period_of_zero_is_refused() -> None:
    """There is no mean of nothing."""
    with pytest.raises(InputError, match="period=0"):
        EMA(0)
