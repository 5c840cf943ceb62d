"""order_book: OrderSized, OrderApproved, OrderRejected, BrokerEvent -> OrderAcked, FillEvent, OrderCanceled, ...

The one owner of every order's state, in all modes. What the venue says is compared with what is known: a message seen
twice, late or out of order changes nothing, for a fill counts only by how much it raises the filled quantity.
"""

from collections import deque
from decimal import Decimal

from tradebus.bus import Core, Publish
from tradebus.errors import OrderError
from tradebus.events import (
    VENUE,
    BrokerAccepted,
    BrokerCanceled,
    BrokerEvent,
    BrokerExpired,
    BrokerFilled,
    BrokerRejected,
    BrokerReplaced,
    BrokerUnknown,
    Event,
    FillEvent,
    OrderAcked,
    OrderApproved,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderSized,
)
from tradebus.model.order import Order, OrderRequest, OrderState
from tradebus.model.time import DAY_NS

_UNACKED = (OrderState.SENT, OrderState.UNKNOWN)


class OrderBook:
    """Every order of the session and where it stands.

    Ended orders stay for 24 hours of market time, for late fills, and then leave memory.
    """

    name = "order book"
    consumes: tuple[type[Event], ...] = (OrderSized, OrderApproved, OrderRejected, BrokerEvent)
    publishes: tuple[type[Event], ...] = (
        OrderAcked,
        OrderRejected,
        OrderCanceled,
        OrderExpired,
        OrderReplaced,
        FillEvent,
    )

    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}
        self._ended: deque[tuple[int, str]] = deque()

    def get(self, client_order_id: str) -> Order | None:
        """Return an order; None if it is not known (any more)."""
        return self._orders.get(client_order_id)

    def run(self, publish: Publish) -> Core:
        """Register orders and move them by what the venue says."""
        while True:
            event = yield
            kind = type(event)
            if kind is OrderSized:
                self._admit(event.order)
                self._forget(event.time_ns)
            elif kind is OrderApproved:
                for request in (event.order, *event.order.children()):
                    order = self._admit(request)
                    order.move(OrderState.INTENT, event.time_ns)
                    order.move(OrderState.SENT, event.time_ns)
            elif kind is OrderRejected:
                self._refuse(event)
            else:
                self._hear(event, publish)

    def _admit(self, request: OrderRequest) -> Order:
        """Return the order of an id, which lives on when a duplicate comes; one that was refused makes room for it."""
        order = self._orders.get(request.client_order_id)
        if order is None or order.state is OrderState.REJECTED:
            order = self._orders[request.client_order_id] = Order(request)
        return order

    def _refuse(self, event: OrderRejected) -> None:
        order = self._orders.get(event.order.client_order_id)
        # A duplicate is refused without touching the first, which was sent; our own news of a venue's no comes back.
        if order is not None and order.state is OrderState.NEW:
            order.move(OrderState.REJECTED, event.time_ns)
            self._end(order)

    def _hear(self, event: BrokerEvent, publish: Publish) -> None:
        order = self._orders.get(event.client_order_id)
        if order is None:
            raise OrderError(f"{type(event).__name__} is about order {event.client_order_id}, which nobody made")
        match event:
            case BrokerFilled():
                self._fill(order, event, publish)
            case BrokerAccepted():
                self._accept(order, event, publish)
            case BrokerUnknown():
                if not order.state.is_terminal:
                    order.move(OrderState.UNKNOWN, event.time_ns)
            case _:
                if not order.state.is_terminal:
                    publish(self._finish(order, event))
                    self._end(order)

    def _accept(self, order: Order, event: BrokerAccepted, publish: Publish) -> None:
        is_first = not order.broker_order_id
        if is_first:
            order.broker_order_id = event.broker_order_id
        if order.state in _UNACKED:
            order.move(OrderState.PARTIALLY_FILLED if order.filled_qty else OrderState.ACKED, event.time_ns)
            if is_first:
                publish(OrderAcked(event.time_ns, order.request, event.broker_order_id))

    def _fill(self, order: Order, event: BrokerFilled, publish: Publish) -> None:
        before = order.filled_qty
        price = event.last_price
        missed = event.cum_qty - before
        if missed > event.last_qty and event.avg_price is not None:
            # An execution before this one never reached us: price what is new so that the average comes out right.
            price = (event.avg_price * event.cum_qty - (order.avg_price or Decimal(0)) * before) / missed
        qty = order.fill_to(event.cum_qty, price, event.time_ns)
        if not qty:
            return
        request = order.request
        publish(
            FillEvent(
                time_ns=event.time_ns,
                client_order_id=request.client_order_id,
                strategy_id=request.strategy_id,
                symbol=request.symbol,
                side=request.side,
                qty=qty,
                price=price,
                commission=event.commission,
                execution_id=event.execution_id or f"{request.client_order_id}:{event.cum_qty}",
                reason=request.reason,
                is_exit=request.is_exit,
            )
        )
        if order.state.is_terminal:
            self._end(order)

    def _finish(self, order: Order, event: BrokerEvent) -> OrderEvent:
        now, request, filled = event.time_ns, order.request, order.filled_qty
        match event:
            case BrokerCanceled():
                order.move(OrderState.CANCELED, now)
                return OrderCanceled(now, request, filled, event.reason)
            case BrokerExpired():
                order.move(OrderState.EXPIRED, now)
                return OrderExpired(now, request, filled)
            case BrokerReplaced():
                order.move(OrderState.REPLACED, now)
                return OrderReplaced(now, request, filled, event.replaced_by)
            case BrokerRejected():
                order.move(OrderState.REJECTED, now)
                return OrderRejected(now, request, VENUE, event.reason)
            case _:
                raise OrderError(f"{type(event).__name__} is no end of an order")

    def _end(self, order: Order) -> None:
        self._ended.append((order.changed_ns, order.request.client_order_id))

    def _forget(self, now_ns: int) -> None:
        ended = self._ended
        while ended and ended[0][0] < now_ns - DAY_NS:
            _, order_id = ended.popleft()
            order = self._orders.get(order_id)
            if order is not None and order.changed_ns < now_ns - DAY_NS:
                del self._orders[order_id]
