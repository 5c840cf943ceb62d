"""symbol_rate_limit: RATE_LIMIT_SYMBOL, at most so many approved orders of one symbol within 60 seconds."""

from decimal import Decimal

from tradebus.model.number import require_count
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book
from tradebus.risk.checks.base import RATE_LIMIT_SYMBOL, LimitCheck
from tradebus.risk.checks.rate_limit import OrderWindow


class SymbolRateLimitCheck(LimitCheck):
    """Refuses an entry that would be one too many of its symbol within a minute of market time.

    Exits are counted and never refused. There is one window per symbol traded, so it is bounded by the session's
    symbols.

    Args:
        max_orders_per_symbol_per_minute: At least 1.

    Raises:
        InputError: If it is less than 1 or not whole.
    """

    code = RATE_LIMIT_SYMBOL
    unit = "orders of the symbol in 60 seconds"

    def __init__(self, max_orders_per_symbol_per_minute: int) -> None:
        require_count("max_orders_per_symbol_per_minute", max_orders_per_symbol_per_minute)
        self._max_orders = max_orders_per_symbol_per_minute
        self._limit = Decimal(max_orders_per_symbol_per_minute)
        self._windows: dict[str, OrderWindow] = {}

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        """Return (limit, orders of the symbol in the window with this one)."""
        window = self._windows.get(order.symbol)
        return self._limit, Decimal(1 if window is None else window.count(order.time_ns) + 1)

    def approved(self, order: OrderRequest) -> None:
        """Count an approved order, an exit too."""
        window = self._windows.get(order.symbol)
        if window is None:
            window = self._windows[order.symbol] = OrderWindow(self._max_orders)
        window.add(order.time_ns)
