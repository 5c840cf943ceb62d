"""Tests of tradebus/features/calculator.py."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.samples import random_bars
from tradebus.errors import DataError, InputError
from tradebus.features.calculator import FeatureCalculator, FeatureParams
from tradebus.features.macd import MACD

REFERENCE_FILES = (
    "crypto_1min",
    "crypto_1min_bitstamp",
    "crypto_1min_vwap",
    "crypto_4h",
    "equity_1min_rth",
    "equity_daily_raw",
    "equity_daily_splitadj",
)


@pytest.mark.parametrize("file", REFERENCE_FILES)
def test_every_column_equals_talib(market_data: Path, file: str) -> None:
    """To 1e-9 relative (and 1e-12 of the price, where lines cross zero), null in the same rows."""
    expected = pl.read_parquet(market_data / "indicators" / f"{file}.parquet")
    keys = ["symbol", "timestamp"]
    bars = (
        pl.read_parquet(market_data / f"{file}.parquet")
        .join(expected.select(*keys, "segment"), on=keys, how="left")
        .sort(keys)
        # Rows before a slice belong to the segment that the slice shows the end of.
        .with_columns(pl.col("segment").fill_null(strategy="backward").over("symbol"))
    )

    parts = bars.partition_by("symbol", "segment", maintain_order=True)
    ours = pl.concat([FeatureCalculator().calculate(part) for part in parts])

    both = expected.join(ours, on=keys, how="left", suffix="_ours", maintain_order="left")
    for column in FeatureParams().columns:
        theirs, own = both[column], both[f"{column}_ours"]
        assert (theirs.is_null() == own.is_null()).all(), column
        excess = (theirs - own).abs() - theirs.abs() * 1e-9 - both["close"] * 1e-12
        worst: Any = excess.max()
        assert worst <= 0, column


def test_columns_have_the_names_of_their_periods() -> None:
    """The defaults are SYSTEM's."""
    names = "sma_20 sma_50 ema_12 ema_20 ema_26 macd macd_signal macd_hist rsi_14 bb_upper bb_middle bb_lower atr_14"

    table = FeatureCalculator().calculate(_bars(60))

    assert FeatureParams().columns == tuple(names.split())
    assert table.columns == ["high", "low", "close", *names.split()]
    assert FeatureParams(sma_periods=(5,), rsi_period=7).columns[0] == "sma_5"


def test_columns_begin_where_their_warm_up_ends() -> None:
    """Null before, a number from then on."""
    table = FeatureCalculator().calculate(_bars(60))

    first = {name: table[name].null_count() for name in FeatureParams().columns}
    assert first == {
        "sma_20": 19,
        "sma_50": 49,
        "ema_12": 11,
        "ema_20": 19,
        "ema_26": 25,
        "macd": 33,
        "macd_signal": 33,
        "macd_hist": 33,
        "rsi_14": 14,
        "bb_upper": 19,
        "bb_middle": 19,
        "bb_lower": 19,
        "atr_14": 14,
    }


def test_own_periods_are_used() -> None:
    """A table shows what a strategy with those periods sees."""
    bars, macd = _bars(40), MACD(3, 7, 4)

    table = FeatureCalculator(FeatureParams(macd_fast=3, macd_slow=7, macd_signal=4)).calculate(bars)

    values = [macd.push(close) for close in bars["close"]]
    assert table["macd_hist"].to_list() == [value and value[2] for value in values]


def test_symbols_are_computed_on_their_own() -> None:
    """Interleaved rows keep their order, and no symbol sees another's prices."""
    one, other = _bars(60, seed=1), _bars(60, seed=2)
    mixed = pl.concat(
        [
            one.with_row_index("row").with_columns(symbol=pl.lit("AAPL")),
            other.with_row_index("row").with_columns(symbol=pl.lit("MSFT")),
        ]
    ).sort("row", maintain_order=True)

    table = FeatureCalculator().calculate(mixed)

    assert table.select(mixed.columns).equals(mixed)
    for symbol, alone in (("AAPL", one), ("MSFT", other)):
        part = table.filter(symbol=symbol).drop("row", "symbol")
        assert part.equals(FeatureCalculator().calculate(alone))


def test_calculating_twice_changes_nothing() -> None:
    """Columns of the same names are replaced."""
    once = FeatureCalculator().calculate(_bars(60))

    assert FeatureCalculator().calculate(once).equals(once)


def test_an_empty_table_has_the_columns_too() -> None:
    """A range without bars is no special case downstream."""
    table = FeatureCalculator().calculate(_bars(0))

    assert table.height == 0
    assert set(FeatureParams().columns) <= set(table.columns)


def test_a_table_without_prices_is_refused() -> None:
    """The missing column is named."""
    with pytest.raises(InputError, match="low="):
        FeatureCalculator().calculate(_bars(3).drop("low"))


def test_a_missing_price_is_refused() -> None:
    """Its column and row are named."""
    bars = _bars(3).with_columns(high=pl.Series([101.0, None, 101.0]))

    with pytest.raises(DataError, match=r"high\[1\]="):
        FeatureCalculator().calculate(bars)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"sma_periods": (20, 0)}, r"sma_periods\[1\]=0"),
        ({"ema_periods": (12, 12)}, "ema_periods="),
        ({"macd_fast": 26}, "macd_fast=26"),
        ({"macd_signal": 0}, "macd_signal=0"),
        ({"rsi_period": 1.5}, r"rsi_period=1\.5"),
        ({"bollinger_width": -1}, "bollinger_width=-1"),
        ({"atr_period": True}, "atr_period=True"),
    ],
)
def test_periods_out_of_range_are_refused(params: dict[str, Any], field: str) -> None:
    """The message names the field and its value."""
    with pytest.raises(InputError, match=field):
        FeatureParams(**params)


def test_the_module_imports_no_table_library() -> None:
    """A live strategy starts without polars."""
    code = "import sys, tradebus.features.calculator; sys.exit('polars' in sys.modules or 'numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _bars(count: int, seed: int = 0) -> pl.DataFrame:
    bars = random_bars(count, seed)
    columns = {name: [getattr(bar, name) for bar in bars] for name in ("high", "low", "close")}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Float64))
