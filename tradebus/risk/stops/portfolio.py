"""portfolio: close everything when the day has cost too much.

loss = 1 - equity / equity at the start of the day; breached if loss >= portfolio_stop_pct
"""

import math
from collections.abc import Callable

from tradebus.model.number import require_proper_fraction
from tradebus.model.time import DAY_NS
from tradebus.risk.stops.base import kept

_HOUR_NS = DAY_NS // 24
_INF = math.inf


def utc_day(time_ns: int) -> int:
    """Return the number of the day in UTC."""
    return time_ns // DAY_NS


class PortfolioStop:
    """The largest loss of one day, as a fraction of the equity at its start.

    A day starts with the last equity of the day before, so a gap over night is part of its loss; the very first day
    starts with the first equity. Equity that is NaN, infinite or not above 0 is a breach.

    Args:
        portfolio_stop_pct: Fraction of the day's first equity, in (0, 1); a loss of exactly that is a breach.
        day_of: Number of the day of a moment, for instance `Instrument.session_day`; it changes only on full hours
            of UTC, and so is asked once an hour.

    Raises:
        InputError: If it is not a fraction below 1.

    Source:
        Alpaca's account has the equity of the previous close as `last_equity` and measures the day against it
        (docs.alpaca.markets, account; read 2026-06-24).
    """

    name = "portfolio_stop"

    def __init__(self, portfolio_stop_pct: float, day_of: Callable[[int], int] = utc_day) -> None:
        require_proper_fraction("portfolio_stop_pct", portfolio_stop_pct)
        self.bound = float(portfolio_stop_pct)
        self._kept = kept(portfolio_stop_pct)
        self._day_of = day_of
        self._hour_end = -_INF
        self._day: int | None = None
        self._base = math.nan
        self._last = math.nan
        self._floor = _INF

    def check(self, time_ns: int, equity: float) -> float | None:
        """Take the next value of the equity; return None, or the fraction lost today if it is too much."""
        if time_ns >= self._hour_end:
            self._begin_hour(time_ns, equity)
        if self._floor < equity < _INF:
            self._last = equity
            return None
        begun = self._base == self._base
        loss = 1 - equity / self._base if equity < _INF else math.nan
        self._measure_from(equity)
        # The first equity that can be valued is what the loss is measured from, and no loss itself.
        return loss if begun or self._base != self._base else None

    def _begin_hour(self, time_ns: int, equity: float) -> None:
        self._hour_end = (time_ns // _HOUR_NS + 1) * _HOUR_NS
        day = self._day_of(time_ns)
        if day != self._day:
            self._day = day
            self._measure_from(self._last if self._last > 0 else equity)

    def _measure_from(self, equity: float) -> None:
        """Let the loss begin at an equity. What cannot be valued is never measured from, so it stays a breach."""
        if 0 < equity < _INF:
            self._last = equity
            self._base = equity
            self._floor = equity * self._kept
