"""returns: from an equity curve to the returns of its days, and the ratios made of them.

Returns are simple (new / old - 1) and of whole sessions: an intraday curve is read at the end of each day, New York's
for equities and UTC's for crypto, so that the ratios of a minute run and of a daily run can be compared. Ratios use
`ddof` 1 and are made yearly with 252 periods (crypto 365). A ratio that has no meaning is None, never NaN or infinite.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from math import fsum, isfinite, prod, sqrt, sumprod

from tradebus.model.instrument import AssetClass
from tradebus.model.time import DAY_NS, NEW_YORK, SECOND_NS
from tradebus.model.timeframe import Timeframe

# The rounding of a ratio near 1 is 2.2e-16, so that a smaller deviation cannot be told from none.
_NO_DEVIATION = 1e-15
_PERIODS = {Timeframe.WEEK_1: 52, Timeframe.MONTH_1: 12}


def periods_per_year(timeframe: Timeframe, asset_class: AssetClass) -> int:
    """Return how many returns make a year: 252 days of equities, 365 of crypto, 52 weeks or 12 months.

    An intraday timeframe counts as days, for its returns are those of days.

    Source: empyrical-reloaded 0.7.1, `periods.ANNUALIZATION_FACTORS` (252, 52, 12); crypto trades every day.
    """
    return _PERIODS.get(timeframe, 365 if asset_class is AssetClass.CRYPTO else 252)


def day_ends(times: Sequence[int], asset_class: AssetClass) -> list[int]:
    """Return the index of the last point of each day; a point at midnight belongs to the day that it ends.

    Args:
        times: Nanoseconds since the epoch, never falling.
        asset_class: Equities have New York days, crypto has UTC days.
    """
    ends: list[int] = []
    i, count = 0, len(times)
    while i < count:
        # Daily bars are a day apart, and asking for the time zone of each would cost more than all that follows.
        if i + 1 < count and times[i + 1] - times[i] < DAY_NS:
            i = bisect_right(times, _midnight(times[i], asset_class), i + 1)
        else:
            i += 1
        ends.append(i - 1)
    return ends


def _midnight(time_ns: int, asset_class: AssetClass) -> int:
    """Return the end of the day that a time belongs to."""
    before = time_ns - 1
    if asset_class is AssetClass.CRYPTO:
        return (before // DAY_NS + 1) * DAY_NS
    second = before // SECOND_NS
    offset = _new_york_offset(second)
    midnight = ((second + offset) // 86_400 + 1) * 86_400
    # Asked again, for the clock may change within the day.
    return (midnight - _new_york_offset(midnight - offset)) * SECOND_NS


def _new_york_offset(second: int) -> int:
    offset = datetime.fromtimestamp(second, NEW_YORK).utcoffset()
    assert offset is not None, "New York is a time zone"
    return offset.days * 86_400 + offset.seconds


def curve_returns(
    times: Sequence[int], equity: Sequence[float], start: float, timeframe: Timeframe, asset_class: AssetClass
) -> list[float] | None:
    """Return the simple returns of the days (weeks, months) of a curve, oldest first.

    The first day counts, against `start`, unless it is a single point at which nothing has happened yet: that is the
    base, as the first bar is in backtrader's and empyrical's returns of a curve.

    Args:
        times: Nanoseconds since the epoch, never falling.
        equity: Dollars at these times.
        start: Capital before the first point, dollars.
        timeframe: Length of the bars; weeks and months are not read by the day.
        asset_class: Whose days.

    Returns:
        None if the equity was not positive at some close: what follows has no return.
    """
    ends = list(range(len(times))) if timeframe in _PERIODS else day_ends(times, asset_class)
    closes = [equity[i] for i in ends]
    if not closes or ends[0] > 0 or closes[0] != start:
        closes.insert(0, start)
    if min(closes) <= 0:
        return None
    return [new / old - 1 for old, new in pairwise(closes)]


def cumulative_return(returns: Sequence[float]) -> float:
    """Return prod(1 + r) - 1, a fraction; 0.0 of no returns."""
    return prod([1 + r for r in returns]) - 1


def cagr(returns: Sequence[float], periods: int) -> float | None:
    """Return the compound annual growth rate, (prod(1 + r))^(periods / n) - 1, a fraction.

    None of no returns, of a total loss beyond everything, and where the power is too large for a float (a few very good
    days).

    Source: empyrical-reloaded 0.7.1, `annual_return`; REFERENCE.md section 4.
    """
    growth = 1 + cumulative_return(returns)
    if not returns or growth < 0:
        return None
    try:
        return _finite(growth ** (periods / len(returns)) - 1)
    except OverflowError:
        return None


def annual_volatility(returns: Sequence[float], periods: int) -> float | None:
    """Return std(r, ddof=1) x sqrt(periods), a fraction; None of fewer than two returns.

    Source: empyrical-reloaded 0.7.1, `annual_volatility`; REFERENCE.md section 4.
    """
    deviation = _deviation(returns)
    return None if deviation is None else deviation * sqrt(periods)


def sharpe(returns: Sequence[float], periods: int, risk_free: float = 0.0) -> float | None:
    """Return (mean(r) - risk_free / periods) / std(r, ddof=1) x sqrt(periods).

    Args:
        returns: Simple returns.
        periods: Returns in a year.
        risk_free: Risk-free rate of a year, a fraction; it is divided by the periods, not compounded.

    Returns:
        None of fewer than two returns, and where they do not vary.

    Source:
        Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21(1), 1994, made yearly as in empyrical-reloaded
        0.7.1, `sharpe_ratio`. PyAlgoTrade's `SharpeRatio.getSharpeRatio(0.05)` is this with `risk_free` 0.05 on the
        daily returns of the whole run, the first bar's (zero) among them.
    """
    deviation = _deviation(returns)
    if deviation is None or deviation < _NO_DEVIATION:
        return None
    return (_mean(returns) - risk_free / periods) / deviation * sqrt(periods)


def sortino(returns: Sequence[float], periods: int, risk_free: float = 0.0) -> float | None:
    """Return mean(e) x periods / (sqrt(mean(min(e, 0)^2)) x sqrt(periods)) with e = r - risk_free / periods.

    None of no returns, and where none is below the risk-free rate. The mean of squares is over all returns, not only
    the negative ones.

    Source: empyrical-reloaded 0.7.1, `sortino_ratio`; REFERENCE.md section 4.
    """
    if not returns:
        return None
    excess = [r - risk_free / periods for r in returns]
    below = [e for e in excess if e < 0]
    deviation = sqrt(sumprod(below, below) / len(excess))
    if deviation < _NO_DEVIATION:
        return None
    return _mean(excess) * sqrt(periods) / deviation


def calmar(annual: float | None, depth: float | None) -> float | None:
    """Return the annual return over the largest drawdown, both fractions; None without a drawdown.

    Source: Young, "Calmar Ratio: A Smoother Tool", Futures, October 1991, over the whole period as in
    empyrical-reloaded 0.7.1, `calmar_ratio`; REFERENCE.md section 4.
    """
    return annual / depth if annual is not None and depth else None


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


def _deviation(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return None
    mean = _mean(values)
    around = [value - mean for value in values]
    return sqrt(sumprod(around, around) / (len(values) - 1))


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
