"""market: what the feed says."""

from tradebus.events.base import Event, TimedEvent
from tradebus.model.bar import Bar, MarketDataPoint


class BarEvent(Bar, Event, frozen=True, gc=False, tag=True, array_like=True):
    """A bar closed. The event is the bar itself, so that nothing is built twice on the hot path."""


class TickEvent(MarketDataPoint, Event, frozen=True, gc=False, tag=True, array_like=True):
    """A trade or quote arrived."""


class SnapshotEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """All bars of this moment are out: the strategy's turn."""


class StepEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """All consequences of this moment have settled: time to value the books."""
