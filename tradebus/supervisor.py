"""supervisor: runs the edge services of a session, restarts those that may lag, and ends with the first that may not.

    core service fails            -> the bus has failed: the session ends with the original exception
    edge service fails            -> started again after a pause, and told to the bus
    it fails too often            -> the session ends

Pauses are exponential with full jitter (a random share of 0.1 s, 0.2 s, 0.4 s ... up to 10 s), so that services which
failed together do not come back together.

Source: the limit on restarts within a window is Erlang/OTP's supervision principle (erlang.org, sup_princ); full jitter
is "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tradebus.bus import Bus, EdgeService, Publish
from tradebus.clock import Clock
from tradebus.errors import RestartLimitError, ServiceError, ServiceReturnedError
from tradebus.events import Event, ServiceRestarted
from tradebus.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class RestartRule:
    """How often an edge service may fail.

    Attributes:
        limit: This many failures within the window end the session.
        window_s: Seconds.
        first_pause_s, max_pause_s: Bounds of the pause before a restart, seconds.
    """

    limit: int = 5
    window_s: float = 60.0
    first_pause_s: float = 0.1
    max_pause_s: float = 10.0


NEVER = RestartRule(limit=1)
"""For a service whose work cannot be taken up again in the middle, such as a replay."""


class Supervisor:
    """Runs edge services until the driving one returns, then lets the others finish what waits for them.

    Args:
        bus: Where they are connected.
        clock: For pauses and for the window of the restart rule; not the market's, which stands still in a replay.
        now_ns: Market time of the events told here; None for the clock's.
        seed: Of the jitter.
    """

    def __init__(self, bus: Bus, clock: Clock, now_ns: Callable[[], int] | None = None, seed: int = 0) -> None:
        bus.declare((ServiceRestarted,))
        self._bus = bus
        self._clock = clock
        self._now_ns = now_ns or clock.now_ns
        self._random = random.Random(seed)  # noqa: S311 - spreads restarts, keeps no secret
        self._edges: list[tuple[EdgeService, Mailbox, Publish, RestartRule]] = []
        self._failure: BaseException | None = None

    def add(self, service: EdgeService, rule: RestartRule = RestartRule(), capacity: int = 4096) -> None:
        """Connect an edge service to the bus; it starts with `run`."""
        inbox, publish = self._bus.connect(service, capacity)
        self._edges.append((service, inbox, publish, rule))

    async def run(self, driver: EdgeService, last: Callable[[], Sequence[Event]]) -> None:
        """Run everything until `driver` returns, publish `last()`, close the bus and wait for the rest.

        Raises:
            Exception: What a core service raised, as it raised it, or what ended the session first.
            RestartLimitError: If an edge service failed too often.
            ServiceReturnedError: If an edge service returned before the session was over.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for service, inbox, publish, rule in self._edges:
                    if service is not driver:
                        group.create_task(self._watch(service, inbox, publish, rule), name=service.name)
                service, inbox, publish, rule = next(edge for edge in self._edges if edge[0] is driver)
                await self._keep(service, inbox, publish, rule)
                for event in last():
                    self._bus.publish(event)
                self._bus.close()
        except BaseExceptionGroup as errors:
            failure = self._failure or _first(errors)
            # What a tap raises now would hide what ended the session.
            with suppress(Exception):
                self._bus.close()
        else:
            return
        finally:
            self._bus.close()
        # Outside the except block, so that the exception keeps the context it was raised in.
        raise failure

    async def _watch(self, service: EdgeService, inbox: Mailbox, publish: Publish, rule: RestartRule) -> None:
        await self._keep(service, inbox, publish, rule)
        if _is_cancelled():
            # It tidied up and returned: what cancelled it must not be taken for its failure.
            raise asyncio.CancelledError
        if not self._bus.is_closed:
            raise self._noted(ServiceReturnedError(f"{service.name} returned although the session still runs"))

    async def _keep(self, service: EdgeService, inbox: Mailbox, publish: Publish, rule: RestartRule) -> None:
        failures: deque[float] = deque()
        while True:
            try:
                await service.run(inbox, publish)
                return
            except asyncio.CancelledError as error:
                if _is_cancelled():
                    raise
                # Nobody cancelled this task: a library let a cancellation of its own out.
                failure: BaseException = ServiceError(f"{service.name} was cancelled from within")
                failure.__cause__ = error
            except Exception as error:  # noqa: BLE001 - the one place where an edge service's failure is judged
                failure = error
            if _is_cancelled() or self._bus.is_closed:
                raise self._noted(self._bus.failure or failure)
            self._judge(service, rule, failures, failure)
            pause = min(rule.max_pause_s, rule.first_pause_s * 2 ** (len(failures) - 1))
            await self._clock.sleep(self._random.uniform(0, pause))

    def _judge(self, service: EdgeService, rule: RestartRule, failures: deque[float], error: BaseException) -> None:
        """Count a failure; raise if it is one too many, else tell it."""
        now = self._clock.monotonic()
        failures.append(now)
        while failures[0] <= now - rule.window_s:
            failures.popleft()
        if rule.limit == 1:
            raise self._noted(error)
        if len(failures) >= rule.limit:
            text = f"{service.name} failed {len(failures)} times in {rule.window_s:g} s, last with {error!r}"
            limit = RestartLimitError(text)
            limit.__cause__ = error
            raise self._noted(limit)
        self._bus.publish(ServiceRestarted(self._now_ns(), service.name, repr(error)[:4096], len(failures)))

    def _noted(self, error: BaseException) -> BaseException:
        """Remember the first failure: what follows from it may come out of the group before it."""
        if self._failure is None:
            self._failure = error
        return error


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the exception that came first out of a group; what followed from it are cancellations."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
