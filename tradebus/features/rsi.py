"""rsi: relative strength index of closes, with Wilder's smoothing.

rsi = 100 gain / (gain + loss),  gain[t] = (gain[t-1] (n-1) + max(close[t] - close[t-1], 0)) / n,  loss alike
"""

from typing import TYPE_CHECKING

from tradebus.features.column import to_floats, to_series
from tradebus.model.bar import Bar
from tradebus.model.number import require_count

if TYPE_CHECKING:
    import polars as pl


class RSI:
    """Relative strength index, from 0 (only falls) to 100 (only rises).

    Seeded with the mean gain and the mean loss of the first `period` changes; the first value comes with bar period+1
    (index period). As long as no close has changed at all the index is 0, as in TA-Lib.

    Args:
        period: Number of changes in the seed and Wilder's n, >= 1.

    Raises:
        InputError: If the period is not a whole number >= 1.

    Source: Wilder, "New Concepts in Technical Trading Systems", 1978; TA-Lib, RSI.
    """

    __slots__ = ("_close", "_count", "_gain", "_loss", "_period")

    def __init__(self, period: int = 14) -> None:
        require_count("period", period)
        self._period = period
        self._close = self._gain = self._loss = 0.0
        self._count = 0

    @property
    def warmup(self) -> int:
        """Number of bars until the first value."""
        return self._period + 1

    def push(self, close: float) -> float | None:
        """Take the next close, finite; return the index, or None during the warm-up."""
        change = close - self._close
        self._close = close
        period = self._period
        if self._count <= period:
            return self._warm_up(change)
        gain, loss = self._gain * (period - 1), self._loss * (period - 1)
        if change < 0:
            loss -= change
        else:
            gain += change
        gain = self._gain = gain / period
        loss = self._loss = loss / period
        total = gain + loss
        return 100.0 * (gain / total) if total else 0.0

    def update(self, bar: Bar) -> float | None:
        """Take the next bar and return the index, or None during the warm-up."""
        return self.push(bar.close)

    def _warm_up(self, change: float) -> float | None:
        self._count += 1
        if self._count == 1:
            return None
        if change < 0:
            self._loss -= change
        else:
            self._gain += change
        if self._count <= self._period:
            return None
        self._gain /= self._period
        self._loss /= self._period
        total = self._gain + self._loss
        return 100.0 * (self._gain / total) if total else 0.0


def compute(close: "pl.Series", period: int = 14) -> "pl.Series":
    """Return the index of a whole column of closes; null during the warm-up.

    A fold over `RSI`, for each value needs the one before; equal to it bit for bit.

    Raises:
        InputError: If the period is not a whole number >= 1.
        DataError: If a close is null or not finite.
    """
    return to_series(f"rsi_{period}", map(RSI(period).push, to_floats(close)))
