"""Tests of tradebus/engine/event_hash.py."""

import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import START_NS, StubCore, flow_hash, random_bars
from tradebus.bus import Batch, Bus
from tradebus.engine import event_hash as module
from tradebus.engine.event_hash import EventHasher
from tradebus.events import BarEvent, Event, StepEvent

BARS: list[Event] = list(random_bars(40))


def batch(
    events: Iterable[Event], roots: dict[int, int] | None = None, waiting: Sequence[int] = (), base: int = 0
) -> Batch:
    """Return a batch of events, each of which nothing waited after, unless told otherwise."""
    made = Batch()
    made.base = base
    made.events.extend(events)
    made.waiting.extend(waiting or [0] * len(made.events))
    made.roots.update(roots or {})
    return made


def digest(*batches: Batch) -> str:
    """Return the hash of batches."""
    hasher = EventHasher()
    for one in batches:
        hasher(one)
    return hasher.hexdigest()


@given(st.sets(st.integers(0, 40)))
def test_it_does_not_depend_on_the_batches(cuts: set[int]) -> None:
    """Where the bus happens to empty its record changes nothing."""
    edges = [0, *sorted(cuts), 40]
    parts = [batch(BARS[first:last]) for first, last in pairwise(edges)]

    assert digest(*parts) == digest(batch(BARS))


@pytest.mark.parametrize("count", [15, 16, 65_535, 65_536])
def test_large_batches_join_without_a_seam_too(count: int) -> None:
    """MessagePack writes the length of an array in one, three or five bytes."""
    events = [StepEvent(START_NS)] * count

    assert digest(batch(events)) == digest(batch(events[:7]), batch(events[7:]))


def test_what_happened_in_which_order_and_why_counts() -> None:
    """One other event, another order, another cause: another hash."""
    events = BARS[:3]
    hashes = {
        digest(batch(events)),
        digest(batch(reversed(events))),
        digest(batch(events[:2])),
        digest(batch(events, waiting=[1, 0, 0])),
        digest(batch(events, roots={2: 1})),
        digest(batch(events, roots={3: 1})),
    }

    assert len(hashes) == 6


def test_nothing_has_a_hash_too() -> None:
    """Of 64 hexadecimal digits."""
    hasher = EventHasher()

    assert (len(hasher.hexdigest()), hasher.count) == (64, 0)


def test_it_counts_and_listens_as_a_tap() -> None:
    """All events of a bus, those that follow from others among them."""
    bus, hasher = Bus(), EventHasher()
    step = StubCore("step", (BarEvent,), (StepEvent,), lambda event, publish: publish(StepEvent(event.time_ns)))
    bus.attach(step)
    bus.tap(hasher)
    for event in BARS[:5]:
        bus.publish(event)
    bus.flush()

    assert hasher.count == 10


def test_the_same_flow_has_the_same_hash_every_time() -> None:
    """Twice in one process; test_bus has it across processes."""
    assert flow_hash() == flow_hash()


def test_numbers_are_little_endian_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that writes the large end first turns them round."""
    numbers = array("i", [1])
    swapped = array("i", [1])
    swapped.byteswap()

    monkeypatch.setattr(sys, "byteorder", "little")
    assert module._little_endian(numbers) == array("i", [1])
    monkeypatch.setattr(sys, "byteorder", "big")
    assert module._little_endian(numbers) == swapped
