"""rate_limit: RATE_LIMIT_GLOBAL, at most so many approved orders within 60 seconds."""

from collections import deque
from decimal import Decimal

from tradebus.model.number import require_count
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.model.time import MINUTE_NS
from tradebus.ports import Book
from tradebus.risk.checks.base import RATE_LIMIT_GLOBAL, LimitCheck


class OrderWindow:
    """Times of the last approved orders: how many lie within the minute that ends now.

    Only as many are kept as are needed to say no, so it cannot grow. An order exactly 60 seconds old is out. Market
    time does not run backwards; if it did, older orders would count too long and never too short.
    """

    __slots__ = ("_times",)

    def __init__(self, max_orders: int) -> None:
        self._times: deque[int] = deque(maxlen=max_orders)

    def add(self, time_ns: int) -> None:
        """Take note of an order."""
        self._times.append(time_ns)

    def count(self, now_ns: int) -> int:
        """Return how many orders of the last 60 seconds are known, at most as many as are kept."""
        times, oldest = self._times, now_ns - MINUTE_NS
        while times and times[0] <= oldest:
            times.popleft()
        return len(times)


class RateLimitCheck(LimitCheck):
    """Refuses an entry that would be one too many within a minute of market time, over all symbols.

    Exits are counted and never refused, so a storm of exits stops entries and not itself.

    Args:
        max_orders_per_minute: At least 1.

    Raises:
        InputError: If it is less than 1 or not whole.
    """

    code = RATE_LIMIT_GLOBAL
    unit = "orders in 60 seconds"

    def __init__(self, max_orders_per_minute: int) -> None:
        require_count("max_orders_per_minute", max_orders_per_minute)
        self._limit = Decimal(max_orders_per_minute)
        self._window = OrderWindow(max_orders_per_minute)

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        """Return (limit, orders in the window with this one)."""
        return self._limit, Decimal(self._window.count(order.time_ns) + 1)

    def approved(self, order: OrderRequest) -> None:
        """Count an approved order, an exit too."""
        self._window.add(order.time_ns)
