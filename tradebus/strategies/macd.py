"""macd: follows the trend by MACD crossings.

    BUY   when MACD - signal turns from <= 0 to > 0,   SELL  when it turns from >= 0 to < 0

Every symbol on its own; both bars of a crossing lie behind the warm-up.
"""

from math import nan

from tradebus.features.macd import MACD
from tradebus.features.period import require_shorter
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.number import require_count
from tradebus.model.signal import Action, SignalDict
from tradebus.model.timeframe import Timeframe
from tradebus.strategies.base import Strategy, make_signal


class MACDStrategy(Strategy):
    """Buys when the MACD line crosses above its signal line and sells when it crosses below.

    Args:
        gateway: See `Strategy`.
        timeframe: Length of the bars it decides from.
        fast: Period of the fast average, bars, >= 1 and below `slow`.
        slow: Period of the slow average, bars.
        signal: Period of the signal line, bars, >= 1.

    Raises:
        InputError: If a parameter is out of range; names it.

    Source: Appel, "The Moving Average Convergence-Divergence Trading Method", 1979; conventions of TA-Lib.
    """

    def __init__(
        self,
        gateway: object = None,
        timeframe: Timeframe = Timeframe.DAY_1,
        *,
        fast: int = 12,
        slow: int = 26,
        signal: int = 9,
    ) -> None:
        super().__init__(gateway, timeframe)
        for field, period in (("fast", fast), ("slow", slow), ("signal", signal)):
            require_count(field, period)
        require_shorter("fast", fast, "slow", slow)
        self.warmup = slow + signal - 1
        self._periods = fast, slow, signal
        self._states: dict[str, _State] = {}

    def generate_signals(self, snapshot: MarketSnapshot) -> list[SignalDict]:
        """Return a BUY or SELL for each symbol whose lines cross at this bar."""
        signals: list[SignalDict] = []
        states = self._states
        for bar in self.own_bars(snapshot):
            state = states.get(bar.symbol)
            if state is None:
                state = states[bar.symbol] = _State(MACD(*self._periods))
            value = state.push(bar.close)
            if value is None:
                continue
            before, after = state.histogram, value[2]
            state.histogram = after
            if before <= 0 < after:
                signals.append(_crossing(snapshot, bar, Action.BUY, "above", *value))
            elif before >= 0 > after:
                signals.append(_crossing(snapshot, bar, Action.SELL, "below", *value))
        return signals


class _State:
    """What is remembered of a symbol."""

    __slots__ = ("histogram", "push")

    def __init__(self, indicator: MACD) -> None:
        self.push = indicator.push
        # Neither above nor below zero: nothing crosses on the first value.
        self.histogram = nan


def _crossing(
    snapshot: MarketSnapshot, bar: Bar, action: Action, side: str, macd: float, signal: float, histogram: float
) -> SignalDict:
    reason = f"MACD {macd:.6g} crossed {side} its signal line {signal:.6g}"
    return make_signal(snapshot, bar, action, reason, {"macd": macd, "signal": signal, "histogram": histogram})
