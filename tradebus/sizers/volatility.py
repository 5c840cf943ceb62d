"""volatility: the same loss, as a fraction of the equity, for a move of a few average true ranges.

qty = (equity * risk_pct) / (ATR * multiplier)
"""

from typing import TYPE_CHECKING

from tradebus.model.bar import Bar
from tradebus.model.number import require_count, require_fraction, require_positive
from tradebus.model.portfolio import Account
from tradebus.model.signal import Signal
from tradebus.model.timeframe import Timeframe
from tradebus.sizers.base import PositionSizer, money, plain, quotient, usable

if TYPE_CHECKING:
    from tradebus.features.atr import ATR


class VolatilitySizer(PositionSizer):
    """Buys less of what moves more.

    The ATR is `signal.indicators["atr"]` where the strategy gives it, else one of its own for each symbol, fed by
    `on_bar`. Its own takes the bars of the first timeframe that it sees of a symbol and ignores others.

    Args:
        risk_pct: Fraction of the equity to lose when the price moves by ATR * multiplier, 0 < risk_pct <= 1.
        multiplier: How many average true ranges, > 0.
        period: Bars of its own ATR, >= 1.

    Raises:
        InputError: If a number is outside its range.

    Source:
        Curtis Faith, "Way of the Turtle", 2007: unit = 1 % of equity / N, where N is the ATR and a stop lies at 2 N.
        The ATR is Wilder's, "New Concepts in Technical Trading Systems", 1978, period 14.
    """

    def __init__(self, risk_pct: float, multiplier: float = 2.0, period: int = 14) -> None:
        require_fraction("risk_pct", risk_pct)
        require_positive("multiplier", multiplier)
        require_count("period", period)
        self.risk_pct, self.multiplier, self.period = float(risk_pct), float(multiplier), period
        self._frames: dict[str, tuple[Timeframe, ATR]] = {}
        self._atr: dict[str, float] = {}

    def on_bar(self, bar: Bar) -> None:
        """Take the next bar into the ATR of its symbol."""
        known = self._frames.get(bar.symbol)
        if known is None:
            from tradebus.features.atr import ATR

            known = self._frames[bar.symbol] = bar.timeframe, ATR(self.period)
        frame, atr = known
        if frame is bar.timeframe:
            value = atr.update(bar)
            if value is not None:
                self._atr[bar.symbol] = value

    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        """Return the quantity; 0.0 without equity or price, and until there is an ATR."""
        if not usable(price):
            return 0.0
        return quotient(portfolio.equity * self.risk_pct, self._range(signal) * self.multiplier)

    def explain(self, signal: Signal, portfolio: Account, price: float) -> str:
        """Return one line, as in `(equity 100,000.00 x 0.01) / (ATR 2.50 x 2) = 200`."""
        atr = self._range(signal)
        if not atr:
            return f"no ATR yet: the signal names none, and {self.period} bars have not been seen = 0"
        qty = self.calculate_qty(signal, portfolio, price)
        risked = f"(equity {money(portfolio.equity)} x {plain(self.risk_pct)})"
        return f"{risked} / (ATR {money(atr)} x {plain(self.multiplier)}) = {plain(qty)}"

    def _range(self, signal: Signal) -> float:
        given = signal.indicators.get("atr")
        return given if given is not None else self._atr.get(signal.symbol, 0.0)
