"""wiring: the four modes, side by side. Nothing outside this file asks which mode it is.

    mode       feed                      executor
    backtest   stored bars               matching engine
    dry-run    stored bars, paced        matching engine
    paper      Alpaca's stream           Alpaca, paper account
    live       Alpaca's stream           Alpaca, real money

Everything between feed and executor is the same list of services in the same order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

from tradebus.bus import Bus, CoreService, EdgeService
from tradebus.clock import ReplayClock
from tradebus.errors import InputError
from tradebus.events import BarEvent
from tradebus.matching.commission import CommissionModel
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.price import FillAt
from tradebus.model.instrument import Instruments
from tradebus.model.order import TimeInForce
from tradebus.model.portfolio import Portfolio
from tradebus.model.timeframe import Timeframe
from tradebus.ports import PositionSizer, Strategy
from tradebus.risk.limits import Limits
from tradebus.risk.order_manager import OrderManager
from tradebus.risk.risk_manager import RiskManager
from tradebus.risk.settings import RiskSettings
from tradebus.risk.stops.portfolio import utc_day
from tradebus.risk.validator import build_validator
from tradebus.services.order_book import OrderBook
from tradebus.services.portfolio import PortfolioService
from tradebus.services.replay_feed import ReplayFeed
from tradebus.services.simulated_executor import SimulatedExecutor
from tradebus.services.sizing import SizingService
from tradebus.services.stops import StopsService
from tradebus.services.strategy import StrategyService
from tradebus.services.trackers import TrackersService
from tradebus.services.validation import ValidationService


class Bars(Protocol):
    """**Protocol:** stored bars in the order in which they became known."""

    def chunks(self) -> Iterable[Iterable[BarEvent]]:
        """Return the bars in portions."""


@dataclass(slots=True, kw_only=True)
class Parts:
    """What a session is made of, whatever its mode.

    Attributes:
        strategy, strategy_id: Who decides, and under which name.
        sizer: How much.
        portfolio: The books.
        timeframe: The shortest of the session's timeframes.
        instruments: Lots, ticks and hours.
        time_in_force: Of orders whose signal names none.
        limits: Pre-trade limits.
        risk: Protective stops.
        day_of: Number of the day that a market time belongs to, for the daily loss.
        fill_at, max_volume_pct, slippage_bps, commission: How the matching engine fills.
        enable_trading: Whether entries pass; without it everything is decided and nothing bought.
        skip_repeats: Whether a wish that repeats the last one is skipped.
        flatten: Whether positions are closed when the feed ends.
        instance: Tag of the run in order ids.
        clock: Market time of a replay.
        stream: The bars of a replay; None where they come from a gateway.
        pace: Called after each portion of a replay with the number of bars so far.
    """

    strategy: Strategy
    strategy_id: str
    sizer: PositionSizer
    portfolio: Portfolio
    timeframe: Timeframe
    instruments: Instruments = field(default_factory=Instruments)
    time_in_force: TimeInForce = TimeInForce.GTC
    limits: Limits = field(default_factory=Limits)
    risk: RiskSettings = field(default_factory=RiskSettings)
    day_of: Callable[[int], int] = utc_day
    fill_at: FillAt = FillAt.CLOSE
    max_volume_pct: float | None = 0.1
    slippage_bps: float = 0.0
    commission: CommissionModel | None = None
    enable_trading: bool = True
    skip_repeats: bool = True
    flatten: bool = True
    instance: str = "bt"
    clock: ReplayClock = field(default_factory=ReplayClock)
    stream: Bars | None = None
    pace: Callable[[int], None] | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """A wiring's two ends.

    Attributes:
        feed: Makes the service that brings market data.
        executor: Makes the service that takes orders.
    """

    feed: Callable[["Parts", Bus], EdgeService]
    executor: Callable[["Parts"], CoreService]


def _replay(parts: Parts, bus: Bus) -> EdgeService:
    if parts.stream is None:
        raise InputError("gateway", None, "there are no stored bars to replay", "give a gateway that has some")

    async def pause(bars: int) -> None:
        if parts.pace is not None:
            parts.pace(bars)
        await bus.room()

    return ReplayFeed(parts.stream.chunks(), parts.clock, pause, flatten=parts.flatten)


def _matcher(parts: Parts) -> CoreService:
    return SimulatedExecutor(
        DeterministicMatchingEngine(
            fill_at=parts.fill_at,
            max_volume_pct=parts.max_volume_pct,
            slippage_bps=parts.slippage_bps,
            commission=parts.commission,
            instruments=parts.instruments,
            buying_power=lambda: parts.portfolio.cash,
        ),
        parts.timeframe,
    )


def _not_wired(mode: str, gateway: str) -> Callable[..., NoReturn]:
    def refuse(*_: object) -> NoReturn:
        raise InputError("mode", mode, f"not wired yet: {gateway} is missing", "use backtest or dry-run")

    return refuse


MODES: dict[str, Mode] = {
    "backtest": Mode(feed=_replay, executor=_matcher),
    "dry-run": Mode(feed=_replay, executor=_matcher),
    "paper": Mode(feed=_not_wired("paper", "AlpacaDataGateway"), executor=_not_wired("paper", "AlpacaTradingGateway")),
    "live": Mode(feed=_not_wired("live", "AlpacaDataGateway"), executor=_not_wired("live", "AlpacaTradingGateway")),
}


@dataclass(slots=True)
class Session:
    """A wired session, ready to run."""

    bus: Bus
    feed: EdgeService
    trackers: TrackersService


def wire(mode: str, parts: Parts) -> Session:
    """Attach the services of a mode to a new bus, in the order of the flow.

    Raises:
        InputError: If there is no such mode, or its gateways are not there.
    """
    if mode not in MODES:
        raise InputError("mode", mode, "no such mode", f"use one of {', '.join(MODES)}")
    ends, bus, trackers = MODES[mode], Bus(), TrackersService(parts.slippage_bps)
    feed, executor = ends.feed(parts, bus), ends.executor(parts)
    account = parts.portfolio
    manager = OrderManager(build_validator(parts.limits, parts.instruments))
    if not parts.enable_trading:
        manager.halt("enable_trading is false", "configuration")
    core: list[CoreService] = [
        executor,
        OrderBook(),
        PortfolioService(parts.portfolio),
        StopsService(RiskManager(parts.risk, parts.day_of), parts.timeframe),
        StrategyService(parts.strategy, parts.strategy_id, parts.timeframe, skip_repeats=parts.skip_repeats),
        SizingService(parts.sizer, account, parts.instruments, parts.time_in_force, parts.instance),
        ValidationService(manager, account),
        trackers,
    ]
    for service in core:
        bus.attach(service)
    return Session(bus, feed, trackers)
