"""trading_halted: TRADING_HALTED, no entries while the breaker is open or the session is paused."""

from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book, CheckResult
from tradebus.risk.checks.base import TRADING_HALTED


class TradingHaltedCheck:
    """Refuses entries while `halted` says why; exits always pass.

    Attributes:
        halted: The reason; None while trading goes on.
    """

    applies_to_exits = False

    def __init__(self) -> None:
        self.halted: str | None = None

    def validate(self, order: OrderRequest, account: Account, book: Book) -> CheckResult | None:
        """Return None while trading goes on."""
        if self.halted is None:
            return None
        return CheckResult(TRADING_HALTED, "exits only", f"an entry while halted ({self.halted})")

    def describe(self, order: OrderRequest, account: Account, book: Book) -> tuple[str, str]:
        """Return limit and value as text."""
        if self.halted is None:
            return "entries and exits", "an exit" if order.is_exit else "an entry"
        return "exits only", f"{'an exit' if order.is_exit else 'an entry'} while halted ({self.halted})"
