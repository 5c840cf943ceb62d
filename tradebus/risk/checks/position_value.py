"""position_value: POSITION_VALUE_LIMIT, |position + working orders + order| * price <= max_position_value."""

from decimal import Decimal

from tradebus.model.number import require_positive
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book
from tradebus.risk.checks.base import POSITION_VALUE_LIMIT, LimitCheck
from tradebus.risk.exact import exact, order_price, resulting_qty, value_of


class PositionValueCheck(LimitCheck):
    """Refuses an entry after which the account could hold too many dollars of its symbol.

    The whole position is valued at the highest of the order's price, limit and stop. Working orders of the same side
    count as filled.

    Args:
        max_position_value: Dollars, finite, > 0; the limit itself is allowed.

    Raises:
        InputError: If the limit is not above 0.
    """

    code = POSITION_VALUE_LIMIT
    unit = "dollars"

    def __init__(self, max_position_value: float) -> None:
        require_positive("max_position_value", max_position_value)
        self._limit = exact(max_position_value)

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        """Return (limit, value of the position if the order fills)."""
        return self._limit, value_of(resulting_qty(order, account, book), order_price(order))
