"""session: what the operator asks for, and what the session itself does."""

from decimal import Decimal

from tradebus.events.base import TimedEvent


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
    """No orders at all but cancels, until the session is started anew."""


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
