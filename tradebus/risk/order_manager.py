"""order_manager: validation and what follows from it: the working orders that the next validation must know."""

from tradebus.model.fill import Fill
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.risk.checks.trading_halted import TradingHaltedCheck
from tradebus.risk.validator import OrderValidator, ValidationResult
from tradebus.risk.working_orders import WorkingOrders


class OrderManager:
    """Lets orders out and keeps count of them until they end.

    Entries may be halted for several causes at once (the breaker, a pause, stale data); they go on when the last cause
    is gone. Exits are never halted.

    Args:
        validator: The checks. If none of them is a `TradingHaltedCheck`, one is put first.
        book: The working orders, where somebody else (sizing) must see them too; None makes a new one.

    Attributes:
        validator: The checks.
        book: The working orders.
    """

    def __init__(self, validator: OrderValidator, book: WorkingOrders | None = None) -> None:
        found = [check for check in validator.checks if isinstance(check, TradingHaltedCheck)]
        self._halted = found[0] if found else TradingHaltedCheck()
        self.validator = validator if found else OrderValidator((self._halted, *validator.checks))
        self.book = WorkingOrders() if book is None else book
        self._causes: dict[str, str] = {}

    @property
    def halted(self) -> str | None:
        """Why entries are refused; None while they are not."""
        return self._halted.halted

    def submit(self, order: OrderRequest, account: Account) -> ValidationResult:
        """Validate an order and, after a yes, count it as working."""
        result = self.validator.validate(order, account, self.book)
        if result.ok:
            self.book.add(order)
        return result

    def explain(self, order: OrderRequest, account: Account) -> ValidationResult:
        """Return what `submit` would, with every check's limit and value, without letting the order out."""
        return self.validator.explain(order, account, self.book)

    def on_acked(self, order: OrderRequest) -> None:
        """Count an order as working that the venue has and we did not approve: a bracket's child. Others are known."""
        self.book.add(order)

    def on_fill(self, fill: Fill) -> None:
        """Take a newly filled quantity off its order."""
        self.book.fill(fill.client_order_id, fill.qty)

    def on_end(self, client_order_id: str) -> None:
        """Forget an order that was cancelled, rejected, replaced or has expired; its id stays known."""
        self.book.drop(client_order_id)

    def halt(self, reason: str, cause: str = "operator") -> None:
        """Refuse entries from now on.

        Args:
            reason: Why, for people.
            cause: Who says so; the same cause must lift it.
        """
        self._causes[cause] = reason
        self._show()

    def resume(self, cause: str = "operator") -> None:
        """Lift the halt of one cause; entries go on when no other cause is left."""
        self._causes.pop(cause, None)
        self._show()

    def _show(self) -> None:
        self._halted.halted = "; ".join(self._causes.values()) or None
