"""base: what the checks that compare one number with one limit have in common."""

from decimal import Decimal
from typing import ClassVar

from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book, CheckResult

INVALID_ORDER = "INVALID_ORDER"
DUPLICATE_ORDER = "DUPLICATE_ORDER"
TRADING_HALTED = "TRADING_HALTED"
MARKET_CLOSED = "MARKET_CLOSED"
SHORT_NOT_ALLOWED = "SHORT_NOT_ALLOWED"
PRICE_COLLAR = "PRICE_COLLAR"
RATE_LIMIT_GLOBAL = "RATE_LIMIT_GLOBAL"
RATE_LIMIT_SYMBOL = "RATE_LIMIT_SYMBOL"
INSUFFICIENT_CAPITAL = "INSUFFICIENT_CAPITAL"
POSITION_SIZE_LIMIT = "POSITION_SIZE_LIMIT"
POSITION_VALUE_LIMIT = "POSITION_VALUE_LIMIT"
TOTAL_EXPOSURE_LIMIT = "TOTAL_EXPOSURE_LIMIT"


class LimitCheck:
    """A check that measures one number: at most the limit passes, above it does not.

    Attributes:
        code: Stable name of the reason.
        unit: Of what is measured, for people.
        applies_to_exits: Whether orders that only reduce a position are checked too.
    """

    code: ClassVar[str]
    unit: ClassVar[str]
    applies_to_exits: bool = False

    def measure(self, order: OrderRequest, account: Account, book: Book) -> tuple[Decimal, Decimal]:
        """Return (limit, value) for an order; neither is NaN, a value that cannot be known is infinite."""
        raise NotImplementedError

    def validate(self, order: OrderRequest, account: Account, book: Book) -> CheckResult | None:
        """Return None if the value is at most the limit, else the reason for no."""
        limit, value = self.measure(order, account, book)
        # An infinite value never passes, not even against an infinite limit.
        if value <= limit and value.is_finite():
            return None
        return CheckResult(self.code, self._text(limit), self._text(value))

    def describe(self, order: OrderRequest, account: Account, book: Book) -> tuple[str, str]:
        """Return limit and value as text, for the explanation of an order that passed too."""
        limit, value = self.measure(order, account, book)
        return self._text(limit), self._text(value)

    def _text(self, number: Decimal) -> str:
        if not number.is_finite():
            return f"unknown {self.unit}"
        # Eight decimals are the finest lot.
        return f"{trimmed(round(number, 8))} {self.unit}"


def trimmed(number: Decimal) -> str:
    """Return a number with thousands commas and without zeros at its end."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
