"""bus: one queue, one order. The bus is the scheduler of the core services.

    publish(event) -> append -> each event, in turn, to all its consumers in wiring order

A core service is a generator that the bus resumes with `send`: a delivery costs what a method call costs, and since a
generator cannot contain `await`, nothing in the core can wait for anything but its next event. When the outermost
`publish` returns, every consequence has settled.

Events are numbered in the order in which they are published, which is the order in which they are handled, so the bus
learns the cause of each from the growth of its own queue: whatever was appended while event n was handled was caused by n.
"""

from array import array
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import Any, ClassVar, Protocol

from tradebus.errors import BusClosedError, RunawayCascadeError, ServiceReturnedError, WiringError
from tradebus.events import Event, members
from tradebus.mailbox import Delivery, Mailbox

type Publish = Callable[[Event], None]
type Core = Generator[None, Any]
type Tap = Callable[[int, list[Event], "array[int]"], None]
"""Called with the number of the first event, the events, and the causes, in batches and in order."""

_BATCH = 4096


class CoreService(Protocol):
    """**Protocol:** decides, and never waits. `run` primes to its first `yield`, then lives in one loop around it.

    Attributes:
        name: Unique in a wiring.
        consumes: What it hears; a family stands for all its members.
        publishes: What it may say.
    """

    name: str
    consumes: ClassVar[tuple[type[Event], ...]]
    publishes: ClassVar[tuple[type[Event], ...]]

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
    consumes: ClassVar[tuple[type[Event], ...]]
    publishes: ClassVar[tuple[type[Event], ...]]
    policies: ClassVar[dict[type[Event], Delivery]]

    async def run(self, inbox: Mailbox, publish: Publish) -> None:
        """Iterate over the inbox until it ends."""
        ...


class Bus:
    """The central bus of a session.

    Attributes:
        max_cascade: How many events one outermost publish may lead to, itself included.
        seq: Number of the last event handled; 0 before the first.
        failure: What ended the bus; None while it works.
        services: All services in wiring order, for `tradebus flow`.
    """

    def __init__(self, max_cascade: int = 100_000) -> None:
        self.max_cascade = max_cascade
        self.seq = 0
        self.failure: BaseException | None = None
        self.services: list[CoreService | EdgeService] = []
        self._queue: deque[Event] = deque()
        self._routes: dict[type[Event], tuple[tuple[Callable[[Any], Any], ...], tuple[Mailbox, ...]]] = {}
        self._names: dict[Any, str] = {}
        self._taps: list[Tap] = []
        self._log: list[Event] = []
        self._causes: array[int] = array("q")
        self._draining = False
        self._closed = False

    def declare(self, kinds: Iterable[type[Event]]) -> None:
        """Make event types known that nobody need hear."""
        for kind in kinds:
            for member in members(kind):
                self._routes.setdefault(member, ((), ()))

    def attach(self, service: CoreService) -> None:
        """Start a core service and subscribe it after all that were attached before."""
        self._register(service)
        generator = service.run(self._queue.append)
        try:
            next(generator)
        except StopIteration:
            raise ServiceReturnedError(f"core service {service.name} returned before its first event") from None
        self._names[generator] = service.name
        for kind in service.consumes:
            for member in members(kind):
                sends, boxes = self._routes.get(member, ((), ()))
                self._routes[member] = ((*sends, generator.send), boxes)

    def connect(self, service: EdgeService, capacity: int = 4096) -> tuple[Mailbox, Publish]:
        """Subscribe an edge service; return its mailbox and its publish function.

        What it publishes is caused by the event that it took last from its mailbox.
        """
        self._register(service)
        inbox = Mailbox(service.name, capacity, service.policies)
        for kind in service.consumes:
            for member in members(kind):
                sends, boxes = self._routes.get(member, ((), ()))
                self._routes[member] = (sends, (*boxes, inbox))

        def publish(event: Event) -> None:
            self.publish(event, inbox.last_seq)

        return inbox, publish if service.consumes else self.publish

    def tap(self, tap: Tap) -> None:
        """Call `tap` with every event and its cause, in batches; `flush` hands over the rest."""
        self._taps.append(tap)

    def publish(self, event: Event, cause: int = 0) -> None:
        """Handle an event and all its consequences.

        Args:
            event: Of a type that the wiring knows.
            cause: Number of the event that led an edge service to it; 0 for one from outside.

        Raises:
            BusClosedError: If the bus was closed or has failed.
            RunawayCascadeError: If there were more than `max_cascade` consequences.
            WiringError: If somebody published a type that no service declares.
            Exception: What a core service raised. The bus has failed then, and the session must halt.
        """
        if self._draining or self._closed:
            raise BusClosedError(
                f"{type(event).__name__} was published "
                + ("from within a core service's turn" if self._draining else "on a closed bus")
            )
        self._draining = True
        queue, routes, log, causes = self._queue, self._routes, self._log, self._causes
        pop, note, note_cause = queue.popleft, log.append, causes.append
        queue.append(event)
        waiting: deque[int] = deque((cause,) * len(queue))
        try:
            for seq in range(self.seq + 1, self.seq + 1 + self.max_cascade):
                event = pop()
                note(event)
                note_cause(cause := waiting.popleft())
                sends, boxes = routes[type(event)]
                for send in sends:
                    send(event)
                for box in boxes:
                    box.put(seq, cause, event)
                if queue:
                    if grown := len(queue) - len(waiting):
                        waiting.extend((seq,) * grown)
                else:
                    break
            else:
                raise RunawayCascadeError(
                    f"more than {self.max_cascade} events followed from one, the last was {type(event).__name__}"
                )
            self.seq = seq
        except BaseException as error:
            self._fail(error, event)
        self._draining = False
        if len(log) >= _BATCH:
            self.flush()

    def _fail(self, error: BaseException, event: Event) -> None:
        """Close the bus for good and raise what ended it, with its own traceback."""
        self._closed = True
        self._draining = False
        failure: BaseException = error
        if isinstance(error, StopIteration):
            failure = ServiceReturnedError(f"{self._returned()} returned on {type(event).__name__}")
        elif isinstance(error, KeyError) and type(event) not in self._routes:
            failure = WiringError(f"{type(event).__name__} was published, but no service declares it")
        self.failure = failure
        if failure is error:
            raise error
        raise failure from None

    def _returned(self) -> str:
        names = [name for generator, name in self._names.items() if generator.gi_frame is None]
        return "core service " + ", ".join(names)

    def flush(self) -> None:
        """Hand the events since the last batch to the taps."""
        first = self.seq - len(self._log) + 1
        for tap in self._taps:
            tap(first, self._log, self._causes)
        self._log.clear()
        del self._causes[:]

    def close(self) -> None:
        """Take no more events and let edge services read what waits for them."""
        self._closed = True
        self.flush()
        for inbox in self._mailboxes():
            inbox.close()

    async def room(self) -> None:
        """Wait until every mailbox is at most half full."""
        for inbox in self._mailboxes():
            await inbox.room()

    def _mailboxes(self) -> list[Mailbox]:
        boxes = {id(box): box for _, boxes in self._routes.values() for box in boxes}
        return list(boxes.values())

    def _register(self, service: CoreService | EdgeService) -> None:
        if any(known.name == service.name for known in self.services):
            raise WiringError(f"two services are called {service.name}")
        self.services.append(service)
        self.declare(service.publishes)
