"""A service of the core that raises ends the session, with the original exception."""

import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from tests.flow.sessions import RandomStrategy, make_parts
from tests.samples import random_bars
from tradebus.bus import Core, CoreService, Publish
from tradebus.engine.session import run_session
from tradebus.engine.wiring import Parts, Session, wire
from tradebus.errors import BusClosedError, ServiceReturnedError
from tradebus.events import Event, SessionEnded, StepEvent
from tradebus.services.order_book import OrderBook
from tradebus.services.portfolio import PortfolioService
from tradebus.services.simulated_executor import SimulatedExecutor
from tradebus.services.sizing import SizingService
from tradebus.services.stops import StopsService
from tradebus.services.strategy import StrategyService
from tradebus.services.trackers import TrackersService
from tradebus.services.validation import ValidationService

CORE: list[type[Any]] = [
    SimulatedExecutor,
    OrderBook,
    PortfolioService,
    StopsService,
    StrategyService,
    SizingService,
    ValidationService,
    TrackersService,
]


class BrokenError(Exception):
    """What a service raises."""


def after(events: int, service: type[Any], monkeypatch: pytest.MonkeyPatch, *, returns: bool = False) -> None:
    """Let a service do its work for some events and raise (or return) on the next one."""
    original = service.run

    def run(self: CoreService, publish: Publish) -> Core:
        inner = original(self, publish)
        next(inner)
        for _ in range(events):
            inner.send((yield))
        yield
        if not returns:
            raise BrokenError(service.__name__)

    monkeypatch.setattr(service, "run", run)


class Halted:
    """A session that is run until it fails."""

    def __init__(self) -> None:
        self.parts: Parts = make_parts(random_bars(60), RandomStrategy(1))
        self.session: Session = wire("backtest", self.parts)

    async def run(self) -> None:
        """Run it."""
        cash = self.parts.portfolio.initial_cash
        await run_session(self.session, self.parts.clock, mode="backtest", symbols=["AAPL"], cash=cash, start_ns=0)

    def handled(self) -> Iterator[Event]:
        """Yield the events that were taken up and not yet handed to taps."""
        yield from self.session.bus._batch.events


def test_all_services_of_the_core_are_here() -> None:
    """In the order of the wiring."""
    assert [type(service) for service in wire("backtest", make_parts([], RandomStrategy(1))).bus.services] == CORE


@pytest.mark.parametrize("events", [0, 5])
@pytest.mark.parametrize("service", CORE)
async def test_a_service_that_raises_halts_the_session(
    service: type[Any], events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its own exception and traceback; nothing is handled after it, and nothing more can be published."""
    after(events, service, monkeypatch)
    halted = Halted()

    with pytest.raises(BrokenError, match=service.__name__) as caught:
        await halted.run()

    assert __file__ in {frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)}
    assert halted.session.bus.failure is caught.value
    assert not any(isinstance(event, SessionEnded) for event in halted.handled())
    with pytest.raises(BusClosedError, match="on a closed bus"):
        halted.session.bus.publish(StepEvent(0))


@pytest.mark.parametrize("service", CORE)
async def test_a_service_that_returns_halts_the_session(service: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named: a service lives as long as its session."""
    after(3, service, monkeypatch, returns=True)
    halted = Halted()
    name = next(one.name for one in halted.session.bus.services if isinstance(one, service))

    with pytest.raises(ServiceReturnedError, match=f"core service {name} returned on"):
        await halted.run()
