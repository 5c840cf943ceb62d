"""alpha: holds the symbols that score best across the market, by four factors.

    momentum    close[t-s] / close[t-n] - 1       (the last s bars left out)
    reversal    1 - close[t] / close[t-s]         (recent losers come back)
    volatility  - population std of the n one-bar returns up to t    (calm is good)
    volume      mean volume of the last s bars / of the last n bars

    score = sum of weight x z,   z = (factor - mean) / population std, across the symbols of this moment

Long only. At every rebalance the best `top_k` are held: SELL for those that dropped out, then BUY for the new ones.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice, pairwise
from math import fsum, sqrt
from typing import NamedTuple

from tradebus.errors import InputError
from tradebus.features.period import require_finite, require_shorter
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.fill import Fill
from tradebus.model.number import require_count
from tradebus.model.order import OrderRequest
from tradebus.model.signal import Action, SignalDict
from tradebus.model.timeframe import Timeframe
from tradebus.strategies.base import Strategy, make_signal

_FACTORS = ("momentum", "reversal", "volatility", "volume")


class AlphaStrategy(Strategy):
    """Ranks symbols by a weighted sum of standardised factors and holds the best.

    Only a symbol whose bar closed at this moment and that has lookback+1 bars takes part. A held one without a bar now
    cannot be traded now: it keeps its place until it can be ranked again. Equal scores rank by symbol.

    Args:
        gateway: See `Strategy`.
        timeframe: Length of the bars it decides from.
        top_k: Number of symbols to hold, >= 1; all of them if there are fewer.
        rebalance_every: Moments with bars between rebalances, >= 1; the first rebalance follows the warm-up.
        lookback: The n of the factors, bars, >= 2.
        recent: The s of the factors, bars, >= 1 and below `lookback`.
        momentum_weight: Weight of momentum; any finite number, 0 leaves a factor out.
        reversal_weight: Weight of short-term reversal.
        volatility_weight: Weight of low volatility.
        volume_weight: Weight of relative volume.

    Raises:
        InputError: If a parameter is out of range, or all weights are 0; names it.

    Source: momentum: Jegadeesh and Titman, Journal of Finance 48(1), 1993; reversal: Jegadeesh, Journal of Finance
        45(3), 1990; low volatility: Ang, Hodrick, Xing and Zhang, Journal of Finance 61(1), 2006; volume: Gervais,
        Kaniel and Mingelgrin, Journal of Finance 56(3), 2001. The weights are a starting point, not a finding.
    """

    def __init__(
        self,
        gateway: object = None,
        timeframe: Timeframe = Timeframe.DAY_1,
        *,
        top_k: int = 3,
        rebalance_every: int = 5,
        lookback: int = 20,
        recent: int = 5,
        momentum_weight: float = 1.0,
        reversal_weight: float = 0.5,
        volatility_weight: float = 0.5,
        volume_weight: float = 0.25,
    ) -> None:
        super().__init__(gateway, timeframe)
        counts = {"top_k": top_k, "rebalance_every": rebalance_every, "lookback": lookback, "recent": recent}
        for field, count in counts.items():
            require_count(field, count)
        require_shorter("recent", recent, "lookback", lookback)
        self._weights = (momentum_weight, reversal_weight, volatility_weight, volume_weight)
        for factor, weight in zip(_FACTORS, self._weights, strict=True):
            require_finite(f"{factor}_weight", weight)
        if not any(self._weights):
            raise InputError("momentum_weight", momentum_weight, "all weights are 0", "give at least one factor weight")
        self.warmup = lookback
        self._top_k, self._every, self._lookback, self._recent = top_k, rebalance_every, lookback, recent
        self._history: dict[str, deque[Bar]] = {}
        self._held: set[str] = set()
        self._moments = 0

    def generate_signals(self, snapshot: MarketSnapshot) -> list[SignalDict]:
        """Return, at a rebalance, a SELL for each symbol that dropped out and a BUY for each new one."""
        bars = {bar.symbol: bar for bar in self.own_bars(snapshot)}
        if not bars:
            return []
        for bar in bars.values():
            history = self._history.get(bar.symbol)
            if history is None:
                history = self._history[bar.symbol] = deque(maxlen=self._lookback + 1)
            history.append(bar)
        self._moments += 1
        since = self._moments - self.warmup - 1
        return self._rebalance(snapshot, bars) if since >= 0 and since % self._every == 0 else []

    def on_fill(self, fill: Fill) -> None:
        """Forget a symbol that something else sold, a protective stop for instance."""
        if fill.is_exit:
            self._held.discard(fill.symbol)

    def on_order(self, event: object) -> None:
        """Forget a symbol whose entry was refused or ended unfilled: it is not held, and may be wished for again."""
        order: OrderRequest | None = getattr(event, "order", None)
        ended = hasattr(event, "code") or getattr(event, "filled_qty", None) == 0
        if order is not None and ended and not order.is_exit:
            self._held.discard(order.symbol)

    def _rebalance(self, snapshot: MarketSnapshot, bars: dict[str, Bar]) -> list[SignalDict]:
        ranking = self._rank(bars)
        ranked = {entry.symbol for entry in ranking}
        places = max(0, self._top_k - len(self._held - ranked))
        best = {entry.symbol for entry in ranking[:places]}
        dropped = [entry for entry in ranking if entry.symbol in self._held and entry.symbol not in best]
        new = [entry for entry in ranking if entry.symbol in best and entry.symbol not in self._held]
        self._held = (self._held - ranked) | best
        of = len(ranking)
        return [
            *(
                _signal(snapshot, bars, Action.SELL, entry, f"dropped to rank {entry.rank} of {of}")
                for entry in dropped
            ),
            *(_signal(snapshot, bars, Action.BUY, entry, f"rose to rank {entry.rank} of {of}") for entry in new),
        ]

    def _rank(self, bars: dict[str, Bar]) -> "list[_Entry]":
        symbols = sorted(symbol for symbol in bars if len(self._history[symbol]) > self._lookback)
        factors = [_factors(self._history[symbol], self._recent) for symbol in symbols]
        scores = [_standardised(column) for column in zip(*factors, strict=True)]
        totals = [
            fsum(weight * z for weight, z in zip(self._weights, row, strict=True)) for row in zip(*scores, strict=True)
        ]
        rows = sorted(zip(symbols, totals, factors, strict=True), key=lambda row: (-row[1], row[0]))
        return [_Entry(rank, symbol, total, values) for rank, (symbol, total, values) in enumerate(rows, 1)]


class _Entry(NamedTuple):
    rank: int
    symbol: str
    score: float
    factors: tuple[float, ...]


def _factors(history: deque[Bar], recent: int) -> tuple[float, ...]:
    """Return the factors of a symbol in the order of _FACTORS; `history` has lookback+1 bars."""
    lookback = len(history) - 1
    close, recent_close, oldest_close = history[-1].close, history[-1 - recent].close, history[0].close
    returns = [after.close / before.close - 1.0 for before, after in pairwise(history)]
    volumes = [bar.volume for bar in islice(history, 1, None)]
    usual = fsum(volumes) / lookback
    # No trade at all in the whole window says nothing about the last bars.
    volume = fsum(volumes[-recent:]) / recent / usual if usual else 1.0
    return recent_close / oldest_close - 1.0, 1.0 - close / recent_close, 0.0 - _deviation(returns), volume


def _deviation(values: Sequence[float]) -> float:
    """Return the population standard deviation."""
    mean = fsum(values) / len(values)
    return sqrt(fsum((value - mean) * (value - mean) for value in values) / len(values))


def _standardised(values: tuple[float, ...]) -> list[float]:
    """Return z-scores by the population standard deviation; zeros where all values are equal."""
    # Compared, not subtracted: rounding of the mean must not make a ranking out of equal values.
    if min(values) == max(values):
        return [0.0] * len(values)
    mean = fsum(values) / len(values)
    deviation = _deviation(values)
    return [(value - mean) / deviation for value in values] if deviation else [0.0] * len(values)


def _signal(snapshot: MarketSnapshot, bars: dict[str, Bar], action: Action, entry: _Entry, reason: str) -> SignalDict:
    indicators = {"score": entry.score, "rank": float(entry.rank), **dict(zip(_FACTORS, entry.factors, strict=True))}
    return make_signal(snapshot, bars[entry.symbol], action, f"{reason} with score {entry.score:.4f}", indicators)
