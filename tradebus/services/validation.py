"""validation: OrderSized -> OrderApproved | OrderRejected.

The last gate before the executor. It counts what it approved against every limit until the order has ended, and closes
for entries (not for exits) while the breaker is open or the operator has paused. After Halted nothing passes any more
in this session, exits neither.
"""

from tradebus.bus import Core, Publish
from tradebus.events import (
    VENUE,
    BreakerReset,
    BreakerTripped,
    Event,
    FillEvent,
    Halted,
    OrderAcked,
    OrderApproved,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderSized,
    Paused,
    Resumed,
)
from tradebus.model.portfolio import Account
from tradebus.risk.checks.base import TRADING_HALTED
from tradebus.risk.order_manager import OrderManager


class ValidationService:
    """Lets orders pass or refuses them with a code."""

    name = "validation"
    consumes: tuple[type[Event], ...] = (
        OrderSized,
        OrderAcked,
        FillEvent,
        OrderCanceled,
        OrderExpired,
        OrderReplaced,
        OrderRejected,
        BreakerTripped,
        BreakerReset,
        Paused,
        Resumed,
        Halted,
    )
    publishes: tuple[type[Event], ...] = (OrderApproved, OrderRejected)

    def __init__(self, manager: OrderManager, account: Account) -> None:
        self._manager = manager
        self._account = account

    def run(self, publish: Publish) -> Core:
        """Check every order and follow what becomes of it."""
        manager, account = self._manager, self._account
        halted = ""
        while True:
            event = yield
            match event:
                case OrderSized(time_ns, order) if halted:
                    publish(OrderRejected(time_ns, order, TRADING_HALTED, halted))
                case OrderSized(time_ns, order):
                    result = manager.submit(order, account)
                    if result.ok:
                        publish(OrderApproved(time_ns, order))
                    else:
                        publish(OrderRejected(time_ns, order, result.code, result.detail))
                case FillEvent():
                    manager.on_fill(event)
                case OrderAcked():
                    manager.on_acked(event.order)
                case BreakerTripped():
                    manager.halt(event.reason, "breaker")
                case BreakerReset():
                    manager.resume("breaker")
                case Paused():
                    manager.halt(event.reason)
                case Halted():
                    halted = event.reason or "halted"
                case Resumed():
                    manager.resume()
                case OrderRejected() if event.code != VENUE:
                    # Our own no: the order was never counted, and a duplicate of it may be.
                    continue
                case _:
                    manager.on_end(event.order.client_order_id)
