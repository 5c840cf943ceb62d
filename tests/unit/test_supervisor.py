"""Tests of tradebus/supervisor.py."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext, suppress

import pytest

from tests.samples import StubCore, StubEdge
from tradebus.bus import Bus, Publish
from tradebus.clock import ReplayClock
from tradebus.errors import MailboxOverflowError, RestartLimitError, ServiceReturnedError
from tradebus.events import Event, Paused, ServiceRestarted, StepEvent
from tradebus.mailbox import Mailbox
from tradebus.supervisor import NEVER, RestartRule, Supervisor


class Feed(StubEdge):
    """Publishes some steps, giving others a turn after each."""

    def __init__(self, count: int = 5, name: str = "feed") -> None:
        super().__init__(name, (), (StepEvent, Paused))
        self.count = count
        self.runs = 0

    async def run(self, inbox: Mailbox, publish: Publish) -> None:
        self.runs += 1
        for number in range(1, self.count + 1):
            publish(StepEvent(number))
            for _ in range(3):
                await asyncio.sleep(0)


class Flaky(StubEdge):
    """Fails on its first events."""

    def __init__(self, failures: int) -> None:
        super().__init__("flaky", (Paused, StepEvent), ())
        self.failures = failures
        self.seen: list[Event] = []

    async def run(self, inbox: Mailbox, publish: Publish) -> None:
        async for event in inbox:
            if self.failures:
                self.failures -= 1
                raise ConnectionError("gone")
            self.seen.append(event)


def told(bus: Bus) -> list[Event]:
    events: list[Event] = []
    bus.attach(StubCore("ear", (ServiceRestarted,), (ServiceRestarted,), lambda event, publish: events.append(event)))
    return events


async def run(bus: Bus, feed: Feed, *edges: StubEdge, clock: ReplayClock | None = None, **rule: float) -> Supervisor:
    supervisor = Supervisor(bus, clock or ReplayClock())
    supervisor.add(feed, NEVER)
    for edge in edges:
        supervisor.add(edge, RestartRule(**rule))  # type: ignore[arg-type]
    await supervisor.run(feed, lambda: (StepEvent(99),))
    return supervisor


async def test_a_session_ends_when_its_driver_does() -> None:
    """The last events go out, and others read all that waits for them."""
    bus, seen = Bus(), []
    told(bus)
    edge = StubEdge("reader", (StepEvent,), (), None, lambda event, publish: seen.append(event.time_ns))

    await run(bus, Feed(), edge)

    assert seen[-1] == 99


async def test_a_failing_edge_service_is_started_again() -> None:
    """It is told to the bus, with the error and a count, and goes on with its mailbox."""
    bus = Bus()
    events = told(bus)
    flaky = Flaky(failures=2)

    await run(bus, Feed(), flaky)

    assert [(event.service, event.failures) for event in events if isinstance(event, ServiceRestarted)] == [
        ("flaky", 1),
        ("flaky", 2),
    ]
    assert "gone" in events[0].error  # type: ignore[attr-defined]
    assert flaky.seen[-1] == StepEvent(99)


async def test_the_restart_limit_ends_the_session() -> None:
    """The fifth failure within the window is the last; its cause is kept."""
    bus = Bus()
    events = told(bus)

    with pytest.raises(RestartLimitError, match="flaky failed 5 times in 60 s") as caught:
        await run(bus, Feed(count=50), Flaky(failures=100))

    assert isinstance(caught.value.__cause__, ConnectionError)
    assert len(events) == 4


async def test_failures_outside_the_window_are_forgotten() -> None:
    """A service that fails now and then for weeks is kept."""
    clock, bus = ReplayClock(), Bus()
    told(bus)
    flaky = Flaky(failures=8)

    class Slow(Feed):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            for number in range(1, 20):
                clock.move_to(number * 61_000_000_000)
                publish(StepEvent(number))
                for _ in range(4):
                    await asyncio.sleep(0)

    await run(bus, Slow(), flaky, clock=clock)

    assert flaky.failures == 0


async def test_a_core_failure_ends_the_session_with_the_original_exception() -> None:
    """Restart rules do not apply to the core, whoever published."""

    def explode(event: Event, publish: Callable[[Event], None]) -> None:
        raise ZeroDivisionError("core")

    bus = Bus()
    told(bus)
    bus.attach(StubCore("bomb", (Paused,), (Paused,), explode))
    edge = StubEdge("edge", (StepEvent,), (Paused,), None, lambda event, publish: publish(Paused(1, "edge", "test")))
    feed = Feed()

    with pytest.raises(ZeroDivisionError, match="core") as caught:
        await run(bus, feed, edge)

    assert any(entry.name == "explode" for entry in caught.traceback)


async def test_a_driver_that_must_not_restart_fails_with_its_own_exception() -> None:
    """A replay that breaks off is not begun again."""

    class Broken(Feed):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            self.runs += 1
            raise OSError("disk")

    bus, feed = Bus(), Broken()
    told(bus)

    with pytest.raises(OSError, match="disk"):
        await run(bus, feed)
    assert feed.runs == 1


async def test_an_overflowing_mailbox_ends_the_session() -> None:
    """An edge service that stops reading what may not be dropped halts everybody."""

    class Stuck(StubEdge):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            await asyncio.Event().wait()

    class Controller(Feed):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            for number in range(10):
                publish(Paused(number, "me", "test"))
                await asyncio.sleep(0)

    bus = Bus()
    told(bus)
    supervisor, feed = Supervisor(bus, ReplayClock()), Controller()
    supervisor.add(feed, NEVER)
    supervisor.add(Stuck("stuck", (Paused,), ()), capacity=4)

    with pytest.raises(MailboxOverflowError, match="stuck"):
        await supervisor.run(feed, lambda: ())


async def test_an_edge_that_returns_early_ends_the_session() -> None:
    """What it was there for would silently be missing."""

    class Done(StubEdge):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            return

    with pytest.raises(ServiceReturnedError, match="done returned although the session still runs"):
        await run(Bus(), Feed(), Done("done", (StepEvent,), ()))


async def test_a_cancellation_from_within_is_a_failure() -> None:
    """A library that lets its own out does not end the service for good, nor the session without a word."""

    class Canceling(Flaky):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            if self.failures:
                self.failures -= 1
                raise asyncio.CancelledError
            await super().run(inbox, publish)

    bus = Bus()
    events = told(bus)
    flaky = Canceling(failures=1)

    await run(bus, Feed(), flaky)

    assert "flaky was cancelled from within" in events[0].error  # type: ignore[attr-defined]
    assert flaky.seen[-1] == StepEvent(99)


async def test_the_first_of_two_failures_is_reported() -> None:
    """What another service raises while it is being stopped follows from it."""

    class Sore(StubEdge):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                raise ValueError("second")

    class Broken(Feed):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            await asyncio.sleep(0)
            raise OSError("first")

    with pytest.raises(OSError, match="first"):
        await run(Bus(), Broken(), Sore("sore", (StepEvent,), ()))


async def test_restarts_need_nobody_who_listens() -> None:
    """The supervisor itself declares what it tells."""
    bus = Bus()
    flaky = Flaky(failures=1)

    await run(bus, Feed(), flaky)

    assert flaky.seen[-1] == StepEvent(99)


async def test_a_tap_that_fails_too_hides_nothing() -> None:
    """What ended the session is told, not that its record could not be written either."""

    class Broken(Feed):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            publish(StepEvent(1))
            raise ValueError("strategy")

    def full(batch: object) -> None:
        raise OSError("disk full")

    bus = Bus()
    bus.tap(full)

    with pytest.raises(ValueError, match="strategy"):
        await run(bus, Broken())


@pytest.mark.parametrize("tidies_up", [True, False])
async def test_a_cancelled_session_stays_cancelled(tidies_up: bool) -> None:
    """An operator's interrupt is not taken for a failure of a service, not even of one that returns then."""
    bus, waiting = Bus(), asyncio.Event()

    class Tidy(StubEdge):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            with suppress(asyncio.CancelledError) if tidies_up else nullcontext():
                await asyncio.Event().wait()

    class Waiting(Feed):
        async def run(self, inbox: Mailbox, publish: Publish) -> None:
            waiting.set()
            await asyncio.Event().wait()

    session = asyncio.create_task(run(bus, Waiting(), Tidy("edge", (StepEvent,), ())))
    await waiting.wait()
    session.cancel()

    with pytest.raises(asyncio.CancelledError):
        await session
    assert bus.is_closed


async def test_a_core_failure_on_the_last_events_ends_the_session() -> None:
    """With the exception of the service, as at any other time."""

    def explode(event: Event, publish: Callable[[Event], None]) -> None:
        if event == StepEvent(99):
            raise ZeroDivisionError("late")

    bus = Bus()
    bus.attach(StubCore("bomb", (StepEvent,), (), explode))

    with pytest.raises(ZeroDivisionError, match="late"):
        await run(bus, Feed(), StubEdge("edge", (StepEvent,), ()))
