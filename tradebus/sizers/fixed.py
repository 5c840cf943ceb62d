"""fixed: the same quantity every time.

qty = fixed_qty
"""

from tradebus.model.number import require_positive
from tradebus.model.portfolio import Account
from tradebus.model.signal import Signal
from tradebus.sizers.base import PositionSizer, plain, usable


class FixedSizer(PositionSizer):
    """Asks for `fixed_qty`, whatever the equity, as long as there is any.

    Args:
        fixed_qty: Shares or coins, finite, > 0.

    Raises:
        InputError: If the quantity is not above 0.
    """

    def __init__(self, fixed_qty: float) -> None:
        require_positive("fixed_qty", fixed_qty)
        self.fixed_qty = float(fixed_qty)

    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        """Return the fixed quantity; 0.0 without equity or without a price."""
        return self.fixed_qty if usable(portfolio.equity, price) else 0.0

    def explain(self, signal: Signal, portfolio: Account, price: float) -> str:
        """Return one line, as in `fixed_qty 100 = 100`."""
        return f"fixed_qty {plain(self.fixed_qty)} = {plain(self.calculate_qty(signal, portfolio, price))}"
