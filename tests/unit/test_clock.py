"""Tests of tradebus/clock.py."""

from tradebus.clock import ReplayClock, WallClock


async def test_a_replay_clock_moves_only_forward() -> None:
    """It stands still until moved, ignores earlier times, and sleeping moves it at once."""
    clock = ReplayClock(10)
    clock.move_to(5)
    assert clock.now_ns() == 10

    clock.move_to(1_000_000_000)
    await clock.sleep(2.5)

    assert clock.now_ns() == 3_500_000_000
    assert clock.monotonic() == 3.5


async def test_the_wall_clock_does_not_go_back() -> None:
    """Both of its times grow, and it can sleep."""
    clock = WallClock()
    now, monotonic = clock.now_ns(), clock.monotonic()

    await clock.sleep(0)

    assert clock.monotonic() >= monotonic
    assert clock.now_ns() > 1_700_000_000_000_000_000
    assert now > 1_700_000_000_000_000_000
