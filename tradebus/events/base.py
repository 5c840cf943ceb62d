"""base: what all events have in common."""

from datetime import datetime

import msgspec

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


def members(family: type[Event]) -> tuple[type[Event], ...]:
    """Return every concrete event of a family, in the order of their definition; one without members is its own."""
    below = family.__subclasses__()
    return tuple(member for child in below for member in members(child)) if below else (family,)
