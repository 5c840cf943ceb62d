"""trade_stats: what a list of profits looks like: how often, how much, how even.

The functions take any profits: of trades in dollars, or returns of days as fractions. A figure that has no meaning is
None, never NaN or infinite: the average of nothing, or a ratio to no loss at all.
"""

from collections.abc import Sequence
from math import fsum


def win_rate(profits: Sequence[float]) -> float | None:
    """Return the share of profits above zero among all, in [0, 1]; one that breaks even is not a win. None of none.

    Source: backtrader 1.9.78, `TradeAnalyzer`: won / closed.
    """
    return sum(profit > 0 for profit in profits) / len(profits) if profits else None


def positive_share(returns: Sequence[float]) -> float | None:
    """Return the share of returns above zero among those that are not zero, in [0, 1]; None if all are zero.

    Source: QuantStats 0.0.86, `stats.win_rate`; REFERENCE.md section 4.
    """
    return win_rate([r for r in returns if r])


def average_win(profits: Sequence[float]) -> float | None:
    """Return the mean of the profits above zero; None without any."""
    return _mean([profit for profit in profits if profit > 0])


def average_loss(profits: Sequence[float]) -> float | None:
    """Return the mean of the profits below zero, a negative number; None without any."""
    return _mean([profit for profit in profits if profit < 0])


def payoff_ratio(profits: Sequence[float]) -> float | None:
    """Return the average win over the size of the average loss; None without wins or without losses.

    Source: QuantStats 0.0.86, `stats.payoff_ratio`.
    """
    win, loss = average_win(profits), average_loss(profits)
    return None if win is None or loss is None else win / -loss


def profit_factor(profits: Sequence[float]) -> float | None:
    """Return the sum of gains over the sum of losses, >= 0; None without losses (it would be infinite).

    Source: QuantStats 0.0.86, `stats.profit_factor`; REFERENCE.md section 4.
    """
    losses = -fsum(profit for profit in profits if profit < 0)
    return fsum(profit for profit in profits if profit > 0) / losses if losses else None


def expectancy(profits: Sequence[float]) -> float | None:
    """Return the mean profit; None of none.

    Source: Tharp, "Trade Your Way to Financial Freedom", 1998: win rate x average win - loss rate x average loss.
    """
    return _mean(profits)


def longest_streak(profits: Sequence[float], sign: int) -> int:
    """Return the longest run of profits of a sign (1 for wins, -1 for losses)."""
    longest = run = 0
    for profit in profits:
        run = run + 1 if profit * sign > 0 else 0
        longest = max(longest, run)
    return longest


def _mean(values: Sequence[float]) -> float | None:
    return fsum(values) / len(values) if values else None
