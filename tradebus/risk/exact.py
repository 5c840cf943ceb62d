"""exact: orders valued in Decimal, so that a limit means what it says to the last digit.

Prices of the market are floats. They are taken by their shortest text, so 0.1 is one tenth; a price that cannot be used
counts as infinite, so that no limit lets it pass.
"""

import math
from decimal import Context, Decimal

from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book

ZERO = Decimal(0)
INFINITE = Decimal("Infinity")
EXACT = Context(prec=100)
"""Wide enough that adding and taking back a value leaves nothing: 17 digits of a float price times a quantity."""


def exact(number: float | Decimal) -> Decimal:
    """Return a number in Decimal; infinity for NaN and for what is infinite."""
    if not math.isfinite(number):
        return INFINITE
    return number if isinstance(number, Decimal) else Decimal(repr(float(number)))


def order_price(order: OrderRequest) -> Decimal:
    """Return the highest price the order may be meant to trade at: of price, limit and stop; infinity if unusable.

    For a sale this is the larger liability, so one rule serves both sides.
    """
    highest = lowest = exact(order.price)
    for price in (order.limit_price, order.stop_price):
        if price is not None:
            asked = exact(price)
            highest, lowest = max(highest, asked), min(lowest, asked)
    return highest if lowest > 0 else INFINITE


def value_of(qty: Decimal, price: Decimal) -> Decimal:
    """Return quantity times price in dollars, without rounding; infinity if either is."""
    if not (qty.is_finite() and price.is_finite()):
        return INFINITE
    return EXACT.multiply(qty, price)


def resulting_qty(order: OrderRequest, account: Account, book: Book) -> Decimal:
    """Return the size of the position, without sign, if the order and all working orders of its side fill."""
    sign = order.side.sign
    if not order.qty.is_finite():
        return INFINITE
    return abs(account.position(order.symbol) + sign * (book.working_qty(order.symbol, sign) + order.qty))


def short_qty(order: OrderRequest, account: Account, book: Book) -> Decimal:
    """Return how much of an order would be sold short: the part of a sale beyond what its strategy holds and sells.

    Working sales of a symbol count whoever made them, for they may take the shares first.
    """
    if order.side.sign > 0 or order.is_exit:
        return ZERO
    if not order.qty.is_finite():
        return INFINITE
    held = account.position(order.symbol, order.strategy_id) - book.working_qty(order.symbol, -1)
    return max(order.qty - max(held, ZERO), ZERO)
