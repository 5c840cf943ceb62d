"""replay_feed: stored bars -> BarEvent, SnapshotEvent, StepEvent.

Bars come in the order in which they became known. All bars of one moment go out first, each settled before the next;
then the snapshot (the strategy's turn), then the step (the books are valued). After the last snapshot comes
SessionClosing, so that what is closed at the end is valued with the last bar.
"""

from collections.abc import Awaitable, Callable, Iterable

from tradebus.bus import Publish
from tradebus.clock import ReplayClock
from tradebus.events import BarEvent, Event, SessionClosing, SnapshotEvent, StepEvent
from tradebus.mailbox import Delivery, Mailbox

_PAUSE_EVERY = 128
"""Bars between two pauses. At four to fifteen events a bar they fit into half a mailbox of 4,096."""


class ReplayFeed:
    """Replays bars as fast as the slowest listener that may not lose any.

    Args:
        chunks: The bars, in order of `time_ns`, in portions after each of which other tasks may run.
        clock: Moved on now and then: the core reads time off events and never off a clock.
        flatten: Whether to close all positions at the end.
        pause: Awaited every `_PAUSE_EVERY` bars with the number of bars so far; other tasks run then.
    """

    name = "feed"
    consumes: tuple[type[Event], ...] = ()
    publishes: tuple[type[Event], ...] = (BarEvent, SnapshotEvent, StepEvent, SessionClosing)
    policies: dict[type[Event], Delivery] = {}

    def __init__(
        self,
        chunks: Iterable[Iterable[BarEvent]],
        clock: ReplayClock,
        pause: Callable[[int], Awaitable[None]],
        *,
        flatten: bool = True,
    ) -> None:
        self._chunks = chunks
        self._clock = clock
        self._pause = pause
        self._flatten = flatten

    async def run(self, inbox: Mailbox, publish: Publish) -> None:
        """Publish all bars."""
        now, count = None, 0
        for chunk in self._chunks:
            for bar in chunk:
                time_ns = bar.time_ns
                if time_ns != now:
                    if now is not None:
                        publish(SnapshotEvent(now))
                        publish(StepEvent(now))
                    now = time_ns
                publish(bar)
                count += 1
                if not count % _PAUSE_EVERY:
                    self._clock.move_to(now)
                    await self._pause(count)
        if now is not None:
            self._clock.move_to(now)
            await self._pause(count)
            publish(SnapshotEvent(now))
            publish(SessionClosing(now, self._flatten))
            publish(StepEvent(now))
