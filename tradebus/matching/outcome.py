"""outcome: what the matching engine says about an order, one value for each kind of news.

The fields of each are those of the broker event of the same name, in the same order.
"""

from decimal import Decimal

import msgspec


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """The venue has the order and it works.

    Attributes:
        time_ns: Market time, nanoseconds since the epoch, UTC.
        client_order_id: Whose news it is.
        venue_order_id: The venue's id: `v` and a number, counted per engine.
    """

    time_ns: int
    client_order_id: str
    venue_order_id: str


class Filled(msgspec.Struct, frozen=True, gc=False):
    """Some of the order was filled.

    Attributes:
        time_ns: Market time, nanoseconds since the epoch, UTC.
        client_order_id: Whose news it is.
        cum_qty: Shares or coins filled so far, this execution included.
        last_qty: Shares or coins of this execution, > 0.
        last_price: Dollars, > 0, on the instrument's `price_step`.
        avg_price: Average price of all fills of the order in dollars, on the instrument's `price_step`.
        commission: Dollars, of this execution.
        execution_id: `x` and a number, counted per engine.
    """

    time_ns: int
    client_order_id: str
    cum_qty: Decimal
    last_qty: Decimal
    last_price: Decimal
    avg_price: Decimal
    commission: Decimal
    execution_id: str


class Canceled(msgspec.Struct, frozen=True, gc=False):
    """The rest of the order was cancelled.

    Attributes:
        time_ns: Market time, nanoseconds since the epoch, UTC.
        client_order_id: Whose news it is.
        reason: Why, for people.
    """

    time_ns: int
    client_order_id: str
    reason: str


class Expired(msgspec.Struct, frozen=True, gc=False):
    """The order's session is over.

    Attributes:
        time_ns: Market time of the bar that showed it, nanoseconds since the epoch, UTC.
        client_order_id: Whose news it is.
    """

    time_ns: int
    client_order_id: str


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """The order was refused; nothing of it was filled.

    Attributes:
        time_ns: Market time, nanoseconds since the epoch, UTC.
        client_order_id: Whose news it is.
        reason: Why, and what would be taken instead.
    """

    time_ns: int
    client_order_id: str
    reason: str


type Outcome = Accepted | Filled | Canceled | Expired | Rejected
