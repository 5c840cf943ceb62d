"""A gateway over bars that tests make up, and a strategy that acts on the bars it is told to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from tradebus.errors import NotFoundError
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.timeframe import Timeframe

NUMBERS = ("open", "high", "low", "close", "volume", "vwap")


def table(bars: Sequence[Bar]) -> pl.DataFrame:
    """Return bars of one symbol and timeframe as a bar table."""
    columns = {name: [getattr(bar, name) for bar in bars] for name in ("time_ns", "start_ns", *NUMBERS, "trade_count")}
    return pl.DataFrame(columns, schema_overrides=dict.fromkeys(NUMBERS, pl.Float64) | {"trade_count": pl.Int64})


class MemoryGateway:
    """Has the bars that it was given, whatever range is asked for; notes what it was asked."""

    source = "memory"

    def __init__(self, *series: Sequence[Bar]) -> None:
        self._tables = {(bars[0].symbol, bars[0].timeframe): table(bars) for bars in series}
        self.asked: list[tuple[str, Timeframe, datetime | None, datetime | None]] = []
        self.connections = 0

    async def connect(self) -> None:
        """Count it."""
        self.connections += 1

    async def fetch_bars(
        self, symbol: str, timeframe: Timeframe, start: datetime | None, end: datetime | None
    ) -> pl.DataFrame:
        """Return all bars of a symbol."""
        self.asked.append((symbol, timeframe, start, end))
        if (symbol, timeframe) not in self._tables:
            raise NotFoundError("symbol", symbol, "is not here", "use another")
        return self._tables[symbol, timeframe]


class Plan:
    """Acts on the bars of one timeframe by their number: what a plan has for bar 3 is said when it closes.

    Args:
        plan: Terms of the wishes by the number of the bar, from 0; all symbols follow it.
        timeframe: Whose bars are counted.
    """

    name = "plan"

    def __init__(self, plan: Mapping[int, Mapping[str, Any]], timeframe: Timeframe = Timeframe.DAY_1) -> None:
        self._plan = plan
        self._timeframe = timeframe
        self._bars: dict[str, int] = {}
        self.snapshots = 0

    def generate_signals(self, snapshot: MarketSnapshot) -> list[dict[str, Any]]:
        """Say what the plan has for the bars of this moment."""
        self.snapshots += 1
        wishes = []
        for (symbol, timeframe), bar in snapshot.frames.items():
            if timeframe is not self._timeframe:
                continue
            number = self._bars.get(symbol, 0)
            self._bars[symbol] = number + 1
            if number in self._plan:
                wish = {"symbol": symbol, "price": bar.close, "timestamp": snapshot.timestamp}
                wishes.append({"action": "BUY", **wish, **self._plan[number]})
        return wishes


BUY: Mapping[str, Any] = {"action": "BUY"}
SELL: Mapping[str, Any] = {"action": "SELL"}
