"""Tests of tradebus/features/rsi.py."""

import polars as pl
import pytest
from hypothesis import given

from tests.samples import bar
from tests.unit.features.series import PERIODS, PRICES, bits
from tradebus.errors import InputError
from tradebus.features.rsi import RSI, compute


def test_seed_is_the_mean_of_the_first_changes() -> None:
    """Gains 2 and losses 1 give 2/3; then Wilder's smoothing with n = 2: gain 1, loss 1 against 1/2 and 3/2."""
    rsi = RSI(2)

    values = [rsi.push(close) for close in (10.0, 12.0, 11.0, 9.0)]

    assert values[:2] == [None, None]
    assert values[2:] == pytest.approx([200 / 3, 100 * 0.5 / (0.5 + 1.25)])
    assert rsi.warmup == 3


def test_only_rises_are_100_and_only_falls_are_0() -> None:
    """The ends of the scale are reached."""
    up, down = RSI(3), RSI(3)

    values = [(up.push(100.0 + i), down.push(100.0 - i)) for i in range(8)]

    assert values[2] == (None, None)
    assert values[3:] == [(100.0, 0.0)] * 5


def test_a_price_that_never_moved_is_0() -> None:
    """TA-Lib's answer to 0 / 0, in the seed and after it."""
    rsi = RSI(2)

    assert [rsi.update(bar(i)) for i in range(5)] == [None, None, 0.0, 0.0, 0.0]


@given(PRICES, PERIODS)
def test_a_table_gives_the_same_bits_as_a_session(closes: list[float], period: int) -> None:
    """Research and a running strategy see one number, within 0 and 100."""
    rsi = RSI(period)

    table = compute(pl.Series("close", closes, dtype=pl.Float64), period)

    values = [rsi.push(close) for close in closes]
    assert bits(table.to_list()) == bits(values)
    assert all(value is None or 0 <= value <= 100 for value in values)


def test_a_period_of_zero_is_refused() -> None:
    """There is no mean of nothing."""
    with pytest.raises(InputError, match="period=0"):
        RSI(0)
