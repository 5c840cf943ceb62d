"""event_hash: one number for everything that happened in a session, in order, with its causes.

    hash = sha256(sha256(events as MessagePack, one after the other) || sha256(causes as 64-bit little-endian))

Two sessions with the same hash made the same decisions for the same reasons. It does not depend on how events are
batched, on the process, on the machine or on `PYTHONHASHSEED`.
"""

import hashlib
import sys
from array import array

import msgspec

from tradebus.events import Event


class EventHasher:
    """A tap of the bus.

    Attributes:
        count: How many events there were.
    """

    def __init__(self) -> None:
        self.count = 0
        self._events = hashlib.sha256()
        self._causes = hashlib.sha256()
        self._encoder = msgspec.msgpack.Encoder()

    def __call__(self, first: int, events: list[Event], causes: list[int]) -> None:
        """Take a batch of events."""
        if not events:
            return
        packed = self._encoder.encode(events)
        # A MessagePack array is a header and its elements; without the header, batches join without a seam.
        header = 1 if len(events) < 16 else 3 if len(events) < 65_536 else 5
        self._events.update(memoryview(packed)[header:])
        numbers = array("q", causes)
        if sys.byteorder == "big":
            numbers.byteswap()
        self._causes.update(numbers)
        self.count += len(events)

    def hexdigest(self) -> str:
        """Return the hash as 64 hexadecimal digits."""
        return hashlib.sha256(self._events.digest() + self._causes.digest()).hexdigest()
