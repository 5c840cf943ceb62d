"""event_hash: one number for everything that happened in a session, in order, with its causes.

    hash = sha256(sha256(events) || sha256(waiting) || sha256(roots))

    events    as MessagePack, one after the other
    waiting   how many events waited after each was handled, as 32-bit little-endian
    roots     number and cause of each event that an edge service published, as 64-bit little-endian

From `waiting` and `roots` every cause follows, and the other way round.

Two sessions with the same hash made the same decisions for the same reasons. It does not depend on how events are
batched, on the process, on the machine or on `PYTHONHASHSEED`.
"""

import hashlib
import sys
from array import array

import msgspec

from tradebus.bus import Batch


class EventHasher:
    """A tap of the bus.

    Attributes:
        count: How many events there were.
    """

    def __init__(self) -> None:
        self.count = 0
        self._events = hashlib.sha256()
        self._waiting = hashlib.sha256()
        self._roots = hashlib.sha256()
        self._encoder = msgspec.msgpack.Encoder()

    def __call__(self, batch: Batch) -> None:
        """Take a batch of events."""
        events = batch.events
        packed = self._encoder.encode(events)
        # A MessagePack array is a header and its elements; without the header, batches join without a seam.
        header = 1 if len(events) < 16 else 3 if len(events) < 65_536 else 5
        self._events.update(memoryview(packed)[header:])
        self._waiting.update(_little_endian(array("i", batch.waiting)))
        if batch.roots:
            self._roots.update(_little_endian(array("q", (number for pair in batch.roots.items() for number in pair))))
        self.count += len(events)

    def hexdigest(self) -> str:
        """Return the hash as 64 hexadecimal digits."""
        return hashlib.sha256(self._events.digest() + self._waiting.digest() + self._roots.digest()).hexdigest()


def _little_endian(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
