"""drawdown: close everything when too much of the best equity is gone.

drawdown = 1 - equity / highest equity so far; breached if drawdown >= max_drawdown_pct
"""

import math

from tradebus.model.number import require_proper_fraction
from tradebus.risk.stops.base import kept

_INF = math.inf


class DrawdownStop:
    """The largest loss from peak to trough, as a fraction of the peak.

    Equity that is NaN, infinite or not above 0 is a breach.

    Args:
        max_drawdown_pct: Fraction of the peak, in (0, 1); a loss of exactly that is a breach.

    Raises:
        InputError: If it is not a fraction below 1.

    Source:
        Magdon-Ismail and Atiya, "Maximum Drawdown", Risk 17(10), 2004.
    """

    name = "max_drawdown"

    def __init__(self, max_drawdown_pct: float) -> None:
        require_proper_fraction("max_drawdown_pct", max_drawdown_pct)
        self.bound = float(max_drawdown_pct)
        self._kept = kept(max_drawdown_pct)
        self._peak = 0.0
        self._floor = 0.0

    def check(self, time_ns: int, equity: float) -> float | None:
        """Take the next value of the equity; return None, or the fraction lost from the peak if it is too much."""
        if self._floor < equity < _INF:
            if equity > self._peak:
                self._measure_from(equity)
            return None
        drawdown = 1 - equity / self._peak if self._peak and equity < _INF else math.nan
        if 0 < equity < _INF:
            self._measure_from(equity)
        return drawdown

    def _measure_from(self, equity: float) -> None:
        self._peak = equity
        self._floor = equity * self._kept


MaxDrawdown = DrawdownStop
"""The same under the name of its setting."""
