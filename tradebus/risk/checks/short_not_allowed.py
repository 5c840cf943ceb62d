"""short_not_allowed: SHORT_NOT_ALLOWED, no sale of what is not held unless that is wanted and possible."""

from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book, CheckResult
from tradebus.risk.checks.base import SHORT_NOT_ALLOWED
from tradebus.risk.exact import short_qty


class ShortNotAllowedCheck:
    """Refuses an entry that sells more than its strategy holds, where short sales are off or not possible.

    Args:
        instruments: Which say whether they are shortable.
        allow_short: Whether the account sells short at all; even then only whole shares.

    Source:
        Alpaca takes no short sales of crypto and none of fractions of a share (docs.alpaca.markets, margin and short
        selling, fractional trading; read 2026-06-24).
    """

    applies_to_exits = False

    def __init__(self, instruments: Instruments, *, allow_short: bool = False) -> None:
        self._instruments = instruments
        self._allow_short = allow_short

    def validate(self, order: OrderRequest, account: Account, book: Book) -> CheckResult | None:
        """Return None for what is held, and for short sales where they are allowed."""
        short = short_qty(order, account, book)
        if not short:
            return None
        if not self._allow_short:
            limit = "long positions only"
        elif not self._instruments[order.symbol].shortable:
            limit = f"{order.symbol} long only"
        elif not short.is_finite() or short % 1:
            limit = "short sales of whole shares"
        else:
            return None
        return CheckResult(SHORT_NOT_ALLOWED, limit, f"{short} sold short")

    def describe(self, order: OrderRequest, account: Account, book: Book) -> tuple[str, str]:
        """Return limit and value as text."""
        limit = "short sales allowed" if self._allow_short else "long positions only"
        return limit, f"{short_qty(order, account, book)} sold short"
