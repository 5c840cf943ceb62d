"""What every source of bars must do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import polars as pl
import pytest

from tradebus import gateways
from tradebus.errors import InputError, NotFoundError
from tradebus.gateways.file_data import FileDataGateway
from tradebus.model.time import to_datetime
from tradebus.model.timeframe import Timeframe
from tradebus.ports import DataGateway
from tradebus.samples import CATALOG
from tradebus.storage.bar_table import COLUMNS, PRICES


@dataclass(frozen=True, slots=True)
class Source:
    """A gateway and something that it has.

    Attributes:
        gateway: It.
        symbol, timeframe: Whose bars it has.
    """

    gateway: DataGateway
    symbol: str
    timeframe: Timeframe


def _rows(symbol: str) -> pl.DataFrame:
    sample = next(one for one in CATALOG if one.symbol == symbol)
    return pl.read_parquet(sample.path).filter(pl.col("symbol").str.replace("-", "/") == symbol).head(300)


def _samples(_: Path) -> Source:
    return Source(FileDataGateway(), "AAPL", Timeframe.DAY_1)


def _crypto_samples(_: Path) -> Source:
    return Source(FileDataGateway(), "BTC/USD", Timeframe.HOUR_4)


def _csv_folder(folder: Path) -> Source:
    _rows("AAPL").write_csv(folder / "AAPL_1Day.csv")
    return Source(FileDataGateway(folder), "AAPL", Timeframe.DAY_1)


def _parquet_file(folder: Path) -> Source:
    _rows("BTC/USD").write_parquet(folder / "bars.parquet")
    return Source(FileDataGateway(folder / "bars.parquet"), "BTC/USD", Timeframe.HOUR_4)


SOURCES: dict[str, Callable[[Path], Source]] = {
    "samples": _samples,
    "crypto samples": _crypto_samples,
    "CSV folder": _csv_folder,
    "Parquet file": _parquet_file,
}


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """Every source in turn."""
    return SOURCES[request.param](tmp_path)


async def fetch(source: Source, start: datetime | None = None, end: datetime | None = None) -> pl.DataFrame:
    """Return bars of the symbol that the source has."""
    return await source.gateway.fetch_bars(source.symbol, source.timeframe, start, end)


async def start_of(source: Source, index: int) -> datetime:
    """Return the start of the bar of an index."""
    return to_datetime((await fetch(source))["start_ns"][index])


def test_every_gateway_with_bars_is_here(tmp_path: Path) -> None:
    """A new file in the folder must join the list above."""
    tested = {type(make(tmp_path).gateway) for make in SOURCES.values()}

    modules = [import_module(f"{gateways.__name__}.{found.name}") for found in iter_modules(gateways.__path__)]
    shipped = {
        value
        for module in modules
        for value in vars(module).values()
        if hasattr(value, "fetch_bars") and value.__module__ == module.__name__
    }
    assert shipped == tested


async def test_connecting_twice_is_safe(source: Source) -> None:
    """And needed only once, if at all."""
    await source.gateway.connect()
    await source.gateway.connect()

    assert (await fetch(source)).height >= 300


async def test_bars_come_in_the_agreed_columns(source: Source) -> None:
    """Of the agreed types, whole."""
    bars = await fetch(source)

    assert tuple(bars.columns) == COLUMNS
    whole = dict.fromkeys(("time_ns", "start_ns", "trade_count"), pl.Int64)
    assert dict(bars.schema) == dict.fromkeys((*PRICES, "volume", "vwap"), pl.Float64) | whole
    assert not any(bars[name].null_count() for name in ("time_ns", "start_ns", *PRICES, "volume"))


async def test_bars_come_in_the_order_of_their_starts(source: Source) -> None:
    """Each start once, each end after its start and not before the end of the last one."""
    bars = await fetch(source)

    assert bars["start_ns"].is_sorted()
    assert bars["start_ns"].is_unique().all()
    assert (bars["time_ns"] > bars["start_ns"]).all()
    assert bars["time_ns"].is_sorted()


async def test_bars_can_be_true(source: Source) -> None:
    """Prices are above 0 and within high and low, volumes are not negative."""
    bars = await fetch(source)

    assert (bars["low"] > 0).all()
    assert (bars["low"] <= bars.select(pl.min_horizontal("open", "close")).to_series()).all()
    assert (bars["high"] >= bars.select(pl.max_horizontal("open", "close")).to_series()).all()
    assert (bars["volume"] >= 0).all()


async def test_a_range_has_its_first_and_its_last_bar(source: Source) -> None:
    """Both bounds are starts of bars and belong to it."""
    first, last = await start_of(source, 10), await start_of(source, 20)

    bars = await fetch(source, first, last)

    assert bars["start_ns"].to_list() == (await fetch(source))["start_ns"][10:21].to_list()


async def test_a_range_begins_and_ends_to_the_microsecond(source: Source) -> None:
    """A moment later leaves the first bar out, a moment earlier the last."""
    first, last = await start_of(source, 10), await start_of(source, 20)
    moment = timedelta(microseconds=1)

    assert (await fetch(source, first + moment, last - moment)).height == 9


async def test_a_range_may_be_open(source: Source) -> None:
    """None is the earliest, or the latest."""
    every = (await fetch(source)).height
    edge = await start_of(source, 10)

    assert (await fetch(source, None, edge)).height == 11
    assert (await fetch(source, edge, None)).height == every - 10


async def test_the_same_bars_come_every_time(source: Source) -> None:
    """A run can be repeated."""
    assert (await fetch(source)).equals(await fetch(source))


async def test_a_symbol_that_is_not_there_is_not_found(source: Source) -> None:
    """It is named."""
    with pytest.raises(NotFoundError, match="symbol=ZZZ"):
        await source.gateway.fetch_bars("ZZZ", source.timeframe, None, None)


async def test_what_is_no_symbol_is_refused(source: Source) -> None:
    """Symbols end in file names and addresses."""
    with pytest.raises(InputError, match="not a symbol"):
        await source.gateway.fetch_bars("../etc/passwd", source.timeframe, None, None)


async def test_a_range_without_bars_is_not_found(source: Source) -> None:
    """And not an empty table, which would make an empty backtest."""
    with pytest.raises(NotFoundError, match=f"no bar of {source.symbol}"):
        await fetch(source, datetime(1999, 1, 1, tzinfo=UTC), datetime(1999, 12, 31, tzinfo=UTC))
    with pytest.raises(NotFoundError, match=f"no bar of {source.symbol}"):
        await fetch(source, datetime(2199, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("bound", ["start", "end"])
async def test_a_bound_without_a_zone_is_refused(source: Source, bound: str) -> None:
    """Nobody knows which moment it is."""
    naive = {bound: datetime(2014, 1, 2)}  # noqa: DTZ001 (which is the point)

    with pytest.raises(InputError, match=f"{bound}=.*has no time zone"):
        await fetch(source, **naive)
