"""total_exposure: TOTAL_EXPOSURE_LIMIT, exposure + working entries + order <= max_total_exposure."""

from decimal import Decimal

from tradebus.errors import InputError
from tradebus.model.number import require_positive
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book
from tradebus.risk.checks.base import TOTAL_EXPOSURE_LIMIT, LimitCheck
from tradebus.risk.exact import INFINITE, ZERO, exact, order_price, value_of


class TotalExposureCheck(LimitCheck):
    """Refuses an entry after which all positions together, long and short, could be worth too much.

    Args:
        max_total_exposure: Dollars, finite, > 0, the limit itself is allowed; None for no limit in dollars.
        max_exposure_pct: Fraction of the equity, > 0, above 1 for leverage (1.5 is 150 %); None for no such limit.

    Raises:
        InputError: If a limit is not above 0, or neither is given.
    """

    code = TOTAL_EXPOSURE_LIMIT
    unit = "dollars"

    def __init__(self, max_total_exposure: float | None = None, max_exposure_pct: float | None = None) -> None:
        if max_total_exposure is not None:
            require_positive("max_total_exposure", max_total_exposure)
        if max_exposure_pct is not None:
            require_positive("max_exposure_pct", max_exposure_pct)
        if max_total_exposure is None and max_exposure_pct is None:
            raise InputError("max_total_exposure", None, "no limit is given", "give dollars or max_exposure_pct")
        self._dollars = INFINITE if max_total_exposure is None else exact(max_total_exposure)
        self._share = None if max_exposure_pct is None else exact(max_exposure_pct)

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        """Return (limit, exposure if the order and all working entries fill)."""
        limit = self._dollars
        if self._share is not None:
            equity = exact(account.equity)
            limit = min(limit, max(equity * self._share, ZERO) if equity.is_finite() else ZERO)
        working = exact(book.working_value(1)) + exact(book.working_value(-1))
        return limit, exact(account.exposure()) + working + value_of(order.qty, order_price(order))
