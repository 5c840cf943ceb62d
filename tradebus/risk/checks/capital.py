"""capital: INSUFFICIENT_CAPITAL, an order may not cost more than the cash that is free for it.

buy:         value <= cash - working entries - 2 * value of the shorts
short sale:  value <= equity - exposure - working entries
"""

from decimal import Decimal

from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book
from tradebus.risk.checks.base import INSUFFICIENT_CAPITAL, LimitCheck
from tradebus.risk.exact import ZERO, exact, order_price, short_qty, value_of


class CapitalCheck(LimitCheck):
    """Refuses an entry that the account cannot pay for.

    An order is valued at the highest of its price, limit and stop, without commission and slippage: those are the
    venue's, which refuses what it cannot settle. Working entries of both sides hold their value reserved. A short sale
    must be covered by equity that nothing else ties up, and its proceeds are not for buying: they lie in the cash
    once, and as much again is held as cover, hence twice the value of the shorts. So nothing is ever bought on
    margin. A sale of what is held needs no capital.
    """

    code = INSUFFICIENT_CAPITAL
    unit = "dollars"

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        """Return (dollars that are free, dollars that the order needs)."""
        price = order_price(order)
        reserved = exact(book.working_value(1)) + exact(book.working_value(-1))
        if order.side.sign > 0:
            return _free(account.cash, reserved + 2 * _shorts(account)), value_of(order.qty, price)
        short = short_qty(order, account, book)
        if not short:
            return _free(account.cash, ZERO), ZERO
        return _free(exact(account.equity), exact(account.exposure()) + reserved), value_of(short, price)


def _free(owned: Decimal, tied: Decimal) -> Decimal:
    if not (owned.is_finite() and tied.is_finite()):
        return ZERO
    return max(owned - tied, ZERO)


def _shorts(account: Account) -> Decimal:
    values = (position.market_value for _, position in account.positions() if position.size < 0)
    return sum((exact(-value) for value in values), ZERO)
