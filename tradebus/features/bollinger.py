"""bollinger: Bollinger bands: a moving average of closes and a band of standard deviations around it.

    middle = SMA(n),  upper = middle + w s,  lower = middle - w s,  s = population standard deviation of the n closes

Mean and deviations are computed afresh over the window at each bar. TA-Lib takes the difference of two running sums,
which drifts and, where prices hardly move, cancels.
"""

from collections import deque
from math import fsum, sqrt
from typing import TYPE_CHECKING

from tradebus.features.column import checked, padded
from tradebus.features.period import require_finite
from tradebus.features.sma import rolling_sums
from tradebus.model.bar import Bar
from tradebus.model.number import require_count

if TYPE_CHECKING:
    import polars as pl

type Bands = tuple[float, float, float]
"""Upper, middle and lower band, in dollars."""


class Bollinger:
    """Bollinger bands, in dollars.

    Nothing is seeded: the first value comes with bar `period` (index period-1). The deviation divides by `period`
    (ddof 0), not by period-1.

    Args:
        period: Number of bars in the mean and the deviation, >= 1.
        width: Standard deviations from the middle to each band, >= 0.

    Raises:
        InputError: If the period is not a whole number >= 1, or the width is not a finite number >= 0.

    Source: Bollinger, "Bollinger on Bollinger Bands", 2001; TA-Lib, BBANDS with a simple average.
    """

    __slots__ = ("_period", "_width", "_window")

    def __init__(self, period: int = 20, width: float = 2.0) -> None:
        require_count("period", period)
        self._period = period
        require_finite("width", width, 0)
        self._width = width
        self._window: deque[float] = deque(maxlen=period)

    @property
    def warmup(self) -> int:
        """Number of bars until the first value."""
        return self._period

    def push(self, close: float) -> Bands | None:
        """Take the next close, finite; return upper, middle and lower band, or None during the warm-up."""
        window = self._window
        window.append(close)
        period = self._period
        if len(window) < period:
            return None
        middle = fsum(window) / period
        squares = 0.0
        for value in window:
            deviation = value - middle
            squares += deviation * deviation
        half = sqrt(squares / period) * self._width
        return middle + half, middle, middle - half

    def update(self, bar: Bar) -> Bands | None:
        """Take the next bar; return upper, middle and lower band, or None during the warm-up."""
        return self.push(bar.close)


def compute(close: "pl.Series", period: int = 20, width: float = 2.0) -> "pl.DataFrame":
    """Return columns bb_upper, bb_middle and bb_lower of a whole column of closes; null during the warm-up.

    Equal to `Bollinger` bit for bit as long as the closes of a window lie within a factor of 1e12 of each other, else
    to 1e-15 relative to the middle.

    Raises:
        InputError: If the period is not a whole number >= 1, or the width is not a finite number >= 0.
        DataError: If a close is null or not finite.
    """
    import numpy as np
    import polars as pl

    require_count("period", period)
    require_finite("width", width, 0)
    values = checked(close).to_numpy()
    middle = rolling_sums(values, period) / period
    squares = np.zeros(len(middle))
    for offset in range(period if len(middle) else 0):
        deviation = values[offset : offset + len(middle)] - middle
        squares += deviation * deviation
    half = np.sqrt(squares / period) * width
    bands = {"bb_upper": middle + half, "bb_middle": middle, "bb_lower": middle - half}
    return pl.DataFrame([padded(name, band, len(values)) for name, band in bands.items()])
