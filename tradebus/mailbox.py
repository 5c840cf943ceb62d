"""mailbox: where an edge service finds its events, bounded, with a rule per event type for when it is full.

An edge service lags behind the bus by design: the bus never waits for it. What may be conflated is (the newest of a
symbol and timeframe takes the place of the one still waiting, and the loss is counted); what may not be dropped halts
the session.

A replaced event keeps its place, so that no symbol waits for ever behind busier ones. Its number is then higher than
those behind it: whoever needs the total order reads it off the envelopes.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from enum import Enum
from typing import NamedTuple

from tradebus.errors import MailboxOverflowError
from tradebus.events import MARKET_DATA, Event


class Delivery(Enum):
    """What happens to an event that its service has not come to read yet."""

    EVERY = "every"
    """Kept. A full mailbox halts the session."""
    LATEST = "latest"
    """Replaced by the next one of the same type, symbol and timeframe, and counted as conflated."""


class Envelope(NamedTuple):
    """An event with its place in the total order.

    Attributes:
        seq: Its number, from 1.
        cause: The number of the event that was being handled when it was published; 0 for one from outside.
        event: The event.
    """

    seq: int
    cause: int
    event: Event


class Mailbox:
    """The bounded queue of one edge service.

    Attributes:
        name: The service's.
        capacity: How many events it holds at the most.
        conflated: How many events were replaced by a newer one before they were read.
        last_seq: Number of the event that the service took last; 0 before the first.
    """

    def __init__(self, name: str, capacity: int = 4096, policies: dict[type[Event], Delivery] | None = None) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, was {capacity}")
        self.name = name
        self.capacity = capacity
        self.conflated = 0
        self.last_seq = 0
        latest = set(MARKET_DATA)
        for kind, delivery in (policies or {}).items():
            (latest.add if delivery is Delivery.LATEST else latest.discard)(kind)
        self._latest = frozenset(latest)
        self._waiting: deque[Envelope | tuple[type[Event], object, object]] = deque()
        self._newest: dict[tuple[type[Event], object, object], Envelope] = {}
        self._arrived = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._closed = False

    def __len__(self) -> int:
        """Return how many events wait."""
        return len(self._waiting)

    def put(self, seq: int, cause: int, event: Event) -> None:
        """Add an event; the bus calls this.

        Raises:
            MailboxOverflowError: If the mailbox is full of events none of which may be dropped.
        """
        kind = type(event)
        if kind in self._latest:
            key = (kind, getattr(event, "symbol", None), getattr(event, "timeframe", None))
            if key in self._newest:
                self.conflated += 1
                self._newest[key] = Envelope(seq, cause, event)
                return
            self._make_room(kind)
            self._newest[key] = Envelope(seq, cause, event)
            self._waiting.append(key)
        else:
            self._make_room(kind)
            self._waiting.append(Envelope(seq, cause, event))
        self._arrived.set()
        if 2 * len(self._waiting) > self.capacity:
            self._drained.clear()

    def _make_room(self, kind: type[Event]) -> None:
        if len(self._waiting) >= self.capacity:
            raise MailboxOverflowError(
                f"mailbox of {self.name} is full ({self.capacity} events) and {kind.__name__} may not be dropped"
            )

    def close(self) -> None:
        """End the service's iteration once it has read what waits."""
        self._closed = True
        self._arrived.set()

    async def room(self) -> None:
        """Wait until the mailbox is at most half full, for feeds that can wait for their slowest listener."""
        await self._drained.wait()

    def take(self) -> Envelope | None:
        """Return the next event, or None if none waits."""
        if not self._waiting:
            return None
        item = self._waiting.popleft()
        envelope = item if isinstance(item, Envelope) else self._newest.pop(item)
        self.last_seq = envelope.seq
        if 2 * len(self._waiting) <= self.capacity:
            self._drained.set()
        return envelope

    async def envelopes(self) -> AsyncIterator[Envelope]:
        """Yield events with their place in the order until the mailbox is closed and empty."""
        while True:
            while (envelope := self.take()) is not None:
                yield envelope
            if self._closed:
                return
            self._arrived.clear()
            await self._arrived.wait()

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Yield events until the mailbox is closed and empty."""
        async for envelope in self.envelopes():
            yield envelope.event
