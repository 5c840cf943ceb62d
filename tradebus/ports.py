"""ports: what the parts of tradebus ask of each other, in protocols of at most three methods.

An implementation inherits nothing: it has the methods. Strategies and sizers have base classes too, for the convenience
of those who write one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.fill import Fill
from tradebus.model.order import Order, OrderRequest
from tradebus.model.portfolio import Account
from tradebus.model.signal import Signal
from tradebus.model.timeframe import Timeframe

if TYPE_CHECKING:
    import polars as pl


class Strategy(Protocol):
    """**Protocol:** looks at the market, one moment at a time, and says what it wishes."""

    def generate_signals(self, snapshot: MarketSnapshot) -> Sequence[Mapping[str, Any] | Signal]:
        """Return the wishes of this moment; an empty list for none. See `SignalDict` for the keys."""
        ...


class PositionSizer(Protocol):
    """**Protocol:** turns a wish into a quantity."""

    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        """Return shares or coins, >= 0 and not yet on the lot; 0 for no order."""
        ...


class Indicator(Protocol):
    """**Protocol:** one number (or a few) from the bars so far."""

    def update(self, bar: Bar) -> Any:
        """Take the next bar and return the value; None until there are enough bars."""
        ...


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A pre-trade check's no.

    Attributes:
        code: Stable name of the reason, as `INSUFFICIENT_CAPITAL`.
        limit: What is allowed, as text with its unit.
        value: What was asked, as text with its unit.
    """

    code: str
    limit: str
    value: str

    @property
    def detail(self) -> str:
        """One line for people."""
        return f"{self.value} against a limit of {self.limit}"


class Book(Protocol):
    """**Protocol:** what checks see of the orders that are approved and still work."""

    def working_qty(self, symbol: str, sign: int) -> Decimal:
        """Return the unfilled quantity of working buys (sign 1) or sells (-1) of a symbol."""
        ...

    def working_value(self, sign: int) -> float:
        """Return the value of all working entries of a side at the prices they were decided at, dollars."""
        ...

    def is_known(self, client_order_id: str) -> bool:
        """Return whether an order with this id was approved before."""
        ...


class Check(Protocol):
    """**Protocol:** a pre-trade check. One that counts orders has `approved(order)`, which hears of every yes.

    Attributes:
        applies_to_exits: Whether orders that only reduce a position are checked too.
    """

    applies_to_exits: bool

    def validate(self, order: OrderRequest, account: Account, book: Book) -> CheckResult | None:
        """Return None for yes, or the reason for no. Changes nothing but what it remembers of its own."""
        ...


class MatchingEngine(Protocol):
    """**Protocol:** a venue without I/O: bars and orders in, executions out."""

    def match(self, order: OrderRequest) -> Sequence[Any]:
        """Take an order, and return what happens to it at once."""
        ...

    def on_bar(self, bar: Bar) -> Sequence[Any]:
        """Take the next bar of a symbol, and return what it does to resting orders."""
        ...

    def cancel(self, client_order_id: str, reason: str) -> Sequence[Any]:
        """Cancel a resting order, and return what happens."""
        ...


class DataGateway(Protocol):
    """**Protocol:** where bars come from."""

    async def connect(self) -> None:
        """Get ready; may reach the network. Safe to call twice."""
        ...

    async def fetch_bars(
        self, symbol: str, timeframe: Timeframe, start: datetime | None, end: datetime | None
    ) -> "pl.DataFrame":
        """Return the checked bars of a symbol in the columns of `tradebus.storage.bar_table`.

        Args:
            symbol: Canonical symbol.
            timeframe: Length of the bars.
            start: First bar's start, inclusive, aware; None for the earliest.
            end: Last bar's start, inclusive, aware; None for the latest.

        Raises:
            NotFoundError: If there is no such symbol, or no bar in the range.
            DataError: If the bars cannot be true.
        """
        ...


class TradingGateway(Protocol):
    """**Protocol:** a broker."""

    async def submit_order(self, order: OrderRequest) -> Any:
        """Send an order once and return the broker's answer."""
        ...

    async def cancel_order(self, client_order_id: str) -> None:
        """Ask for a cancel."""
        ...

    async def get_positions(self) -> Mapping[str, Decimal]:
        """Return the signed quantity of every symbol held."""
        ...


class Orders(Protocol):
    """**Protocol:** what everyone but the order book sees of the orders."""

    def get(self, client_order_id: str) -> Order | None:
        """Return an order; None if it is not known (any more)."""
        ...


__all__ = [
    "Book",
    "Check",
    "CheckResult",
    "DataGateway",
    "Fill",
    "Indicator",
    "MatchingEngine",
    "Orders",
    "PositionSizer",
    "Strategy",
    "TradingGateway",
]
