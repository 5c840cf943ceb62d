"""ema: exponential moving average of closes.

ema[t] = ema[t-1] + k (close[t] - ema[t-1]),  k = 2 / (n + 1)
"""

from typing import TYPE_CHECKING

from tradebus.features.column import to_floats, to_series
from tradebus.model.bar import Bar
from tradebus.model.number import require_count

if TYPE_CHECKING:
    import polars as pl


class EMA:
    """Exponential moving average of closes, in dollars.

    Seeded with the simple mean of the first `period` closes, which is the first value and comes with bar `period`
    (index period-1).

    Args:
        period: The n of k = 2 / (n + 1), >= 1; also the number of closes in the seed.

    Raises:
        InputError: If the period is not a whole number >= 1.

    Source: TA-Lib, EMA (default compatibility, no unstable period).
    """

    __slots__ = ("_count", "_k", "_period", "_value")

    def __init__(self, period: int = 20) -> None:
        require_count("period", period)
        self._period = period
        self._k = 2.0 / (period + 1)
        self._count = 0
        self._value = 0.0

    @property
    def warmup(self) -> int:
        """Number of bars until the first value."""
        return self._period

    def push(self, close: float) -> float | None:
        """Take the next close, finite; return the average, or None during the warm-up."""
        if self._count == self._period:
            value = self._value = (close - self._value) * self._k + self._value
            return value
        self._count += 1
        self._value += close
        if self._count < self._period:
            return None
        self._value /= self._period
        return self._value

    def update(self, bar: Bar) -> float | None:
        """Take the next bar and return the average, or None during the warm-up."""
        return self.push(bar.close)


def compute(close: "pl.Series", period: int = 20) -> "pl.Series":
    """Return the average of a whole column of closes; null during the warm-up.

    A fold over `EMA`, for each value needs the one before; equal to it bit for bit.

    Raises:
        InputError: If the period is not a whole number >= 1.
        DataError: If a close is null or not finite.
    """
    return to_series(f"ema_{period}", map(EMA(period).push, to_floats(close)))
