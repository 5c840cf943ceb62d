"""per_order: one amount for each order that is filled at all."""

from decimal import Decimal

from tradebus.matching.commission import dollars
from tradebus.model.order import OrderRequest


class PerOrder:
    """Charges an order once, with its first execution.

    Args:
        amount: Dollars an order, >= 0; charged as given.

    Source: definition of a flat ticket charge; the amount is that of your broker's price list.
    """

    def __init__(self, amount: float) -> None:
        self._amount = dollars("amount", amount)

    def __str__(self) -> str:
        return f"{self._amount} dollars an order"

    def commission(
        self, order: OrderRequest, qty: Decimal, price: Decimal, *, is_maker: bool, filled_qty: Decimal
    ) -> Decimal:
        """Return the commission in dollars."""
        return Decimal(0) if filled_qty else self._amount
