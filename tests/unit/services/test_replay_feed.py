"""Tests of tradebus/services/replay_feed.py."""

from collections.abc import Iterable, Sequence

import pytest

from tests.samples import START_NS, bar, random_bars
from tradebus.clock import ReplayClock
from tradebus.events import BarEvent, Event, SessionClosing, TimedEvent
from tradebus.mailbox import Mailbox
from tradebus.model.time import DAY_NS
from tradebus.services.replay_feed import ReplayFeed


class Recorded:
    """What a feed publishes, when it pauses, and what its clock says then."""

    def __init__(self, chunks: Iterable[Iterable[BarEvent]], *, flatten: bool = True) -> None:
        self.clock = ReplayClock()
        self.events: list[Event] = []
        self.pauses: list[tuple[int, int]] = []
        self.feed = ReplayFeed(chunks, self.clock, self._pause, flatten=flatten)

    async def _pause(self, bars: int) -> None:
        self.pauses.append((bars, self.clock.now_ns()))

    async def run(self) -> list[Event]:
        """Run the feed to its end and return what it published."""
        await self.feed.run(Mailbox("feed"), self.events.append)
        return self.events


def brief(events: Sequence[Event]) -> list[str]:
    """Return events as short text: `AAPL 0`, `StepEvent 0`; moments are counted in days."""
    lines = []
    for event in events:
        assert isinstance(event, BarEvent | TimedEvent)
        name = event.symbol if isinstance(event, BarEvent) else type(event).__name__
        lines.append(f"{name} {(event.time_ns - START_NS) // DAY_NS}")
    return lines


async def test_a_moment_is_its_bars_then_a_snapshot_then_a_step() -> None:
    """Of several symbols all bars come first; the last moment closes the session before it is valued."""
    bars = [bar(0), bar(0, symbol="MSFT"), bar(1), bar(2, symbol="MSFT")]

    events = await Recorded([bars]).run()

    assert brief(events) == [
        "AAPL 0",
        "MSFT 0",
        "SnapshotEvent 0",
        "StepEvent 0",
        "AAPL 1",
        "SnapshotEvent 1",
        "StepEvent 1",
        "MSFT 2",
        "SnapshotEvent 2",
        "SessionClosing 2",
        "StepEvent 2",
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_portions_may_end_anywhere(size: int) -> None:
    """In the middle of a moment too: what is published is the same."""
    bars = sorted(random_bars(5) + random_bars(5, 1, "MSFT"), key=lambda one: one.time_ns)
    whole = await Recorded([bars]).run()

    cut = await Recorded([bars[first : first + size] for first in range(0, len(bars), size)]).run()

    assert cut == whole


@pytest.mark.parametrize(("bars", "counts"), [(3, [3]), (128, [128, 128]), (300, [128, 256, 300])])
async def test_other_tasks_get_a_turn_now_and_then(bars: int, counts: list[int]) -> None:
    """And before the last snapshot: the clock has moved to the latest bar by then, and the count is of all so far."""
    recorded = Recorded([[bar(at)] for at in range(bars)])

    await recorded.run()

    assert recorded.pauses == [(count, START_NS + (count - 1) * DAY_NS) for count in counts]


@pytest.mark.parametrize("flatten", [True, False])
async def test_the_end_says_whether_positions_are_closed(flatten: bool) -> None:
    """As it was told."""
    events = await Recorded([[bar(0)]], flatten=flatten).run()

    assert SessionClosing(START_NS, flatten) in events


@pytest.mark.parametrize("chunks", [[], [[]]])
async def test_no_bars_are_no_events(chunks: list[list[BarEvent]]) -> None:
    """There is no moment to close."""
    assert await Recorded(chunks).run() == []
