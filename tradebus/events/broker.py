"""broker: what the venue says about our orders, as it says it: from the matcher or from a broker."""

from decimal import Decimal

from tradebus.events.base import TimedEvent


class BrokerEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Family of what the venue says about one of our orders, from the matcher or from a broker.

    Attributes:
        client_order_id: Which order.
    """

    client_order_id: str


class BrokerAccepted(BrokerEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The venue took the order."""

    broker_order_id: str


class BrokerFilled(BrokerEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The venue filled some of the order.

    Attributes:
        cum_qty: Filled so far.
        last_qty, last_price: The execution that this message tells of, quantity and dollars.
        avg_price: Average price of all that was filled so far; None where the venue does not say.
        commission: Commission of this execution, dollars.
        execution_id: The venue's id of the execution; may be empty.
    """

    cum_qty: Decimal
    last_qty: Decimal
    last_price: Decimal
    avg_price: Decimal | None = None
    commission: Decimal = Decimal(0)
    execution_id: str = ""


class BrokerCanceled(BrokerEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The venue cancelled the rest of the order."""

    reason: str


class BrokerExpired(BrokerEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The venue ended the order because its time in force ran out."""


class BrokerRejected(BrokerEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The venue refused the order."""

    reason: str


class BrokerReplaced(BrokerEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The venue put another order in this one's place."""

    replaced_by: str


class BrokerUnknown(BrokerEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The outcome of a request to the venue is not known."""

    reason: str
