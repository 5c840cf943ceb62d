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
from dataclasses import dataclass

from tradebus.bus import Bus, EdgeService, Publish
from tradebus.clock import Clock
from tradebus.errors import RestartLimitError
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
    """Runs edge services until the driving one returns, then lets the others finish what waits for them."""

    def __init__(self, bus: Bus, clock: Clock, seed: int = 0) -> None:
        self._bus = bus
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - spreads restarts, keeps no secret
        self._edges: list[tuple[EdgeService, Mailbox, Publish, RestartRule]] = []

    def add(self, service: EdgeService, rule: RestartRule = RestartRule(), capacity: int = 4096) -> None:
        """Connect an edge service to the bus; it starts with `run`."""
        inbox, publish = self._bus.connect(service, capacity)
        self._edges.append((service, inbox, publish, rule))

    async def run(self, driver: EdgeService, last: Callable[[], Sequence[Event]]) -> None:
        """Run everything until `driver` returns, publish `last()`, close the bus and wait for the rest.

        Raises:
            Exception: What a core service raised, as it raised it.
            RestartLimitError: If an edge service failed too often.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for service, inbox, publish, rule in self._edges:
                    if service is not driver:
                        group.create_task(self._keep(service, inbox, publish, rule), name=service.name)
                service, inbox, publish, rule = next(edge for edge in self._edges if edge[0] is driver)
                await self._keep(service, inbox, publish, rule)
                for event in last():
                    self._bus.publish(event)
                self._bus.close()
        except BaseExceptionGroup as errors:
            first = _first(errors)
            raise first from first.__cause__

    async def _keep(self, service: EdgeService, inbox: Mailbox, publish: Publish, rule: RestartRule) -> None:
        failures: deque[float] = deque()
        while True:
            try:
                await service.run(inbox, publish)
            except Exception as error:
                if (failure := self._bus.failure) is not None:
                    raise failure from failure.__cause__
                now = self._clock.monotonic()
                failures.append(now)
                while failures[0] <= now - rule.window_s:
                    failures.popleft()
                if len(failures) >= rule.limit:
                    if rule.limit == 1:
                        raise
                    raise RestartLimitError(
                        f"{service.name} failed {len(failures)} times in {rule.window_s:g} s, last with {error!r}"
                    ) from error
                self._bus.publish(
                    ServiceRestarted(self._clock.now_ns(), service.name, repr(error)[:4096], len(failures))
                )
                pause = min(rule.max_pause_s, rule.first_pause_s * 2 ** (len(failures) - 1))
                await self._clock.sleep(self._random.uniform(0, pause))
            else:
                return


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the exception that came first out of a group; what followed from it are cancellations."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
