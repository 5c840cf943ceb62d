"""Tests of tradebus/samples/__init__.py."""

from pathlib import Path

import polars as pl
import pytest

from tradebus.model.instrument import parse_symbol
from tradebus.model.timeframe import Timeframe
from tradebus.samples import ACTIONS, CATALOG, FOLDER, Sample
from tradebus.storage.adjustment import read_actions
from tradebus.storage.bar_file import read_bars

BARS = ["timestamp", "open", "high", "low", "close", "volume"]


@pytest.mark.parametrize("sample", CATALOG, ids=lambda sample: sample.symbol)
def test_the_catalog_says_what_is_there(sample: Sample) -> None:
    """Symbol, timeframe, days and number of bars of the catalog are those of the file, which passes all checks."""
    table = read_bars(sample.path, sample.symbol, Timeframe.parse(sample.timeframe)).table

    zone = "UTC" if "/" in sample.symbol else "America/New_York"
    days = table["start_ns"].cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(zone).dt.date()
    assert parse_symbol(sample.symbol) == sample.symbol
    assert (str(days[0]), str(days[-1]), table.height) == (sample.first, sample.last, sample.bars)


def test_nothing_is_there_that_the_catalog_does_not_name() -> None:
    """Every symbol of every file is in the catalog, and every file is said to come from somewhere."""
    files = {sample.file for sample in CATALOG}
    symbols = {
        (file, parse_symbol(name)) for file in files for name in pl.read_parquet(FOLDER / file)["symbol"].unique()
    }
    sources = (FOLDER / "SOURCES.md").read_text()

    assert symbols == {(sample.file, sample.symbol) for sample in CATALOG}
    assert {path.name for path in FOLDER.glob("*.parquet")} == {*files, ACTIONS.name}
    assert all(path.name in sources for path in [*FOLDER.glob("*.parquet"), *FOLDER.glob("LICENSE*")])
    assert len(list(FOLDER.glob("LICENSE*"))) == 2


def test_the_samples_are_small() -> None:
    """All files together stay below 700 kB, for they come with every installation."""
    assert sum(path.stat().st_size for path in FOLDER.glob("*.*")) < 700_000


@pytest.mark.parametrize(
    ("sample", "source"), [("equity_1Day.parquet", "equity_daily_raw"), ("crypto_4Hour.parquet", "crypto_4h")]
)
def test_the_samples_are_the_published_bars(market_data: Path, sample: str, source: str) -> None:
    """No bar was changed, dropped or added."""
    columns = ["symbol", *BARS]
    published = pl.read_parquet(market_data / f"{source}.parquet").select(columns)

    assert pl.read_parquet(FOLDER / sample).select(columns).equals(published)


def test_the_corporate_actions_are_the_published_ones(market_data: Path) -> None:
    """AAPL's split and the dividends that the sources name are there."""
    actions = read_actions(ACTIONS)

    assert actions.equals(pl.read_parquet(market_data / "corporate_actions.parquet"))
    assert actions.filter(pl.col("kind") == "split").select("symbol", "value").rows() == [("AAPL", 7.0)]
