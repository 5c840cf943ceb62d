"""fill: one execution of an order."""

from decimal import Decimal

import msgspec

from tradebus.model.order import OrderSide, OrderState


class Fill(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True, kw_only=True):
    """One execution.

    Attributes:
        time_ns: Market time, nanoseconds since the epoch, UTC.
        client_order_id: Whose fill it is.
        strategy_id: Whose position it changes.
        symbol: Canonical symbol.
        side: Buy or sell.
        qty: Shares or coins, > 0.
        price: Dollars, > 0.
        commission: Dollars, >= 0 (a rebate is negative).
        execution_id: The venue's id of the execution; made of order and filled quantity where it gives none.
        reason: Why the order was made.
        is_exit: Whether the order only reduces a position.
    """

    time_ns: int
    client_order_id: str
    strategy_id: str
    symbol: str
    side: OrderSide
    qty: Decimal
    price: Decimal
    commission: Decimal = Decimal(0)
    execution_id: str = ""
    reason: str = ""
    is_exit: bool = False


class OrderResult(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A broker's answer about an order.

    Attributes:
        order_id: The venue's id; empty if it never took the order.
        client_order_id: Ours.
        status: Where the order stands.
        fills: The executions known so far, oldest first.
        message: The venue's words; empty if it gave none.
    """

    order_id: str
    client_order_id: str
    status: OrderState
    fills: tuple[Fill, ...] = ()
    message: str = ""

    @property
    def filled_qty(self) -> Decimal:
        """Sum of the fills' quantities."""
        return sum((fill.qty for fill in self.fills), Decimal(0))
