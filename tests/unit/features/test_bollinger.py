"""Tests of tradebus/features/bollinger.py."""

import random
from statistics import fmean, pstdev

import polars as pl
import pytest
from hypothesis import given

from tests.samples import bar
from tests.unit.features.series import PERIODS, PRICES, bits
from tradebus.errors import InputError
from tradebus.features.bollinger import Bollinger, compute


def test_bands_lie_population_deviations_around_the_mean() -> None:
    """1, 2, 3, 4, 5 have the mean 3 and the population variance 2."""
    bands = Bollinger(5, 3.0)

    values = [bands.push(close) for close in (1.0, 2.0, 3.0, 4.0, 5.0)]

    assert values[:4] == [None] * 4
    assert values[4] == pytest.approx((3 + 3 * 2**0.5, 3.0, 3 - 3 * 2**0.5))
    assert bands.warmup == 5


def test_a_price_that_does_not_move_has_no_width() -> None:
    """Nothing is left over from a wilder past."""
    bands = Bollinger(3)
    for close in (1e6, 1.0, 1e6):
        bands.push(close)

    values = [bands.update(bar(close=0.1)) for _ in range(3)]

    assert values[-1] == pytest.approx((0.1, 0.1, 0.1), rel=1e-15)


@given(PRICES, PERIODS)
def test_a_table_gives_the_same_bits_as_a_session(closes: list[float], period: int) -> None:
    """Research and a running strategy see one number."""
    bands = Bollinger(period, 1.5)

    table = compute(pl.Series("close", closes, dtype=pl.Float64), period, 1.5)

    values = [bands.push(close) for close in closes]
    assert table.columns == ["bb_upper", "bb_middle", "bb_lower"]
    for index, column in enumerate(table):
        assert bits(column.to_list()) == bits([value and value[index] for value in values])


def test_nothing_drifts_over_a_million_bars() -> None:
    """The last bands are those of the last closes, whatever came before."""
    rng = random.Random(2)
    closes = pl.Series("close", [rng.random() * 1e9 for _ in range(1_000_000)])
    last = [100.0 + rng.random() for _ in range(20)]

    upper, middle, lower = compute(closes.append(pl.Series(last))).row(-1)

    deviation = pstdev(last)
    assert middle == pytest.approx(fmean(last), rel=1e-15)
    assert upper - lower == pytest.approx(4 * deviation, rel=1e-12)


@pytest.mark.parametrize(("period", "width", "field"), [(0, 2.0, "period"), (20, -1.0, "width")])
def test_what_makes_no_band_is_refused(period: int, width: float, field: str) -> None:
    """In both ways of computing."""
    with pytest.raises(InputError, match=f"{field}="):
        Bollinger(period, width)
    with pytest.raises(InputError, match=f"{field}="):
        compute(pl.Series("close", [1.0]), period, width)
