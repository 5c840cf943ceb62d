"""position_size: POSITION_SIZE_LIMIT, |position + working orders + order| <= max_position_size."""

from decimal import Decimal

from tradebus.model.number import require_positive
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book
from tradebus.risk.checks.base import POSITION_SIZE_LIMIT, LimitCheck
from tradebus.risk.exact import exact, resulting_qty


class PositionSizeCheck(LimitCheck):
    """Refuses an entry after which the account could hold too many shares or coins of its symbol.

    Working orders of the same side count as filled, those of the other side do not: the worst that can happen.

    Args:
        max_position_size: Shares or coins, finite, > 0; the limit itself is allowed.

    Raises:
        InputError: If the limit is not above 0.
    """

    code = POSITION_SIZE_LIMIT
    unit = "shares"

    def __init__(self, max_position_size: float) -> None:
        require_positive("max_position_size", max_position_size)
        self._limit = exact(max_position_size)

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        """Return (limit, size of the position if the order fills)."""
        return self._limit, resulting_qty(order, account, book)
