"""clock: where time comes from. Nothing else in the package asks the operating system."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """**Protocol:** market time for decisions, monotonic time for time-outs."""

    def now_ns(self) -> int:
        """Return the time, nanoseconds since the epoch, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary start."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others run for that long."""
        ...


class WallClock:
    """The machine's clock."""

    def now_ns(self) -> int:
        """Return the time, nanoseconds since the epoch, UTC."""
        return time.time_ns()

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary start."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let others run for that long."""
        await asyncio.sleep(seconds)


class ReplayClock:
    """A clock that stands still until it is moved; sleeping moves it at once. For replays and for tests."""

    def __init__(self, now_ns: int = 0) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """Return the time, nanoseconds since the epoch, UTC."""
        return self._now_ns

    def monotonic(self) -> float:
        """Return the same time in seconds."""
        return self._now_ns / 1e9

    def move_to(self, now_ns: int) -> None:
        """Go forward to a time; an earlier one changes nothing."""
        self._now_ns = max(self._now_ns, now_ns)

    async def sleep(self, seconds: float) -> None:
        """Move the clock and let others run once."""
        self._now_ns += round(seconds * 1e9)
        await asyncio.sleep(0)
