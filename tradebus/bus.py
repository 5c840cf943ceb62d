"""bus: one queue, one order. The bus is the scheduler of the core services.

    publish(event) -> append -> each event, in turn, to all its consumers in wiring order

A core service is a generator that the bus resumes with `send`: a delivery costs what a method call costs, and since a
generator cannot contain `await`, nothing in the core can wait for anything but its next event. When the outermost
`publish` returns, every consequence has settled.

Events are numbered in the order in which they are published, which is the order in which they are handled, so the bus
learns the cause of each from the growth of its own queue: what was appended while event n was handled was caused by n.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from typing import Any, NoReturn, Protocol

from tradebus.errors import BusClosedError, RunawayCascadeError, ServiceReturnedError, WiringError
from tradebus.events import Event, members
from tradebus.mailbox import Delivery, Mailbox

type Publish = Callable[[Event], None]
type Core = Generator[None, Any]
type Tap = Callable[[Batch], None]
"""Called with all events, in batches and in order."""

_BATCH = 1024


class CoreService(Protocol):
    """**Protocol:** decides, and never waits. `run` primes to its first `yield`, then lives in one loop around it.

    Attributes:
        name: Unique in a wiring.
        consumes: What it hears; a family stands for all its members.
        publishes: What it may say.
    """

    name: str
    consumes: tuple[type[Event], ...]
    publishes: tuple[type[Event], ...]

    def run(self, publish: Publish) -> Core:
        """Receive with `event = yield`, decide, publish."""
        ...


class EdgeService(Protocol):
    """**Protocol:** does I/O in a task of its own, reads a bounded mailbox, and may publish.

    Attributes:
        name, consumes, publishes: As of a core service.
        policies: Event types that this service wants delivered otherwise than usual.
    """

    name: str
    consumes: tuple[type[Event], ...]
    publishes: tuple[type[Event], ...]
    policies: dict[type[Event], Delivery]

    async def run(self, inbox: Mailbox, publish: Publish) -> None:
        """Iterate over the inbox until it ends."""
        ...


class Batch:
    """Events that were handled one after the other, and how they hang together.

    It is the bus's own record and is emptied after the taps have seen it: copy what you keep. Causes are worked out
    when they are asked for, from how many events waited after each one.

    Attributes:
        base: Number of the event before the first of this batch.
        events: The events, numbered from base + 1.
        waiting: How many events waited in the queue after each was handled.
        roots: Causes of events that edge services published, by number; one from outside is absent.
    """

    __slots__ = ("_ahead", "_known", "base", "events", "roots", "waiting")

    def __init__(self) -> None:
        self.base = 0
        self.events: list[Event] = []
        self.waiting: list[int] = []
        self.roots: dict[int, int] = {}
        self._known: list[int] = []
        self._ahead: deque[int] = deque()

    def causes(self) -> list[int]:
        """Return the number of the event that caused each event; 0 for one from outside."""
        if self.events:
            self.cause(len(self.events))
        return self._known.copy()

    def cause(self, index: int) -> int:
        """Return the cause of event `index` of this batch, counted from 1, whose turn may still be under way."""
        known, ahead, waiting, roots = self._known, self._ahead, self.waiting, self.roots
        for done in range(len(known), index):
            if done and (left := waiting[done - 1]) and (new := left - len(ahead)):
                ahead.extend((self.base + done,) * new)
            known.append(ahead.popleft() if ahead else roots.get(self.base + done + 1, 0))
        return known[index - 1]

    def clear(self) -> None:
        """Begin the next batch."""
        self.base += len(self.events)
        self.events.clear()
        self.waiting.clear()
        self.roots.clear()
        self._known.clear()
        self._ahead.clear()


class Bus:
    """The central bus of a session.

    `publish(event, cause=0)` handles an event and all its consequences. It raises `BusClosedError` on a bus that was
    closed, has failed or is in the middle of a turn, `RunawayCascadeError` after `max_cascade` consequences,
    `WiringError` for a type that no service declares, and whatever a core service raises, with its own traceback; after
    any of the last three the bus has failed and the session must halt. `cause` is the number of the event that led an
    edge service to this one, 0 for an event from outside.

    Attributes:
        max_cascade: How many events one outermost publish may lead to, itself included.
        failure: What ended the bus; None while it works.
        services: All services in wiring order, for `tradebus flow`.
        publish: See above.
    """

    def __init__(self, max_cascade: int = 100_000) -> None:
        self.max_cascade = max_cascade
        self.failure: BaseException | None = None
        self.services: list[CoreService | EdgeService] = []
        self._queue: deque[Event] = deque()
        self._routes: dict[type[Event], tuple[Callable[[Any], Any], ...]] = {}
        self._generators: dict[str, Core] = {}
        self._mailboxes: list[Mailbox] = []
        self._taps: list[Tap] = []
        self._batch = Batch()
        self._closed = False
        self.publish = self._make_publish()

    @property
    def is_closed(self) -> bool:
        """Whether the bus takes no more events."""
        return self._closed

    @property
    def seq(self) -> int:
        """Number of the last event that was taken up; 0 before the first."""
        return self._batch.base + len(self._batch.events)

    def _make_publish(self) -> Callable[..., None]:
        """Return `publish` as a closure: this path runs millions of times, and cells cost a third of attributes."""
        queue, routes, batch, log = self._queue, self._routes, self._batch, self._batch.events
        append, pop, note, note_waiting = queue.append, queue.popleft, log.append, batch.waiting.append
        bound = range(self.max_cascade)
        busy = False

        def publish(event: Event, cause: int = 0) -> None:
            nonlocal busy
            if busy or self._closed:
                state = "from within a core service's turn" if busy else "on a closed bus"
                raise BusClosedError(f"{type(event).__name__} was published {state}")
            busy = True
            append(event)
            if cause:
                batch.roots[self.seq + 1] = cause
            try:
                for _ in bound:
                    event = pop()
                    note(event)
                    for send in routes[type(event)]:
                        send(event)
                    note_waiting(len(queue))
                    if not queue:
                        break
                else:
                    raise RunawayCascadeError(
                        f"more than {self.max_cascade} events followed from one, the last was {type(event).__name__}"
                    )
            except BaseException as error:  # noqa: BLE001 - whatever it is, the bus is over, and it is raised again
                self._fail(error, event)
            finally:
                busy = False
            if len(log) >= _BATCH:
                self.flush()

        return publish

    def declare(self, kinds: Iterable[type[Event]]) -> None:
        """Make event types known that nobody need hear."""
        for kind in kinds:
            for member in members(kind):
                self._routes.setdefault(member, ())

    def attach(self, service: CoreService) -> None:
        """Start a core service and subscribe it after all that were attached before."""
        self._register(service)
        generator = service.run(self._queue.append)
        try:
            next(generator)
        except StopIteration:
            raise ServiceReturnedError(f"core service {service.name} returned before its first event") from None
        self._generators[service.name] = generator
        self._subscribe(service, generator.send)

    def connect(self, service: EdgeService, capacity: int = 4096) -> tuple[Mailbox, Publish]:
        """Subscribe an edge service; return its mailbox and its publish function.

        What it publishes is caused by the event that it took last from its mailbox.
        """
        self._register(service)
        inbox = Mailbox(service.name, capacity, service.policies)
        self._mailboxes.append(inbox)

        def put(event: Event) -> None:
            inbox.put(self.seq, self._batch.cause(len(self._batch.events)), event)

        def publish(event: Event) -> None:
            self.publish(event, inbox.last_seq)

        self._subscribe(service, put)
        return inbox, publish if service.consumes else self.publish

    def _register(self, service: CoreService | EdgeService) -> None:
        if any(known.name == service.name for known in self.services):
            raise WiringError(f"two services are called {service.name}")
        self.services.append(service)
        self.declare(service.publishes)

    def _subscribe(self, service: CoreService | EdgeService, deliver: Callable[[Any], Any]) -> None:
        heard = {member: None for kind in service.consumes for member in members(kind)}
        for member in heard:
            self._routes[member] = (*self._routes.get(member, ()), deliver)

    def tap(self, tap: Tap) -> None:
        """Call `tap` with every event and its cause, in batches; `flush` hands over the rest."""
        self._taps.append(tap)

    def flush(self) -> None:
        """Hand the events since the last batch to the taps. No turn may be under way."""
        if self._batch.events:
            try:
                for tap in self._taps:
                    tap(self._batch)
            finally:
                # Never handed over twice, whichever tap failed.
                self._batch.clear()

    def close(self) -> None:
        """Take no more events and let edge services read what waits for them."""
        self._closed = True
        try:
            self.flush()
        finally:
            for inbox in self._mailboxes:
                inbox.close()

    async def room(self) -> None:
        """Let other tasks run, and wait until every mailbox is at most half full."""
        await asyncio.sleep(0)
        for inbox in self._mailboxes:
            await inbox.room()

    def _fail(self, error: BaseException, event: Event) -> NoReturn:
        """Close the bus for good and raise what ended it, with its own traceback."""
        self._closed = True
        failure = error
        if isinstance(error, StopIteration):
            names = self._generators.items()
            returned = [name for name, generator in names if getattr(generator, "gi_frame", None) is None]
            failure = ServiceReturnedError(f"core service {', '.join(returned)} returned on {type(event).__name__}")
        elif isinstance(error, KeyError) and type(event) not in self._routes:
            failure = WiringError(f"{type(event).__name__} was published, but no service declares it")
        self.failure = failure
        self._flush_what_failed()
        if failure is error:
            raise error
        raise failure from None

    def _flush_what_failed(self) -> None:
        """Hand the taps what led to the failure; a tap that fails now has nobody to tell."""
        batch = self._batch
        if len(batch.waiting) < len(batch.events):
            batch.waiting.append(len(self._queue))
        with suppress(Exception):
            self.flush()
