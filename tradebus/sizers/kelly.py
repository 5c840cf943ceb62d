"""kelly: the fraction of the equity that grows it fastest in the long run, if the edge is what it seems.

f* = (p*b - q) / b          p = win rate, q = 1 - p, b = average win / average loss
qty = (equity * min(f* * fraction, max_pct)) / price
"""

import math
from collections import deque

from tradebus.errors import InputError
from tradebus.model.number import require_fraction, require_positive
from tradebus.model.portfolio import Account
from tradebus.model.signal import Signal
from tradebus.model.trade import Trade
from tradebus.sizers.base import PositionSizer, money, plain, quotient

WINDOW = 100
"""Closed trades of a strategy that an estimate looks back on; older ones are forgotten."""
MIN_TRADES = 20
"""Closed trades before an estimate is believed; until then `start_pct` is used."""


class KellySizer(PositionSizer):
    """Sizes by Kelly's formula, from a given edge or from the edge that the closed trades of the strategy show.

    An edge of zero or less is a quantity of 0. With an estimated edge this is final: no trades, no new estimate.

    Args:
        win_rate: Share of trades that win, in (0, 1]; None to estimate it. Given together with `win_loss_ratio`.
        win_loss_ratio: Average win by average loss, > 0; None to estimate it, from returns after commission.
        fraction: Part of f* to use, 0 < fraction <= 1; 0.5 is "half Kelly".
        max_pct: Fraction of the equity never to exceed, 0 < max_pct <= 1.
        start_pct: Fraction of the equity to use while fewer than `MIN_TRADES` trades are known, 0 < start_pct <= 1;
            `max_pct` caps it too.

    Raises:
        InputError: If a number is outside its range, or only one of `win_rate` and `win_loss_ratio` is given.

    Source:
        J. L. Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal 35, 1956; the cap, the
        window and the minimum are prudence, not theory: full Kelly on an estimate bets too much.
    """

    def __init__(
        self,
        win_rate: float | None = None,
        win_loss_ratio: float | None = None,
        fraction: float = 1.0,
        max_pct: float = 0.25,
        start_pct: float = 0.02,
    ) -> None:
        if win_rate is not None:
            require_fraction("win_rate", win_rate)
        if win_loss_ratio is not None:
            require_positive("win_loss_ratio", win_loss_ratio)
        if (win_rate is None) != (win_loss_ratio is None):
            given = "win_rate" if win_loss_ratio is None else "win_loss_ratio"
            missing = "win_loss_ratio" if win_loss_ratio is None else "win_rate"
            value = win_rate if win_loss_ratio is None else win_loss_ratio
            raise InputError(given, value, f"{missing} is missing", "give both, or neither to estimate them")
        require_fraction("fraction", fraction)
        require_fraction("max_pct", max_pct)
        require_fraction("start_pct", start_pct)
        self.fraction, self.max_pct, self.start_pct = float(fraction), float(max_pct), float(start_pct)
        self._given = None if win_rate is None or win_loss_ratio is None else (float(win_rate), float(win_loss_ratio))
        self._returns: dict[str, deque[float]] = {}

    def on_trade(self, trade: Trade) -> None:
        """Take note of a closed trade, for the estimate of its strategy."""
        returns = self._returns.get(trade.strategy_id)
        if returns is None:
            returns = self._returns[trade.strategy_id] = deque(maxlen=WINDOW)
        returns.append(trade.return_pct)

    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        """Return the quantity; 0.0 without equity, price or edge."""
        return quotient(portfolio.equity * self._share(signal.strategy_id), price)

    def explain(self, signal: Signal, portfolio: Account, price: float) -> str:
        """Return one line with the edge, f* and what was made of it."""
        edge = self._edge(signal.strategy_id)
        if edge is None:
            known = len(self._returns.get(signal.strategy_id, ()))
            origin = f"start_pct, for {known} of {MIN_TRADES} trades are known"
        else:
            p, b = edge
            origin = f"f* = ({p:.4g} x {b:.4g} - {1 - p:.4g}) / {b:.4g} = {kelly(p, b):.4g}, x fraction "
            origin += f"{plain(self.fraction)}, within 0 and max_pct {plain(self.max_pct)}"
        share, qty = self._share(signal.strategy_id), self.calculate_qty(signal, portfolio, price)
        return f"(equity {money(portfolio.equity)} x {share:.4g}) / price {money(price)} = {plain(qty)}; {origin}"

    def _share(self, strategy_id: str) -> float:
        edge = self._edge(strategy_id)
        share = self.start_pct if edge is None else kelly(*edge) * self.fraction
        return min(max(share, 0.0), self.max_pct)

    def _edge(self, strategy_id: str) -> tuple[float, float] | None:
        if self._given is not None:
            return self._given
        returns = self._returns.get(strategy_id)
        return None if returns is None or len(returns) < MIN_TRADES else estimate_edge(returns)


def kelly(win_rate: float, win_loss_ratio: float) -> float:
    """Return f* = (p*b - q) / b, written p - q/b so that b may be infinite and a b of 0 is minus infinity."""
    if win_loss_ratio == 0:
        return -math.inf
    return win_rate - (1.0 - win_rate) / win_loss_ratio


def estimate_edge(returns: deque[float]) -> tuple[float, float]:
    """Return win rate and win/loss ratio of a series of returns; trades that neither won nor lost do not count.

    The ratio is infinite if no trade lost, and both are 0.0 if none won.
    """
    wins = [r for r in returns if r > 0]
    losses = [-r for r in returns if r < 0]
    if not wins:
        return 0.0, 0.0
    rate = len(wins) / (len(wins) + len(losses))
    ratio = (sum(wins) / len(wins)) / (sum(losses) / len(losses)) if losses else math.inf
    return rate, ratio
