"""momentum: follows the trend by the rate of change.

    roc[t] = close[t] / close[t-n] - 1
    BUY   when roc turns from <= threshold to > threshold,   SELL  when it turns from >= -threshold to < -threshold

Every symbol on its own. Between -threshold and threshold nothing is said: a wish stands until the opposite crossing.
"""

from collections import deque
from math import nan

from tradebus.features.period import require_finite
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.number import require_count
from tradebus.model.signal import Action, SignalDict
from tradebus.model.timeframe import Timeframe
from tradebus.strategies.base import Strategy, make_signal


class MomentumStrategy(Strategy):
    """Buys when the rate of change rises through a threshold and sells when it falls through its negative.

    Args:
        gateway: See `Strategy`.
        timeframe: Length of the bars it decides from.
        lookback: The n of the rate of change, bars, >= 1.
        threshold: Rate of change that counts as a trend, a fraction >= 0 (0.02 is 2 %).

    Raises:
        InputError: If a parameter is out of range; names it.

    Source: rate of change as TA-Lib's ROCP; time-series momentum: Moskowitz, Ooi and Pedersen, "Time Series Momentum",
        Journal of Financial Economics 104(2), 2012.
    """

    def __init__(
        self,
        gateway: object = None,
        timeframe: Timeframe = Timeframe.DAY_1,
        *,
        lookback: int = 20,
        threshold: float = 0.0,
    ) -> None:
        super().__init__(gateway, timeframe)
        require_count("lookback", lookback)
        require_finite("threshold", threshold, 0)
        self.warmup = lookback + 1
        self._lookback, self._threshold = lookback, threshold
        self._states: dict[str, _State] = {}

    def generate_signals(self, snapshot: MarketSnapshot) -> list[SignalDict]:
        """Return a BUY or SELL for each symbol whose rate of change crosses at this bar."""
        signals: list[SignalDict] = []
        lookback, threshold = self._lookback, self._threshold
        for bar in self.own_bars(snapshot):
            close = bar.close
            state = self._states.get(bar.symbol)
            if state is None:
                state = self._states[bar.symbol] = _State(lookback)
            closes = state.closes
            if len(closes) == lookback:
                before, after = state.roc, close / closes[0] - 1.0
                state.roc = after
                if before <= threshold < after:
                    signals.append(self._crossing(snapshot, bar, Action.BUY, after))
                elif before >= -threshold > after:
                    signals.append(self._crossing(snapshot, bar, Action.SELL, after))
            closes.append(close)
        return signals

    def _crossing(self, snapshot: MarketSnapshot, bar: Bar, action: Action, roc: float) -> SignalDict:
        line = self._threshold if action is Action.BUY else -self._threshold
        side = "above" if action is Action.BUY else "below"
        reason = f"{self._lookback}-bar rate of change {roc:.4%} crossed {side} {line:.4%}"
        return make_signal(snapshot, bar, action, reason, {"roc": roc, "threshold": line})


class _State:
    """What is remembered of a symbol: its last closes and its last rate of change."""

    __slots__ = ("closes", "roc")

    def __init__(self, lookback: int) -> None:
        self.closes: deque[float] = deque(maxlen=lookback)
        # Neither above nor below any threshold: nothing crosses on the first value.
        self.roc = nan
