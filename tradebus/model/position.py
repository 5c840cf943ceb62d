"""position: what is held of one symbol, at which cost. Exact where money moves, fast where it is only valued."""

from decimal import Decimal

from tradebus.model.fill import Fill
from tradebus.model.order import OrderSide

ZERO = Decimal(0)


class Position:
    """Holding of one symbol; negative quantities are short.

    Attributes:
        symbol: Canonical symbol, or `cash`.
        qty: Shares or coins, signed.
        avg_price: Average entry price in dollars; 0 when flat.
        realized_pnl: Profit of what was closed so far, dollars, before commissions.
        commission: Commissions paid on it so far, dollars.
        price: Last price in dollars, a float; 0.0 until one is known.
        size: `qty` as a float, kept beside it so that valuing a position converts nothing.
    """

    __slots__ = ("avg_price", "commission", "price", "qty", "realized_pnl", "size", "symbol")

    def __init__(self, symbol: str, qty: Decimal = ZERO, avg_price: Decimal = ZERO) -> None:
        self.symbol = symbol
        self.qty = qty
        self.avg_price = avg_price
        self.realized_pnl = ZERO
        self.commission = ZERO
        self.price = float(avg_price)
        self.size = float(qty)

    def __repr__(self) -> str:
        return f"Position({self.symbol} {self.qty} @ {self.avg_price})"

    @property
    def market_value(self) -> float:
        """Value at the last price, dollars; negative for a short."""
        return self.size * self.price

    @property
    def unrealized_pnl(self) -> float:
        """Profit of what is held, at the last price, dollars."""
        return self.size * (self.price - float(self.avg_price))

    @property
    def is_flat(self) -> bool:
        """Whether nothing is held."""
        return not self.qty

    def apply(self, fill: Fill) -> Decimal:
        """Change the holding by a fill and return the profit it realised, before commission.

        Adding to a position averages its cost, reducing realises profit against that average, and going through zero
        closes the old position and opens the new one at the fill's price.
        """
        change = fill.qty if fill.side is OrderSide.BUY else -fill.qty
        before, after = self.qty, self.qty + change
        realized = ZERO
        if before == 0 or (before > 0) == (change > 0):
            self.avg_price = (abs(before) * self.avg_price + fill.qty * fill.price) / abs(after)
        else:
            closed = min(abs(before), fill.qty)
            realized = closed * (fill.price - self.avg_price) * (1 if before > 0 else -1)
            if after == 0:
                self.avg_price = ZERO
            elif (after > 0) != (before > 0):
                self.avg_price = fill.price
        self.qty = after
        self.size = float(after)
        self.realized_pnl += realized
        self.commission += fill.commission
        return realized
