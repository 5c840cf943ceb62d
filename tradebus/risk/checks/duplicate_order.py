"""duplicate_order: DUPLICATE_ORDER, an order that was approved before is not approved again."""

from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book, CheckResult
from tradebus.risk.checks.base import DUPLICATE_ORDER


class DuplicateOrderCheck:
    """Refuses a `client_order_id` that is known; exits too, for an exit sold twice is a short position."""

    applies_to_exits = True
    _limit = "each client_order_id once"

    def validate(self, order: OrderRequest, account: Account, book: Book) -> CheckResult | None:
        """Return None for an id that is new."""
        if not book.is_known(order.client_order_id):
            return None
        return CheckResult(DUPLICATE_ORDER, self._limit, f"{order.client_order_id} again")

    def describe(self, order: OrderRequest, account: Account, book: Book) -> tuple[str, str]:
        """Return limit and value as text."""
        return self._limit, f"{order.client_order_id} {'again' if book.is_known(order.client_order_id) else 'is new'}"
