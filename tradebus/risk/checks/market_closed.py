"""market_closed: MARKET_CLOSED, entries only while the instrument trades."""

from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.model.time import iso
from tradebus.ports import Book, CheckResult
from tradebus.risk.checks.base import MARKET_CLOSED


class MarketClosedCheck:
    """Refuses an entry decided outside the trading hours of its instrument.

    The instants of the open and of the close belong to the session. Holidays are the calendar's business.

    Args:
        instruments: Which say when they trade.
    """

    applies_to_exits = False

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    def validate(self, order: OrderRequest, account: Account, book: Book) -> CheckResult | None:
        """Return None while the market is open."""
        instrument = self._instruments[order.symbol]
        if instrument.is_open(order.time_ns):
            return None
        return CheckResult(MARKET_CLOSED, f"{instrument.hours} hours", iso(order.time_ns))

    def describe(self, order: OrderRequest, account: Account, book: Book) -> tuple[str, str]:
        """Return limit and value as text."""
        return f"{self._instruments[order.symbol].hours} hours", iso(order.time_ns)
