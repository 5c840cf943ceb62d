"""risk_based: the same loss, as a fraction of the equity, if the stop is hit at its price.

qty = (equity * risk_pct) / stop_distance
"""

from tradebus.model.number import require_fraction, require_proper_fraction
from tradebus.model.portfolio import Account
from tradebus.model.signal import Signal
from tradebus.sizers.base import PositionSizer, money, plain, quotient, usable


class RiskBasedSizer(PositionSizer):
    """Sizes so that a stop at its price costs `risk_pct` of the equity.

    The stop's distance is |price - signal.stop_loss| where the signal has a stop loss, else price * stop_pct. A near
    stop gives a large quantity: what it may cost is the business of the capital and position checks.

    Args:
        risk_pct: Fraction of the equity to lose at the stop, 0 < risk_pct <= 1; 0.01 is 1 %.
        stop_pct: Distance of the stop as a fraction of the price, in (0, 1), for signals that name no stop; None
            means that such signals are not traded (quantity 0).

    Raises:
        InputError: If a fraction is outside its range.

    Source:
        Van K. Tharp, "Trade Your Way to Financial Freedom", 1998, percent risk model.
    """

    def __init__(self, risk_pct: float, stop_pct: float | None = None) -> None:
        require_fraction("risk_pct", risk_pct)
        if stop_pct is not None:
            require_proper_fraction("stop_pct", stop_pct)
        self.risk_pct = float(risk_pct)
        self.stop_pct = None if stop_pct is None else float(stop_pct)

    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        """Return the quantity; 0.0 without equity, price or stop, and for a stop at the price itself."""
        if not usable(price):
            return 0.0
        return quotient(portfolio.equity * self.risk_pct, self._distance(signal, price))

    def explain(self, signal: Signal, portfolio: Account, price: float) -> str:
        """Return one line, as in `(equity 100,000.00 x 0.01) / stop distance 2.50 = 400`."""
        distance = self._distance(signal, price)
        if not distance:
            return "no stop: the signal has no stop_loss away from its price, and the sizer no stop_pct = 0"
        qty = self.calculate_qty(signal, portfolio, price)
        risked = f"(equity {money(portfolio.equity)} x {plain(self.risk_pct)})"
        return f"{risked} / stop distance {money(distance)} = {plain(qty)}"

    def _distance(self, signal: Signal, price: float) -> float:
        if signal.stop_loss is not None:
            return abs(price - signal.stop_loss)
        return price * self.stop_pct if self.stop_pct is not None else 0.0
