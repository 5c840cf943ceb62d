"""percent: a fraction of the equity.

qty = (equity * pct) / price
"""

from tradebus.model.number import require_fraction
from tradebus.model.portfolio import Account
from tradebus.model.signal import Signal
from tradebus.sizers.base import PositionSizer, money, plain, quotient


class PercentSizer(PositionSizer):
    """Puts the same fraction of the equity into every position.

    Args:
        pct: Fraction of the equity, 0 < pct <= 1; 0.10 is 10 %. On the command line it is `--position-size`.

    Raises:
        InputError: If `pct` is not a fraction.
    """

    def __init__(self, pct: float) -> None:
        require_fraction("--position-size", pct, "pct")
        self.pct = float(pct)

    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        """Return the quantity that the fraction buys; 0.0 without equity or without a price."""
        return quotient(portfolio.equity * self.pct, price)

    def explain(self, signal: Signal, portfolio: Account, price: float) -> str:
        """Return one line, as in `(equity 100,000.00 x 0.1) / price 50.00 = 200`."""
        qty = self.calculate_qty(signal, portfolio, price)
        return f"(equity {money(portfolio.equity)} x {plain(self.pct)}) / price {money(price)} = {plain(qty)}"
