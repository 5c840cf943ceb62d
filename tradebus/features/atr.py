"""atr: average true range, with Wilder's smoothing.

range[t] = max(high - low, |high - close[t-1]|, |low - close[t-1]|),  atr[t] = (atr[t-1] (n-1) + range[t]) / n
"""

from typing import TYPE_CHECKING

from tradebus.features.column import to_floats, to_series
from tradebus.model.bar import Bar
from tradebus.model.number import require_count

if TYPE_CHECKING:
    import polars as pl


class ATR:
    """Average true range: how far a bar moves, in dollars, >= 0.

    Seeded with the mean of the true ranges of bars 2 to period+1 (indices 1 to period; the first bar has no close
    before it and no true range); the first value comes with bar period+1 (index period).

    Args:
        period: Number of ranges in the seed and Wilder's n, >= 1.

    Raises:
        InputError: If the period is not a whole number >= 1.

    Source: Wilder, "New Concepts in Technical Trading Systems", 1978; TA-Lib, ATR.
    """

    __slots__ = ("_close", "_count", "_period", "_value")

    def __init__(self, period: int = 14) -> None:
        require_count("period", period)
        self._period = period
        self._close = self._value = 0.0
        self._count = 0

    @property
    def warmup(self) -> int:
        """Number of bars until the first value."""
        return self._period + 1

    def push(self, high: float, low: float, close: float) -> float | None:
        """Take the next bar's prices, finite, low <= close <= high; return the average, or None in the warm-up."""
        before, self._close = self._close, close
        if high < before:
            high = before
        elif low > before:
            low = before
        period = self._period
        if self._count > period:
            value = self._value = (self._value * (period - 1) + (high - low)) / period
            return value
        self._count += 1
        if self._count == 1:
            return None
        self._value += high - low
        if self._count <= period:
            return None
        self._value /= period
        return self._value

    def update(self, bar: Bar) -> float | None:
        """Take the next bar and return the average, or None during the warm-up."""
        return self.push(bar.high, bar.low, bar.close)


def compute(frame: "pl.DataFrame", period: int = 14) -> "pl.Series":
    """Return the average of a whole table with columns high, low and close; null during the warm-up.

    A fold over `ATR`, for each value needs the one before; equal to it bit for bit.

    Raises:
        InputError: If the period is not a whole number >= 1.
        DataError: If a price is null or not finite.
    """
    columns = (to_floats(frame[name]) for name in ("high", "low", "close"))
    return to_series(f"atr_{period}", map(ATR(period).push, *columns))
