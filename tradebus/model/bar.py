"""bar: market data as values: a closed bar, a tick, and the cross-section of one moment."""

from datetime import datetime

import msgspec

from tradebus.model.time import to_datetime
from tradebus.model.timeframe import Timeframe


class Bar(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True):
    """Prices and volume of one symbol over one timeframe, closed.

    Attributes:
        time_ns: End of the bar, when it became known; nanoseconds since the epoch, UTC.
        symbol: Canonical symbol.
        timeframe: Length of the bar.
        open, high, low, close: Dollars, finite, > 0, low <= open, close <= high.
        volume: Shares or coins, >= 0.
        start_ns: Start of the bar, as vendors stamp it.
        trade_count: Number of trades; None where the vendor gives none.
        vwap: Volume-weighted average price; None where the vendor gives none.
    """

    time_ns: int
    symbol: str
    timeframe: Timeframe
    open: float
    high: float
    low: float
    close: float
    volume: float
    start_ns: int
    trade_count: int | None = None
    vwap: float | None = None

    @property
    def timestamp(self) -> datetime:
        """Start of the bar, aware, UTC: the stamp that Alpaca gives it."""
        return to_datetime(self.start_ns)

    @property
    def time(self) -> datetime:
        """End of the bar, aware, UTC: when it became known."""
        return to_datetime(self.time_ns)


class MarketDataPoint(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True):
    """One trade or quote of one symbol as it arrives.

    Attributes:
        time_ns: Vendor's time, nanoseconds since the epoch, UTC.
        symbol: Canonical symbol.
        price: Last trade in dollars, > 0.
        volume: Its size in shares or coins, >= 0.
        bid, ask: Best quote in dollars; None where not known.
    """

    time_ns: int
    symbol: str
    price: float
    volume: float = 0.0
    bid: float | None = None
    ask: float | None = None

    @property
    def timestamp(self) -> datetime:
        """Vendor's time, aware, UTC."""
        return to_datetime(self.time_ns)


class MarketSnapshot(msgspec.Struct, frozen=True, gc=False, dict=False, eq=False):
    """What a strategy sees: every symbol at one moment, nothing later.

    A symbol is in `bars` only if its bar closed at this moment; `prices` has the last known price of every symbol.

    Attributes:
        time_ns: The moment, nanoseconds since the epoch, UTC.
        prices: Last price of each symbol seen so far, dollars.
        bars: The bars that closed at this moment, by symbol. With several timeframes in a session, those of the
            shortest; `frames` has all.
        several: The bars that closed at this moment, by symbol and timeframe; None if no symbol has more than one.
    """

    time_ns: int
    prices: dict[str, float]
    bars: dict[str, Bar]
    several: dict[tuple[str, Timeframe], Bar] | None = None

    @property
    def frames(self) -> dict[tuple[str, Timeframe], Bar]:
        """The bars that closed at this moment, by symbol and timeframe."""
        if self.several is None:
            return {(bar.symbol, bar.timeframe): bar for bar in self.bars.values()}
        return self.several

    @property
    def timestamp(self) -> datetime:
        """The moment, aware, UTC."""
        return to_datetime(self.time_ns)
