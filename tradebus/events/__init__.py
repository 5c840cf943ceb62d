"""events: every fact that crosses the bus.

Families end in `Event`; a service that consumes a family hears all its members. Members are past participles. Events
are
frozen and cheap to build (a `msgspec.Struct` is built ten times faster than a frozen dataclass), they hold values only,
and they round-trip through MessagePack and JSON exactly. `time_ns` is market time in nanoseconds since the epoch, UTC.
"""

from tradebus.events.account import (
    BreakerReset,
    BreakerTripped,
    DataStale,
    LimitBreached,
    PortfolioEvent,
    RiskEvent,
    StopTouched,
    StopTriggered,
)
from tradebus.events.base import (
    Event,
    TimedEvent,
    members,
)
from tradebus.events.broker import (
    BrokerAccepted,
    BrokerCanceled,
    BrokerEvent,
    BrokerExpired,
    BrokerFilled,
    BrokerRejected,
    BrokerReplaced,
    BrokerUnknown,
)
from tradebus.events.market import (
    BarEvent,
    SnapshotEvent,
    StepEvent,
    TickEvent,
)
from tradebus.events.orders import (
    VENUE,
    CancelRequested,
    FillEvent,
    OrderAcked,
    OrderApproved,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderSized,
    SignalDeclined,
    SignalEvent,
)
from tradebus.events.session import (
    ControlEvent,
    FeedInterrupted,
    FeedResumed,
    FlattenRequested,
    Halted,
    MarketClosed,
    MarketOpened,
    Paused,
    Recovered,
    Resumed,
    ServiceRestarted,
    SessionClosing,
    SessionEnded,
    SessionStarted,
    SystemEvent,
)

MARKET_DATA: tuple[type[Event], ...] = (BarEvent, TickEvent, SnapshotEvent, StepEvent, PortfolioEvent)
"""The types of which only the newest matters to a consumer that lags; all others are never dropped."""

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
    | StopTouched
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

__all__ = [
    "MARKET_DATA",
    "VENUE",
    "BarEvent",
    "BreakerReset",
    "BreakerTripped",
    "BrokerAccepted",
    "BrokerCanceled",
    "BrokerEvent",
    "BrokerExpired",
    "BrokerFilled",
    "BrokerRejected",
    "BrokerReplaced",
    "BrokerUnknown",
    "CancelRequested",
    "ControlEvent",
    "DataStale",
    "Event",
    "FeedInterrupted",
    "FeedResumed",
    "FillEvent",
    "FlattenRequested",
    "Halted",
    "LimitBreached",
    "MarketClosed",
    "MarketOpened",
    "Member",
    "OrderAcked",
    "OrderApproved",
    "OrderCanceled",
    "OrderEvent",
    "OrderExpired",
    "OrderRejected",
    "OrderReplaced",
    "OrderSized",
    "Paused",
    "PortfolioEvent",
    "Recovered",
    "Resumed",
    "RiskEvent",
    "ServiceRestarted",
    "SessionClosing",
    "SessionEnded",
    "SessionStarted",
    "SignalDeclined",
    "SignalEvent",
    "SnapshotEvent",
    "StepEvent",
    "StopTouched",
    "StopTriggered",
    "SystemEvent",
    "TickEvent",
    "TimedEvent",
    "members",
]
