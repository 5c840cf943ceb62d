"""orders: a wish, and what becomes of it: from the strategy, sizing, validation and the order book."""

from decimal import Decimal

from tradebus.events.base import Event, TimedEvent
from tradebus.model.fill import Fill
from tradebus.model.order import OrderRequest
from tradebus.model.signal import Signal


class SignalEvent(Signal, Event, frozen=True, gc=False, tag=True, array_like=True, kw_only=True):
    """A strategy wishes to trade."""


class OrderEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Family of what happens to orders."""


class OrderSized(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A wish has become an order with a quantity; it has not been checked."""

    order: OrderRequest


class OrderApproved(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The order passed every check and goes to the executor."""

    order: OrderRequest


VENUE = "VENUE"
"""Code of a rejection that came from the venue and not from one of our checks."""


class OrderRejected(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The order was refused by us (`code` is a check's) or by the venue (`VENUE`); nothing was filled."""

    order: OrderRequest
    code: str
    detail: str


class OrderAcked(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The venue has the order."""

    order: OrderRequest
    broker_order_id: str


class OrderCanceled(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The order ended before it was wholly filled."""

    order: OrderRequest
    filled_qty: Decimal
    reason: str


class OrderExpired(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The order's time in force ran out."""

    order: OrderRequest
    filled_qty: Decimal


class OrderReplaced(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The venue put another order in this one's place."""

    order: OrderRequest
    filled_qty: Decimal
    replaced_by: str


class SignalDeclined(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A signal came to no order: there was nothing to do, or the size came out as nothing.

    Attributes:
        strategy_id, symbol: Whose wish for what.
        code: Stable name of the reason, as `ZERO_QUANTITY`.
        detail: One line for people.
    """

    strategy_id: str
    symbol: str
    code: str
    detail: str


class CancelRequested(OrderEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Somebody wants a working order cancelled."""

    client_order_id: str
    symbol: str
    reason: str


class FillEvent(Fill, Event, frozen=True, gc=False, tag=True, array_like=True, kw_only=True):
    """A newly filled part of an order, counted once however often the venue tells of it."""
