"""file_data: bars from a CSV or Parquet file, from a folder of them, or from the bundled samples."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tradebus.errors import InputError, NotFoundError
from tradebus.model.instrument import AssetClass, parse_symbol
from tradebus.model.time import NEW_YORK, iso, to_moment, to_ns
from tradebus.model.timeframe import Timeframe
from tradebus.samples import ACTIONS, CATALOG
from tradebus.storage.adjustment import Adjustment, adjust, read_actions
from tradebus.storage.bar_file import bars_of
from tradebus.storage.bar_table import asset_class_of, table_hash
from tradebus.storage.file_rows import FileRows, read_rows

if TYPE_CHECKING:
    import polars as pl

_ENDINGS = (".parquet", ".csv", ".csv.gz")
_ACTIONS = "corporate_actions"
_WORDS = {
    Adjustment.RAW: "raw, as they were traded: a split looks like a fall",
    Adjustment.SPLIT: "adjusted for splits, not for dividends",
    Adjustment.ALL: "adjusted for splits and dividends",
}


@dataclass(frozen=True, slots=True)
class _Fetched:
    table: "pl.DataFrame"
    repairs: list[str]
    is_adjusted: bool


class FileDataGateway:
    """Bars that are on disk.

    In a folder, the bars of AAPL's days are in `AAPL_1Day.parquet`, `.csv` or `.csv.gz`, or in `AAPL` with one of these
    endings; a pair's slash is written as a dash (`BTC-USD_4Hour.csv`). If a `corporate_actions` file lies beside them
    (columns symbol, ex_date, kind, value), prices are taken to be raw and are adjusted, as those of the samples are.

    Args:
        path: A file or a folder; None for the bundled samples.
        adjustment: What is worked into raw prices where corporate actions are known; other files stay as they are.
        timezone: Zone of times that have none; None refuses them.
        repair: Whether rows that cannot be true are left out instead of refused.

    Raises:
        InputError: If there is no such adjustment.
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
        self._fetched: dict[tuple[str, Timeframe], _Fetched] = {}
        self._shared: FileRows | None = None
        self._owner: str | None = None

    @property
    def source(self) -> str:
        """Where the bars come from, in words."""
        return "bundled samples (real bars, see tradebus/samples/SOURCES.md)" if self._path is None else str(self._path)

    @property
    def adjusted(self) -> str:
        """What was done to the prices of what was fetched, in words."""
        if any(asset_class_of(symbol) is AssetClass.US_EQUITY for symbol, _ in self._fetched):
            worked_in = any(fetched.is_adjusted for fetched in self._fetched.values())
            return _WORDS[self._adjustment] if worked_in else "as the file gives them"
        return "as traded (crypto has no splits or dividends)"

    @property
    def repairs(self) -> list[str]:
        """What was left out or sorted, in lines."""
        return [line for fetched in self._fetched.values() for line in fetched.repairs]

    def data_hash(self) -> str:
        """Return the sha256 of the bars that were fetched, the last ones of each symbol and timeframe."""
        return table_hash((*key, fetched.table) for key, fetched in self._fetched.items())

    async def connect(self) -> None:
        """Check that there is something to read.

        Raises:
            NotFoundError: If the file or folder does not exist.
        """
        if self._path is not None and not self._path.exists():
            raise NotFoundError("--data", str(self._path), "there is no such file or folder", "name one that exists")

    async def fetch_bars(
        self, symbol: str, timeframe: Timeframe, start: date | None, end: date | None
    ) -> "pl.DataFrame":
        """Return the bars of a symbol as a bar table.

        Args:
            symbol: In any form of the grammar.
            timeframe: Length of the bars, which must be that of the file: shorter ones are not put together.
            start, end: First and last bar's start, inclusive: aware datetimes, or dates, which mean whole days (of New
                York, or of UTC for crypto). None for all there is.

        Raises:
            NotFoundError: If there is no such symbol, or no bar in the range.
            DataError: If the file cannot be read or its rows cannot be true.
            InputError: If a time has no zone, the start lies after the end, or the file does not say whose bars it
                holds and was read for another symbol before.
        """
        symbol = parse_symbol(symbol)
        zone = UTC if asset_class_of(symbol) is AssetClass.CRYPTO else NEW_YORK
        first = None if start is None else to_ns(to_moment(start, zone, "start"))
        last = None if end is None else to_ns(to_moment(end, zone, "end", day_end=True))
        if first is not None and last is not None and first > last:
            raise InputError("start", str(start), f"lies after end {end}", "swap the two")
        path = self._find(symbol, timeframe)
        read = bars_of(self._rows(path), symbol, timeframe, timezone=self._timezone, repair=self._repair)
        if path == self._path and not read.names_symbol:
            self._own(symbol)
        actions = self._actions(path)
        table = read.table
        if actions is not None:
            table = adjust(table, actions.filter(actions["symbol"] == symbol), self._adjustment)
        kept = _between(table, first, last)
        if not kept.height:
            asked = f"{_shown(start)} to {_shown(end)}"
            days = " to ".join(iso(int(table["start_ns"][index]))[:10] for index in (0, -1))
            raise NotFoundError("start", asked, f"there is no bar of {symbol} then", f"choose a range within {days}")
        self._fetched[symbol, timeframe] = _Fetched(kept, read.repairs, actions is not None)
        return kept

    def _rows(self, path: Path) -> FileRows:
        """Return the rows of a file; those of one file for several symbols are read once."""
        if self._shared is not None and self._shared.path == path:
            return self._shared
        rows = read_rows(path)
        if not (self._path is not None and self._path.is_dir()):
            self._shared = rows
        return rows

    def _own(self, symbol: str) -> None:
        if self._owner not in (None, symbol):
            problem = f"has no column symbol, and its bars were taken for those of {self._owner}"
            raise InputError("symbol", symbol, problem, "add that column, or give a folder with a file for each symbol")
        self._owner = symbol

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
        found = sorted(path.name for path in self._path.glob("*") if path.name.endswith(_ENDINGS))
        own = [file for file in found if file.startswith(f"{name}_")]
        there = ", ".join((own or found)[:12]) or "no such file"
        fix = f"put the bars into {name}_{timeframe}.csv or .parquet there"
        field, value = ("timeframe", str(timeframe)) if own else ("symbol", symbol)
        raise NotFoundError(field, value, f"no {timeframe} bars of {symbol} in {self._path} (it has {there})", fix)

    def _actions(self, path: Path) -> "pl.DataFrame | None":
        """Return the corporate actions that are known of the file's symbols; None if nothing is known."""
        if self._path is None:
            return read_actions(ACTIONS)
        if self._path.is_dir():
            for ending in _ENDINGS:
                if (known := path.with_name(_ACTIONS + ending)).is_file():
                    return read_actions(known)
        return None


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


def _shown(moment: date | None) -> str:
    """Return a day where a day was meant, a moment else."""
    if isinstance(moment, datetime) and moment.time() not in (datetime.min.time(), datetime.max.time()):
        return str(moment)
    return "..." if moment is None else moment.isoformat()[:10]


def _between(table: "pl.DataFrame", first: int | None, last: int | None) -> "pl.DataFrame":
    """Return the bars that start from `first` to `last`, nanoseconds, inclusive."""
    starts = table["start_ns"]
    lowest, highest = int(starts[0]), int(starts[-1])

    def place(time: int, side: Literal["left", "right"]) -> int:
        # A time far off would not fit into the column's 64 bits.
        return int(starts.search_sorted(max(lowest - 1, min(time, highest + 1)), side=side))

    begin = 0 if first is None else place(first, "left")
    stop = len(starts) if last is None else place(last, "right")
    return table.slice(begin, max(stop - begin, 0))
