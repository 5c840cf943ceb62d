"""Tests of tradebus/features/macd.py."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import bar
from tests.unit.features.series import PRICES, bits
from tradebus.errors import InputError
from tradebus.features.ema import EMA
from tradebus.features.macd import MACD, compute


def test_both_averages_start_together() -> None:
    """With periods 1, 3 and 2 the line is close - EMA(3), the signal its EMA(2), all four bars in."""
    macd = MACD(1, 3, 2)

    values = [macd.push(close) for close in (1.0, 2.0, 6.0, 7.0, 1.0)]

    # EMA(3) is 3, 5, 3; the line 3, 2, -2; the signal (3 + 2) / 2, then two thirds of the way to -2.
    assert values[:3] == [None, None, None]
    assert values[3] == (2.0, 2.5, -0.5)
    assert values[4] == pytest.approx((-2.0, -0.5, -1.5), rel=1e-15)
    assert macd.warmup == 4


def test_fast_average_is_seeded_with_the_closes_before_the_slow_one_starts() -> None:
    """Its seed is the mean of the last `fast` of the first `slow` closes, as in TA-Lib."""
    macd = MACD(2, 4, 1)

    values = [macd.push(close) for close in (100.0, 100.0, 10.0, 30.0)]

    assert values[-1] == (20.0 - 60.0, -40.0, 0.0)


def test_line_is_the_difference_of_two_averages_later_on() -> None:
    """The way the fast one is seeded is forgotten after some hundred bars."""
    macd, fast, slow = MACD(), EMA(12), EMA(26)
    closes = [100.0 + (index * 7919 % 13) for index in range(600)]

    for close in closes:
        value, one, other = macd.update(bar(close=close)), fast.push(close), slow.push(close)

    assert value is not None
    assert one is not None
    assert other is not None
    assert value[0] == pytest.approx(one - other, abs=1e-12)


@given(PRICES, st.integers(1, 10), st.integers(1, 10), st.integers(1, 10))
def test_a_table_gives_the_same_bits_as_a_session(closes: list[float], fast: int, more: int, signal: int) -> None:
    """Research and a running strategy see one number; the first comes with bar slow + signal - 1."""
    macd = MACD(fast, fast + more, signal)

    table = compute(pl.Series("close", closes, dtype=pl.Float64), fast, fast + more, signal)

    values = [macd.push(close) for close in closes]
    assert table.columns == ["macd", "macd_signal", "macd_hist"]
    for index, column in enumerate(table):
        assert bits(column.to_list()) == bits([value and value[index] for value in values])
    assert [value is None for value in values] == [bar < macd.warmup for bar in range(1, len(closes) + 1)]


@pytest.mark.parametrize(
    ("periods", "field"), [((0, 26, 9), "fast=0"), ((12, 0, 9), "slow=0"), ((12, 26, 0), "signal=0")]
)
def test_a_period_of_zero_is_refused(periods: tuple[int, int, int], field: str) -> None:
    """The message names which."""
    with pytest.raises(InputError, match=field):
        MACD(*periods)


def test_a_fast_average_that_is_not_faster_is_refused() -> None:
    """The line would be zero, or upside down."""
    with pytest.raises(InputError, match="fast=26: must be below slow"):
        MACD(26, 26)
