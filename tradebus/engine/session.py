"""session: start a wired session, run it to its end, and stop it in order."""

from collections.abc import Sequence
from decimal import Decimal

from tradebus.clock import Clock, WallClock
from tradebus.engine.wiring import Session
from tradebus.events import Event, SessionEnded, SessionStarted
from tradebus.supervisor import NEVER, Supervisor


async def run_session(
    session: Session, clock: Clock, *, mode: str, symbols: Sequence[str], cash: Decimal, start_ns: int
) -> None:
    """Run a session until its feed has come to its end.

    Args:
        session: What `wire` returned.
        clock: Market time, for what is told of the session itself. Restarts are counted in real time.
        mode, symbols, cash: What SessionStarted tells.
        start_ns: Market time of the beginning, nanoseconds since the epoch, UTC.

    Raises:
        Exception: What a core service raised, with its own traceback.
        RestartLimitError: If an edge service failed too often.
    """
    bus = session.bus
    bus.declare((SessionStarted, SessionEnded))
    supervisor = Supervisor(bus, WallClock(), clock.now_ns)
    supervisor.add(session.feed, NEVER)
    bus.publish(SessionStarted(start_ns, mode, tuple(symbols), cash))

    def last() -> Sequence[Event]:
        return (SessionEnded(clock.now_ns(), "feed ended"),)

    await supervisor.run(session.feed, last)
