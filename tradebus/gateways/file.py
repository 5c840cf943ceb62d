"""file: bars from a CSV or Parquet file, from a folder of them, or from the bundled samples."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tradebus.errors import InputError, NotFoundError
from tradebus.model.instrument import AssetClass, parse_symbol
from tradebus.model.time import iso, to_ns
from tradebus.model.timeframe import Timeframe
from tradebus.samples import ACTIONS, CATALOG
from tradebus.storage.adjustment import Adjustment, adjust
from tradebus.storage.bar_file import read_bars
from tradebus.storage.bar_table import asset_class_of, table_hash

if TYPE_CHECKING:
    import polars as pl

_ENDINGS = (".parquet", ".csv", ".csv.gz")
_WORDS = {
    Adjustment.RAW: "raw, as they were traded: a split looks like a fall",
    Adjustment.SPLIT: "adjusted for splits, not for dividends",
    Adjustment.ALL: "adjusted for splits and dividends",
}


class FileDataGateway:
    """Bars that are on disk.

    In a folder, the bars of AAPL's days are in `AAPL_1Day.parquet` or `.csv`, or in `AAPL.parquet` or `.csv`; a pair's
    slash is written as a dash (`BTC-USD_4Hour.csv`). A `corporate_actions.parquet` beside them is used as that of the
    samples is.

    Args:
        path: A file or a folder; None for the bundled samples.
        adjustment: What is worked into raw prices where corporate actions are known; other files stay as they are.
        timezone: Zone of times that have none; None refuses them.
        repair: Whether rows that cannot be true are left out instead of refused.

    Attributes:
        repairs: What was left out, one line a row.
        tables: What was fetched, for `data_hash`.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        adjustment: str = Adjustment.SPLIT,
        timezone: str | None = None,
        repair: bool = False,
    ) -> None:
        self._path = path
        try:
            self._adjustment = Adjustment(adjustment)
        except ValueError:
            choices = ", ".join(Adjustment)
            raise InputError("--adjustment", adjustment, "no such choice", f"use one of {choices}") from None
        self._timezone = timezone
        self._repair = repair
        self._adjusted = False
        self.repairs: list[str] = []
        self.tables: list[tuple[str, Timeframe, pl.DataFrame]] = []

    @property
    def source(self) -> str:
        """Where the bars come from, in words."""
        return "bundled samples (real bars, see tradebus/samples/SOURCES.md)" if self._path is None else str(self._path)

    @property
    def adjusted(self) -> str:
        """What was done to the prices, in words."""
        if any(asset_class_of(symbol) is AssetClass.US_EQUITY for symbol, _, _ in self.tables):
            return _WORDS[self._adjustment] if self._adjusted else "as the file gives them"
        return "as traded (crypto has no splits or dividends)"

    async def connect(self) -> None:
        """Check that there is something to read.

        Raises:
            NotFoundError: If the file or folder does not exist.
        """
        if self._path is not None and not self._path.exists():
            raise NotFoundError("--data", str(self._path), "there is no such file or folder", "name one that exists")

    async def fetch_bars(
        self, symbol: str, timeframe: Timeframe, start: datetime | None, end: datetime | None
    ) -> "pl.DataFrame":
        """Return the bars of a symbol as a bar table.

        Args:
            symbol: In any form of the grammar.
            timeframe: Length of the bars, which must be that of the file.
            start, end: First and last bar's start, inclusive, aware; None for all there is.

        Raises:
            NotFoundError: If there is no such symbol, or no bar in the range.
            DataError: If the file cannot be read or its rows cannot be true.
            InputError: If a time has no zone.
        """
        symbol = parse_symbol(symbol)
        path = self._find(symbol, timeframe)
        read = read_bars(path, symbol, timeframe, timezone=self._timezone, repair=self._repair)
        self.repairs += read.dropped
        table = _between(self._adjust(read.table, symbol, path), symbol, start, end)
        self.tables.append((symbol, timeframe, table))
        return table

    def data_hash(self) -> str:
        """Return the sha256 of all bars that were fetched."""
        return table_hash(self.tables)

    def _find(self, symbol: str, timeframe: Timeframe) -> Path:
        if self._path is None:
            return _sample(symbol, timeframe)
        if not self._path.is_dir():
            return self._path
        name = symbol.replace("/", "-")
        for stem in (f"{name}_{timeframe}", name):
            for ending in _ENDINGS:
                if (path := self._path / (stem + ending)).is_file():
                    return path
        fix = f"put the bars into {name}_{timeframe}.csv or .parquet there"
        raise NotFoundError("symbol", symbol, f"has no file of {timeframe} bars in {self._path}", fix)

    def _adjust(self, table: "pl.DataFrame", symbol: str, path: Path) -> "pl.DataFrame":
        import polars as pl

        known = ACTIONS if self._path is None else path.with_name(ACTIONS.name)
        if (self._path is not None and not self._path.is_dir()) or not known.is_file():
            return table
        self._adjusted = True
        actions = pl.read_parquet(known).filter(pl.col("symbol") == symbol)
        return adjust(table, actions, self._adjustment)


def _sample(symbol: str, timeframe: Timeframe) -> Path:
    for sample in CATALOG:
        if sample.symbol == symbol and sample.timeframe == timeframe:
            return sample.path
    there = "; ".join(f"{one.symbol} {one.timeframe} {one.first} to {one.last}" for one in CATALOG)
    fix = f"use what there is ({there}), or your own bars with --data PATH"
    timeframes = [sample.timeframe for sample in CATALOG if sample.symbol == symbol]
    if timeframes:
        problem = f"the bundled bars of {symbol} are of {', '.join(timeframes)}"
        raise NotFoundError("timeframe", str(timeframe), problem, fix)
    raise NotFoundError("symbol", symbol, "is not among the bundled samples", fix)


def _between(table: "pl.DataFrame", symbol: str, start: datetime | None, end: datetime | None) -> "pl.DataFrame":
    import polars as pl

    kept = table
    if start is not None:
        kept = kept.filter(pl.col("start_ns") >= to_ns(start, "start"))
    if end is not None:
        kept = kept.filter(pl.col("start_ns") <= to_ns(end, "end"))
    if kept.height:
        return kept
    first, last = iso(int(table["start_ns"][0])), iso(int(table["start_ns"][-1]))
    asked = (
        f"{'the beginning' if start is None else start.isoformat()} to {'the end' if end is None else end.isoformat()}"
    )
    fix = f"choose a range within {first[:10]} to {last[:10]}"
    raise NotFoundError("start", asked, f"there is no bar of {symbol} in this range", fix)
