"""events: every fact that crosses the bus.

Families end in `Event`; a service that consumes a family hears all its members. Members are past participles. Events
are
frozen and cheap to build (a `msgspec.Struct` is built ten times faster than a frozen dataclass), they hold values only,
and they round-trip through MessagePack and JSON exactly. `time_ns` is market time in nanoseconds since the epoch, UTC.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from tradebus.model.bar import Bar, MarketDataPoint
from tradebus.model.fill import Fill
from tradebus.model.order import OrderRequest
from tradebus.model.signal import Signal
from tradebus.model.time import to_datetime


class Event(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True):
    """Base of all events; to consume it is to hear everything."""


class TimedEvent(Event, frozen=True, gc=False, tag=True, array_like=True):
    """Base of the events that are nothing more than a moment and what is added to it.

    Attributes:
        time_ns: Market time, nanoseconds since the epoch, UTC.
    """

    time_ns: int

    @property
    def time(self) -> datetime:
        """Market time, aware, UTC."""
        return to_datetime(self.time_ns)


# Market data, from the feed.


class BarEvent(Bar, Event, frozen=True, gc=False, tag=True, array_like=True):
    """A bar closed. The event is the bar itself, so that nothing is built twice on the hot path."""


class TickEvent(MarketDataPoint, Event, frozen=True, gc=False, tag=True, array_like=True):
    """A trade or quote arrived."""


class SnapshotEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """All bars of this moment are out: the strategy's turn."""


class StepEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """All consequences of this moment have settled: time to value the books."""


class SignalEvent(Signal, Event, frozen=True, gc=False, tag=True, array_like=True, kw_only=True):
    """A strategy wishes to trade."""


# Orders.


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


# The venue, as it said it.


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


# Books and risk.


class PortfolioEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The books were valued.

    Attributes:
        equity: Cash and positions, dollars.
        cash: Dollars.
        exposure: Sum of the absolute market values, dollars.
    """

    equity: float
    cash: float
    exposure: float


class RiskEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Family of what risk management sees and does."""


class StopTriggered(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A protective stop was touched: the position must be closed.

    Attributes:
        strategy_id, symbol: Whose position of what.
        stop: Which protection, as `position_stop`.
        level: Price of the stop in dollars; None for an exit at the market (a portfolio-wide protection).
        price: Price that touched it, dollars.
    """

    strategy_id: str
    symbol: str
    stop: str
    level: float | None
    price: float


class LimitBreached(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A portfolio-wide limit was breached.

    Attributes:
        limit: Which protection, as `max_drawdown`.
        value: What was measured, a fraction.
        bound: What was allowed, a fraction.
    """

    limit: str
    value: float
    bound: float


class BreakerTripped(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The circuit breaker opened: entries are refused, exits pass."""

    reason: str


class BreakerReset(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The circuit breaker was closed by hand."""

    reason: str


class DataStale(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """No fresh data of a symbol for longer than allowed."""

    symbol: str
    age_s: float


# Control and system.


class ControlEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Family of what the operator asks for.

    Attributes:
        who: Who asked.
        reason: Why.
    """

    who: str
    reason: str


class Paused(ControlEvent, frozen=True, gc=False, tag=True, array_like=True):
    """No entries until resumed."""


class Resumed(ControlEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Entries are allowed again."""


class FlattenRequested(ControlEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Close every position."""


class Halted(ControlEvent, frozen=True, gc=False, tag=True, array_like=True):
    """No orders at all but cancels."""


class SystemEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Family of what the session itself does."""


class SessionStarted(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The session began.

    Attributes:
        mode: Which wiring.
        symbols: What it trades.
        cash: What it begins with, dollars.
    """

    mode: str
    symbols: tuple[str, ...]
    cash: Decimal


class SessionClosing(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The feed has come to its end. Working orders are cancelled; `flatten` says whether positions are closed too."""

    flatten: bool


class SessionEnded(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The last event of a session that ended in order."""

    reason: str


class Recovered(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Books and orders agree with the broker's after a start."""

    detail: str


class FeedInterrupted(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Market data stopped."""

    feed: str
    reason: str


class FeedResumed(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Market data flows again and the gap is filled."""

    feed: str


class MarketOpened(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A market's session began."""

    market: str


class MarketClosed(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A market's session ended."""

    market: str


class ServiceRestarted(SystemEvent, frozen=True, gc=False, tag=True, array_like=True):
    """An edge service failed and was started again.

    Attributes:
        service: Its name.
        error: What it raised.
        failures: How often it failed within the window of its restart rule.
    """

    service: str
    error: str
    failures: int


MARKET_DATA: tuple[type[Event], ...] = (BarEvent, TickEvent, SnapshotEvent, StepEvent, PortfolioEvent)
"""The types of which only the newest matters to a consumer that lags; all others are never dropped."""


def members(family: type[Event]) -> tuple[type[Event], ...]:
    """Return every concrete event of a family (an event without members is its own), in the order of this file."""
    below = family.__subclasses__()
    return tuple(member for child in below for member in members(child)) if below else (family,)


Member = (
    BarEvent
    | TickEvent
    | SnapshotEvent
    | StepEvent
    | SignalEvent
    | OrderSized
    | OrderApproved
    | OrderRejected
    | OrderAcked
    | OrderCanceled
    | OrderExpired
    | OrderReplaced
    | SignalDeclined
    | CancelRequested
    | FillEvent
    | BrokerAccepted
    | BrokerFilled
    | BrokerCanceled
    | BrokerExpired
    | BrokerRejected
    | BrokerReplaced
    | BrokerUnknown
    | PortfolioEvent
    | StopTriggered
    | LimitBreached
    | BreakerTripped
    | BreakerReset
    | DataStale
    | Paused
    | Resumed
    | FlattenRequested
    | Halted
    | SessionStarted
    | SessionClosing
    | SessionEnded
    | Recovered
    | FeedInterrupted
    | FeedResumed
    | MarketOpened
    | MarketClosed
    | ServiceRestarted
)
"""Every concrete event, as a union that msgspec can decode."""
