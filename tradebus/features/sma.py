"""sma: simple moving average of closes.

    sma[t] = (close[t-n+1] + ... + close[t]) / n

The window is summed afresh at each bar, correctly rounded, so that nothing drifts however long a session lasts (TA-Lib
adds the new close to a running sum and takes the oldest off, which is faster and gathers rounding errors).
"""

from collections import deque
from math import fsum
from typing import TYPE_CHECKING

from tradebus.features.column import checked, padded
from tradebus.model.bar import Bar
from tradebus.model.number import require_count

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

# Windows summed at once: the arrays of a block fit into a processor's second-level cache.
_BLOCK = 4096


class SMA:
    """Simple moving average of the last `period` closes, in dollars.

    Nothing is seeded: the first value comes with bar `period` (index period-1), the mean of all closes so far.

    Args:
        period: Number of bars in the mean, >= 1.

    Raises:
        InputError: If the period is not a whole number >= 1.

    Source: TA-Lib, SMA (index of the first value and definition).
    """

    __slots__ = ("_period", "_window")

    def __init__(self, period: int = 20) -> None:
        require_count("period", period)
        self._period = period
        self._window: deque[float] = deque(maxlen=period)

    @property
    def warmup(self) -> int:
        """Number of bars until the first value."""
        return self._period

    def push(self, close: float) -> float | None:
        """Take the next close, finite; return the mean, or None during the warm-up."""
        window = self._window
        window.append(close)
        return fsum(window) / self._period if len(window) == self._period else None

    def update(self, bar: Bar) -> float | None:
        """Take the next bar and return the mean, or None during the warm-up."""
        return self.push(bar.close)


def compute(close: "pl.Series", period: int = 20) -> "pl.Series":
    """Return the average of a whole column of closes; null during the warm-up.

    Equal to `SMA` bit for bit as long as the closes of a window lie within a factor of 1e12 of each other, else to
    1e-15 relative.

    Raises:
        InputError: If the period is not a whole number >= 1.
        DataError: If a close is null or not finite.
    """
    require_count("period", period)
    values = checked(close).to_numpy()
    return padded(f"sma_{period}", rolling_sums(values, period) / period, len(values))


def rolling_sums(values: "NDArray[np.float64]", period: int) -> "NDArray[np.float64]":
    """Return the sum of each window of `period` values, computed in twice the working precision and rounded once.

    Args:
        values: Finite numbers, shape (n,).
        period: Length of the window, >= 1.

    Returns:
        Sums, shape (max(0, n - period + 1),).

    Source: Ogita, Rump and Oishi, "Accurate Sum and Dot Product", SIAM J. Sci. Comput. 26(6), 2005, algorithm Sum2.
    """
    import numpy as np

    sums = np.empty(max(0, len(values) - period + 1))
    for start in range(0, len(sums), _BLOCK):
        count = min(_BLOCK, len(sums) - start)
        total, lost = np.zeros(count), np.zeros(count)
        for first in range(start, start + period):
            term = values[first : first + count]
            raised = total + term
            kept = raised - total
            lost += (total - (raised - kept)) + (term - kept)
            total = raised
        sums[start : start + count] = total + lost
    return sums
