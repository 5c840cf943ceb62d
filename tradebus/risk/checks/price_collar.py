"""price_collar: PRICE_COLLAR, |limit or stop price - last price| <= max_price_deviation_pct * last price."""

from decimal import Decimal

from tradebus.model.number import require_proper_fraction
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book
from tradebus.risk.checks.base import PRICE_COLLAR, LimitCheck
from tradebus.risk.exact import INFINITE, ZERO, exact


class PriceCollarCheck(LimitCheck):
    """Refuses an entry whose limit or stop price lies far from the last price: the slip of a finger or of a decimal.

    Where no last price is known, the price at which the order was decided stands in for it. Take-profit and stop-loss
    prices of a bracket are meant to be far away and are not looked at.

    Args:
        max_price_deviation_pct: Fraction of the last price, in (0, 1); the limit itself is allowed.

    Raises:
        InputError: If it is not a fraction below 1.

    Source:
        SEC Rule 15c3-5 (c)(1)(ii), market access: reject orders that exceed price parameters.
    """

    code = PRICE_COLLAR
    unit = "dollars from the last price"

    def __init__(self, max_price_deviation_pct: float) -> None:
        require_proper_fraction("max_price_deviation_pct", max_price_deviation_pct)
        self._share = exact(max_price_deviation_pct)

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        """Return (largest distance allowed, distance of the price that is farther away), in dollars."""
        prices = [exact(price) for price in (order.limit_price, order.stop_price) if price is not None]
        if not prices:
            return ZERO, ZERO
        known = account.price(order.symbol)
        last = exact(order.price if known is None else known)
        if not last.is_finite():
            return ZERO, INFINITE
        return last * self._share, max(abs(price - last) for price in prices)
