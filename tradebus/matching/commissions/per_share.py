"""per_share: qty x rate, but at least a minimum for each order.

commission = max(minimum, rate * filled) - what the order has paid before
"""

from decimal import Decimal

from tradebus.matching.commission import dollars, to_step
from tradebus.model.order import OrderRequest


class PerShare:
    """Charges for every share or coin, whoever took the other side.

    The minimum is one of the order, not of each execution: an order filled in ten parts pays what it would pay in one.
    Rounded to a millionth of a dollar.

    Args:
        rate: Dollars a share or coin, >= 0.
        minimum: Least dollars an order pays, >= 0.

    Source: the usual form of per-share price lists, for instance Interactive Brokers' fixed one for US stocks (0.005
    dollars a share, at least 1 dollar an order); the rates are those of your broker's list.
    """

    def __init__(self, rate: float, minimum: float = 0.0) -> None:
        self._rate, self._minimum = dollars("rate", rate), dollars("minimum", minimum)

    def __str__(self) -> str:
        least = f", at least {self._minimum} an order" if self._minimum else ""
        return f"{self._rate} dollars a share{least}"

    def commission(
        self, order: OrderRequest, qty: Decimal, price: Decimal, *, is_maker: bool, filled_qty: Decimal
    ) -> Decimal:
        """Return the commission in dollars."""
        return self._paid(filled_qty + qty) - self._paid(filled_qty)

    def _paid(self, qty: Decimal) -> Decimal:
        return max(self._minimum, to_step(self._rate * qty)) if qty else Decimal(0)
