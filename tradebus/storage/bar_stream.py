"""bar_stream: bar tables of several symbols and timeframes -> one stream of BarEvents in the order of their ends.

Columns are merged and sorted once and decoded in portions, so that a million bars never exist as objects at one time.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tradebus.events import BarEvent
from tradebus.model.timeframe import Timeframe

if TYPE_CHECKING:
    import polars as pl

_PORTION = 8192
_COLUMNS = ("open", "high", "low", "close", "volume", "start_ns", "trade_count", "vwap")


class BarStream:
    """A replayable stream of bars.

    Bars that end at the same moment come in the order of `tables`.

    Args:
        tables: (symbol, timeframe, bar table) for each; for one symbol the shortest timeframe first.

    Attributes:
        count: How many bars there are.
        first_ns, last_ns: Ends of the first and the last bar; 0 where there is none.
    """

    def __init__(self, tables: "Sequence[tuple[str, Timeframe, pl.DataFrame]]") -> None:
        import polars as pl

        self._keys = [(symbol, timeframe) for symbol, timeframe, _ in tables]
        frames = [
            table.with_columns(pl.lit(number, dtype=pl.Int32).alias("table"))
            for number, (_, _, table) in enumerate(tables)
        ]
        merged = pl.concat(frames) if len(frames) != 1 else frames[0]
        # One table is in order as it is.
        self._frame = merged.sort("time_ns", "table", maintain_order=True) if len(frames) != 1 else merged
        self.count = self._frame.height
        self.first_ns = int(self._frame["time_ns"][0]) if self.count else 0
        self.last_ns = int(self._frame["time_ns"][-1]) if self.count else 0

    def chunks(self) -> Iterator[Iterator[BarEvent]]:
        """Yield the bars in portions."""
        symbols = [symbol for symbol, _ in self._keys]
        timeframes = [timeframe for _, timeframe in self._keys]
        for portion in self._frame.iter_slices(_PORTION):
            which = portion["table"].to_list()
            yield map(
                BarEvent,
                portion["time_ns"].to_list(),
                map(symbols.__getitem__, which),
                map(timeframes.__getitem__, which),
                *(portion[name].to_list() for name in _COLUMNS),
            )
