"""Tests of tradebus/bus.py."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import StubCore, StubEdge
from tradebus.bus import Batch, Bus
from tradebus.errors import (
    BusClosedError,
    MailboxOverflowError,
    RunawayCascadeError,
    ServiceReturnedError,
    WiringError,
)
from tradebus.events import (
    BrokerCanceled,
    BrokerEvent,
    BrokerExpired,
    Event,
    MarketClosed,
    MarketOpened,
    Paused,
    SnapshotEvent,
    StepEvent,
)
from tradebus.mailbox import Delivery

KINDS: tuple[type[Event], ...] = (SnapshotEvent, StepEvent, MarketOpened, MarketClosed)


def make(kind: int, number: int) -> Event:
    return KINDS[kind](number) if kind < 2 else KINDS[kind](number, "XNYS")


# A publishing graph: for each service what it hears, and for each event it hears how many of which kinds it says.
graphs = st.lists(
    st.tuples(
        st.sets(st.integers(0, 3), min_size=1),
        st.dictionaries(st.integers(0, 3), st.lists(st.integers(0, 3), max_size=3), max_size=4),
    ),
    min_size=1,
    max_size=5,
)


class Graph:
    """A random wiring that notes every delivery, and stops saying anything after a number of events."""

    def __init__(self, plan: list[tuple[set[int], dict[int, list[int]]]], budget: int = 60) -> None:
        self.bus = Bus()
        self.deliveries: list[tuple[int, int]] = []  # (event number, service)
        self.published: list[tuple[int, int]] = []  # (number, number of the event that was being handled)
        self.log: list[tuple[int, Event, int]] = []
        self._next = 1
        self._budget = budget
        for index, (hears, says) in enumerate(plan):
            kinds = tuple(KINDS[kind] for kind in sorted(hears))
            self.bus.attach(StubCore(f"s{index}", kinds, KINDS, self._behaviour(index, says)))
        self.bus.declare(KINDS)
        self.bus.tap(self._tap)

    def _behaviour(self, index: int, says: dict[int, list[int]]) -> Callable[[Event, Callable[[Event], None]], None]:
        def on_event(event: Event, publish: Callable[[Event], None]) -> None:
            number = event.time_ns  # type: ignore[attr-defined]
            self.deliveries.append((number, index))
            for kind in says.get(KINDS.index(type(event)), ()):
                if self._next <= self._budget:
                    self.say(kind, number, publish)

        return on_event

    def say(self, kind: int, cause: int, publish: Callable[[Event], None]) -> None:
        number, self._next = self._next, self._next + 1
        self.published.append((number, cause))
        publish(make(kind, number))

    def _tap(self, batch: Batch) -> None:
        together = zip(batch.events, batch.causes(), strict=True)
        self.log += [(seq, event, cause) for seq, (event, cause) in enumerate(together, batch.base + 1)]


@given(graphs, st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_events_are_handled_in_the_order_they_are_published(
    plan: list[tuple[set[int], dict[int, list[int]]]], roots: list[int]
) -> None:
    """FIFO: whoever publishes, an event's number is its place in the order of handling, and none is lost."""
    graph = Graph(plan)
    for kind in roots:
        graph.say(kind, 0, graph.bus.publish)
    graph.bus.flush()

    handled = [event.time_ns for _, event, _ in graph.log]  # type: ignore[attr-defined]
    assert handled == [number for number, _ in graph.published]
    assert [seq for seq, _, _ in graph.log] == list(range(1, len(graph.log) + 1))


@given(graphs, st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_an_event_visits_its_consumers_in_wiring_order(
    plan: list[tuple[set[int], dict[int, list[int]]]], roots: list[int]
) -> None:
    """All consumers of an event, each once, in the order they were attached, before the next event is looked at."""
    graph = Graph(plan)
    for kind in roots:
        graph.say(kind, 0, graph.bus.publish)
    graph.bus.flush()

    expected = [
        (event.time_ns, index)  # type: ignore[attr-defined]
        for _, event, _ in graph.log
        for index, (hears, _) in enumerate(plan)
        if KINDS.index(type(event)) in hears
    ]
    assert graph.deliveries == expected


@given(graphs, st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_every_effect_comes_after_its_cause(
    plan: list[tuple[set[int], dict[int, list[int]]]], roots: list[int]
) -> None:
    """The bus names as cause the event that was being handled, and it has a smaller number."""
    graph = Graph(plan)
    for kind in roots:
        graph.say(kind, 0, graph.bus.publish)
    graph.bus.flush()

    assert [(seq, cause) for seq, _, cause in graph.log] == graph.published
    assert all(cause < seq for seq, _, cause in graph.log)


@given(graphs, st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(1, 4))
def test_a_tap_sees_the_same_however_often_it_is_flushed(
    plan: list[tuple[set[int], dict[int, list[int]]]], roots: list[int], every: int
) -> None:
    """Numbers and causes do not depend on where batches end."""
    once, often = Graph(plan), Graph(plan)
    for turn, kind in enumerate(roots):
        once.say(kind, 0, once.bus.publish)
        often.say(kind, 0, often.bus.publish)
        if turn % every == 0:
            often.bus.flush()
    once.bus.flush()
    often.bus.flush()

    assert once.log == often.log


def test_a_core_service_that_raises_halts_with_its_own_traceback() -> None:
    """The original exception comes out of publish, and the bus takes nothing more."""

    def explode(event: Event, publish: Callable[[Event], None]) -> None:
        raise ZeroDivisionError("in the service")

    bus = Bus()
    bus.attach(StubCore("bomb", (StepEvent,), (), explode))

    with pytest.raises(ZeroDivisionError, match="in the service") as caught:
        bus.publish(StepEvent(1))

    assert any(entry.name == "explode" for entry in caught.traceback)
    assert bus.failure is caught.value
    with pytest.raises(BusClosedError, match="closed bus"):
        bus.publish(StepEvent(2))


def test_events_behind_a_failure_are_not_delivered() -> None:
    """What was published before the failure but not handled stays unhandled."""
    heard: list[Event] = []

    def explode(event: Event, publish: Callable[[Event], None]) -> None:
        publish(SnapshotEvent(2))
        raise ZeroDivisionError

    bus = Bus()
    bus.attach(StubCore("bomb", (StepEvent,), (SnapshotEvent,), explode))
    bus.attach(StubCore("ear", (SnapshotEvent,), (), lambda event, publish: heard.append(event)))

    with pytest.raises(ZeroDivisionError):
        bus.publish(StepEvent(1))

    assert heard == []


def test_a_core_service_that_returns_halts() -> None:
    """A service that leaves its loop is named."""

    class Quitter(StubCore):
        def run(self, publish: Callable[[Event], None]):  # type: ignore[no-untyped-def]
            yield

    bus = Bus()
    bus.attach(Quitter("quitter", (StepEvent,), ()))

    with pytest.raises(ServiceReturnedError, match="quitter returned on StepEvent"):
        bus.publish(StepEvent(1))
    assert isinstance(bus.failure, ServiceReturnedError)


def test_a_core_service_that_returns_at_once_is_refused() -> None:
    """A service without a turn cannot be attached."""

    class Absent(StubCore):
        def run(self, publish: Callable[[Event], None]):  # type: ignore[no-untyped-def]
            return
            yield

    with pytest.raises(ServiceReturnedError, match="before its first event"):
        Bus().attach(Absent("absent", (StepEvent,), ()))


def test_a_runaway_cascade_is_stopped_at_the_bound() -> None:
    """A service that answers itself is stopped after max_cascade events."""
    heard = 0

    def echo(event: Event, publish: Callable[[Event], None]) -> None:
        nonlocal heard
        heard += 1
        publish(StepEvent(heard))

    bus = Bus(max_cascade=500)
    bus.attach(StubCore("echo", (StepEvent,), (StepEvent,), echo))

    with pytest.raises(RunawayCascadeError, match="more than 500 events"):
        bus.publish(StepEvent(0))
    assert heard == 500


def test_a_cascade_within_the_bound_passes() -> None:
    """Exactly max_cascade events are allowed."""

    def count_down(event: Event, publish: Callable[[Event], None]) -> None:
        if event.time_ns > 1:  # type: ignore[attr-defined]
            publish(StepEvent(event.time_ns - 1))  # type: ignore[attr-defined]

    bus = Bus(max_cascade=10)
    bus.attach(StubCore("timer", (StepEvent,), (StepEvent,), count_down))

    bus.publish(StepEvent(10))

    assert bus.seq == 10
    assert bus.failure is None


def test_an_undeclared_event_is_a_wiring_mistake() -> None:
    """What no service declares cannot be published, from outside or inside."""
    with pytest.raises(WiringError, match="Paused was published, but no service declares it"):
        Bus().publish(Paused(1, "me", "lunch"))


def test_a_key_error_of_a_service_stays_its_own() -> None:
    """A service's KeyError is not mistaken for a wiring mistake."""

    def miss(event: Event, publish: Callable[[Event], None]) -> None:
        raise KeyError("AAPL")

    bus = Bus()
    bus.attach(StubCore("miss", (StepEvent,), (), miss))

    with pytest.raises(KeyError, match="AAPL"):
        bus.publish(StepEvent(1))


def test_two_services_of_one_name_are_refused() -> None:
    """Names are unique, for they stand in journals and messages."""
    bus = Bus()
    bus.attach(StubCore("twin", (StepEvent,), ()))

    with pytest.raises(WiringError, match="twin"):
        bus.attach(StubCore("twin", (StepEvent,), ()))


def test_a_publish_from_outside_the_turn_is_refused() -> None:
    """A service that reaches for the bus instead of its publish function is stopped."""
    bus = Bus()

    def reach(event: Event, publish: Callable[[Event], None]) -> None:
        bus.publish(StepEvent(2))

    bus.attach(StubCore("reacher", (StepEvent,), (StepEvent,), reach))

    with pytest.raises(BusClosedError, match="within a core service's turn"):
        bus.publish(StepEvent(1))


def test_a_family_brings_all_its_members() -> None:
    """Whoever hears a family hears each member once."""
    heard: list[str] = []
    bus = Bus()
    bus.attach(
        StubCore("ear", (BrokerEvent, BrokerCanceled), (), lambda event, publish: heard.append(type(event).__name__))
    )

    bus.publish(BrokerCanceled(1, "id", "why"))
    bus.publish(BrokerExpired(2, "id"))

    assert heard == ["BrokerCanceled", "BrokerExpired"]


def test_an_edge_service_reads_number_cause_and_event() -> None:
    """A mailbox holds envelopes, and what its owner publishes is caused by what it took last."""
    log: list[tuple[int, int]] = []
    bus = Bus()
    bus.attach(StubCore("core", (StepEvent,), (MarketOpened,), lambda event, publish: publish(MarketOpened(1, "XNYS"))))
    inbox, publish = bus.connect(StubEdge("edge", (MarketOpened,), (MarketClosed,)))
    bus.tap(lambda batch: log.extend(enumerate(batch.causes(), batch.base + 1)))

    bus.publish(StepEvent(1))
    envelope = inbox.take()
    publish(MarketClosed(2, "XNYS"))
    bus.flush()

    assert envelope is not None
    assert (envelope.seq, envelope.cause) == (2, 1)
    assert log == [(1, 0), (2, 1), (3, 2)]


async def test_a_tap_that_fails_loses_nothing_of_the_others() -> None:
    """What was handed over is not handed over again, and the mailboxes are closed all the same."""

    def full(batch: Batch) -> None:
        raise OSError("disk full")

    seen: list[Event] = []
    bus = Bus()
    inbox, _ = bus.connect(StubEdge("edge", (StepEvent,), (StepEvent,)))
    bus.tap(lambda batch: seen.extend(batch.events))
    bus.tap(full)
    bus.publish(StepEvent(1))

    with pytest.raises(OSError, match="disk full"):
        bus.close()
    bus.close()

    assert seen == [StepEvent(1)]
    assert [event async for event in inbox] == [StepEvent(1)]


def test_a_full_mailbox_of_what_may_not_be_dropped_halts() -> None:
    """The bus fails loudly rather than lose a control event."""
    bus = Bus()
    bus.connect(StubEdge("slow", (Paused,), (Paused,)), capacity=2)
    bus.publish(Paused(1, "me", "a"))
    bus.publish(Paused(2, "me", "b"))

    with pytest.raises(
        MailboxOverflowError, match=r"mailbox of slow is full \(2 events\) and Paused may not be dropped"
    ):
        bus.publish(Paused(3, "me", "c"))
    assert isinstance(bus.failure, MailboxOverflowError)


async def test_room_waits_for_the_slowest_mailbox() -> None:
    """A feed that asks for room is held until a lossless mailbox is half empty."""
    import asyncio

    bus = Bus()
    edge = StubEdge("journal", (StepEvent,), (), {StepEvent: Delivery.EVERY})
    inbox, _ = bus.connect(edge, capacity=4)
    for number in range(4):
        bus.publish(StepEvent(number))
    waiting = asyncio.create_task(bus.room())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    held = not waiting.done()

    inbox.take()
    inbox.take()
    await waiting

    assert held


PROGRAM = """
from tests.samples import flow_hash
print(flow_hash())
"""


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_runs_hash_alike_under_different_hash_seeds(seed: str) -> None:
    """The order of events does not depend on PYTHONHASHSEED."""
    from tests.samples import flow_hash

    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == flow_hash()
