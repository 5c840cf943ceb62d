"""macd: moving average convergence divergence of closes.

    macd = EMA(fast) - EMA(slow),  signal = EMA(n) of macd,  histogram = macd - signal

Everything is in one class without objects inside, for a backtest calls it once for each bar.
"""

from typing import TYPE_CHECKING

from tradebus.features.column import to_floats, to_series
from tradebus.features.period import require_shorter
from tradebus.model.bar import Bar
from tradebus.model.number import require_count

if TYPE_CHECKING:
    import polars as pl

type MACDValue = tuple[float, float, float]
"""The line, its signal and the histogram, in dollars."""


class MACD:
    """MACD line, its signal line and the histogram between them, in dollars.

    Both averages start together with bar `slow` (index slow-1): the slow one is seeded with the mean of the first
    `slow` closes, the fast one with the mean of the last `fast` of those. The signal is seeded with the mean of the
    first `signal` values of the line. All three come out first with bar slow+signal-1 (index slow+signal-2).

    Args:
        fast: Period of the fast average, >= 1 and below `slow`.
        slow: Period of the slow average.
        signal: Period of the signal line, >= 1.

    Raises:
        InputError: If a period is not a whole number >= 1, or `fast` is not below `slow`.

    Source: TA-Lib, MACD. The textbook seeds the fast average with the first `fast` closes; from about 100 bars on
    the difference is below 1e-6.
    """

    __slots__ = ("_count", "_fast", "_fast_k", "_periods", "_signal", "_signal_k", "_slow", "_slow_k", "_warmup")

    def __init__(self, fast: int = 12, slow: int = 26, signal: int = 9) -> None:
        for field, period in (("fast", fast), ("slow", slow), ("signal", signal)):
            require_count(field, period)
        require_shorter("fast", fast, "slow", slow)
        self._periods = fast, slow, signal
        self._fast_k, self._slow_k, self._signal_k = 2.0 / (fast + 1), 2.0 / (slow + 1), 2.0 / (signal + 1)
        self._fast = self._slow = self._signal = 0.0
        self._count = 0
        self._warmup = slow + signal - 1

    @property
    def warmup(self) -> int:
        """Number of bars until the first value."""
        return self._warmup

    def push(self, close: float) -> MACDValue | None:
        """Take the next close, finite; return line, signal and histogram, or None during the warm-up."""
        if self._count != self._warmup:
            return self._warm_up(close)
        fast = self._fast
        fast = self._fast = (close - fast) * self._fast_k + fast
        slow = self._slow
        slow = self._slow = (close - slow) * self._slow_k + slow
        macd = fast - slow
        signal = self._signal
        signal = self._signal = (macd - signal) * self._signal_k + signal
        return macd, signal, macd - signal

    def update(self, bar: Bar) -> MACDValue | None:
        """Take the next bar; return line, signal and histogram, or None during the warm-up."""
        return self.push(bar.close)

    def _warm_up(self, close: float) -> MACDValue | None:
        fast, slow, signal = self._periods
        self._count += 1
        if self._count <= slow:
            self._slow += close
            if self._count > slow - fast:
                self._fast += close
            if self._count < slow:
                return None
            self._slow /= slow
            self._fast /= fast
        else:
            self._fast = (close - self._fast) * self._fast_k + self._fast
            self._slow = (close - self._slow) * self._slow_k + self._slow
        macd = self._fast - self._slow
        self._signal += macd
        if self._count < self._warmup:
            return None
        self._signal /= signal
        return macd, self._signal, macd - self._signal


def compute(close: "pl.Series", fast: int = 12, slow: int = 26, signal: int = 9) -> "pl.DataFrame":
    """Return columns macd, macd_signal and macd_hist of a whole column of closes; null during the warm-up.

    A fold over `MACD`, for each value needs the one before; equal to it bit for bit.

    Raises:
        InputError: If a period is not a whole number >= 1, or `fast` is not below `slow`.
        DataError: If a close is null or not finite.
    """
    import polars as pl

    columns: dict[str, list[float | None]] = {"macd": [], "macd_signal": [], "macd_hist": []}
    line, signals, histogram = columns.values()
    for value in map(MACD(fast, slow, signal).push, to_floats(close)):
        macd, smoothed, difference = value or (None, None, None)
        line.append(macd)
        signals.append(smoothed)
        histogram.append(difference)
    return pl.DataFrame([to_series(name, values) for name, values in columns.items()])
