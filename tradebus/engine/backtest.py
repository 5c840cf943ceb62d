"""backtest: BacktestEngine, the facade with SYSTEM's names over a wired session of stored bars."""

import asyncio
import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tradebus.analytics.results import RunOutcome, build_results, build_summary
from tradebus.clock import ReplayClock
from tradebus.engine.assumptions import assumptions
from tradebus.engine.event_hash import EventHasher
from tradebus.engine.session import run_session
from tradebus.engine.wiring import Parts, wire
from tradebus.errors import InputError
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.price import FillAt
from tradebus.model.instrument import Instruments, parse_symbol
from tradebus.model.order import TimeInForce
from tradebus.model.portfolio import Portfolio
from tradebus.model.time import NEW_YORK, to_moment
from tradebus.model.timeframe import Timeframe
from tradebus.risk.limits import Limits
from tradebus.risk.settings import RiskSettings
from tradebus.services.trackers import TrackersService
from tradebus.sizers.percent import PercentSizer
from tradebus.storage.bar_stream import BarStream

if TYPE_CHECKING:
    import polars as pl

    from tradebus.bus import Tap
    from tradebus.matching.commission import CommissionModel
    from tradebus.ports import DataGateway, PositionSizer, Strategy

_CAPITAL_MAX = Decimal(10) ** 12
_WHOLE_CURVE = 100_000
"""Bars up to which the results hold the equity curve as a list; beyond it, the run folder has the curve."""

type Table = tuple[str, Timeframe, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class BacktestRun:
    """What a backtest leaves behind.

    Attributes:
        results: SYSTEM's results dictionary and what was added to it.
        trackers: The exact fills, trades and equity curve.
        tables: The bars it ran on.
        strategy, sizer: Who decided.
    """

    results: dict[str, Any]
    trackers: TrackersService
    tables: list[Table]
    strategy: object
    sizer: object


class BacktestEngine:
    """Runs a strategy over stored bars.

    Args:
        gateway: Where the bars come from.
        strategy: Who decides.
        init_capital: Cash at the start, dollars, finite and above 0.
        position_sizer: How much; 10 % of equity if None.
        slippage_bps: Basis points that market and stop fills pay, >= 0.
        time_in_force: Of orders whose signal names none.
        fill_at: `close` fills at the close of the bar that made the signal, `open` and `vwap` on the next bar.
        max_volume_pct: Fraction of a bar's volume that all fills of the bar may take, in (0, 1]; None for no limit.
        commission: Commission model; None for no commission.
        limits: Pre-trade limits; by default only those that hold always: cash, validity, no shorts, open market.
        risk: Protective stops; none by default.
        instruments: Lots, ticks and hours; by default those of the asset class.
        keep_open: Whether positions that are open at the end are valued instead of closed.
        enable_trading: Whether entries pass; without it everything is decided and nothing bought.
        skip_repeats: Whether a signal that repeats the last one for its symbol is skipped.
        on_progress: Called now and then with bars done and bars in all.
        taps: Called with all events of the run, in batches.

    Raises:
        InputError: If a value is of no use; names it.
    """

    def __init__(
        self,
        gateway: "DataGateway",
        strategy: "Strategy",
        init_capital: float = 100_000,
        position_sizer: "PositionSizer | None" = None,
        slippage_bps: float = 0.0,
        time_in_force: TimeInForce = TimeInForce.GTC,
        *,
        fill_at: str = "close",
        max_volume_pct: float | None = 0.1,
        commission: "CommissionModel | None" = None,
        limits: Limits | None = None,
        risk: RiskSettings | None = None,
        instruments: Instruments | None = None,
        keep_open: bool = False,
        enable_trading: bool = True,
        skip_repeats: bool = True,
        on_progress: Callable[[int, int], None] | None = None,
        taps: "Sequence[Tap]" = (),
    ) -> None:
        self._gateway = gateway
        self._strategy = strategy
        self._cash = _capital(init_capital)
        self._sizer = position_sizer or PercentSizer(0.10)
        self._settings: dict[str, Any] = {
            "time_in_force": _time_in_force(time_in_force),
            "fill_at": FillAt.parse(fill_at),
            "max_volume_pct": max_volume_pct,
            "slippage_bps": slippage_bps,
            "commission": commission,
            "limits": limits or Limits(),
            "risk": risk or RiskSettings(),
            "instruments": instruments or Instruments(),
            "enable_trading": enable_trading,
            "skip_repeats": skip_repeats,
            "flatten": not keep_open,
        }
        # Made for its checks: what it refuses is refused before any bar is read.
        DeterministicMatchingEngine(fill_at, max_volume_pct, slippage_bps)
        self._on_progress = on_progress
        self._taps = tuple(taps)
        self._fresh: tuple[Any, Any] | Exception | None = None

    def run(
        self,
        symbol: str | None = None,
        timeframe: Timeframe = Timeframe.DAY_1,
        start: date | None = None,
        end: date | None = None,
        *,
        symbols: Sequence[str] = (),
        timeframes: Sequence[Timeframe] = (),
    ) -> dict[str, Any]:
        """Run to the end of the bars and return SYSTEM's results dictionary.

        Args:
            symbol: What to trade; or several in `symbols`.
            timeframe: Length of the bars; or several in `timeframes`.
            start, end: First and last bar's start, inclusive: aware datetimes, or dates, which mean whole days (of New
                York, or of UTC where nothing but crypto is traded). None for all there is.
            symbols, timeframes: Several of them in one run.

        Raises:
            InputError: If a value is of no use, there are no such bars, or an event loop is running already.
            StrategyError: If the strategy raised.
        """
        if _in_event_loop():
            problem = "cannot be called inside a running event loop, as in a notebook or an async function"
            raise InputError("run", "BacktestEngine.run", problem, "write `await engine.run_async(...)` there")
        return asyncio.run(self.run_async(symbol, timeframe, start, end, symbols=symbols, timeframes=timeframes))

    async def run_async(
        self,
        symbol: str | None = None,
        timeframe: Timeframe = Timeframe.DAY_1,
        start: date | None = None,
        end: date | None = None,
        *,
        symbols: Sequence[str] = (),
        timeframes: Sequence[Timeframe] = (),
    ) -> dict[str, Any]:
        """Run as `run` does, inside a running event loop."""
        done = await self.execute(
            [symbol, *symbols] if symbol is not None else symbols, timeframes or [timeframe], start, end
        )
        return done.results

    async def execute(
        self,
        symbols: Sequence[str],
        timeframes: Sequence[Timeframe],
        start: date | None = None,
        end: date | None = None,
    ) -> BacktestRun:
        """Run, and return everything that a report needs; see `run`."""
        tables = await self._fetch(symbols, timeframes, start, end)
        return await self.replay(tables)

    async def replay(self, tables: Sequence[Table]) -> BacktestRun:
        """Run over bar tables that are at hand; see `execute`.

        Raises:
            InputError: If orders are to fill at a vwap that the bars of a symbol do not have.
        """
        if self._settings["fill_at"] is FillAt.VWAP:
            _require_vwap(tables)
        strategy, sizer = self._next_players()
        stream = BarStream(tables)
        clock, portfolio = ReplayClock(stream.first_ns), Portfolio(self._cash)
        progress, instrument = self._on_progress, self._settings["instruments"][tables[0][0]]
        parts = Parts(
            strategy=strategy,
            strategy_id=getattr(strategy, "name", None) or type(strategy).__name__.lower(),
            sizer=sizer,
            portfolio=portfolio,
            timeframe=min((frame for _, frame, _ in tables), key=list(Timeframe).index),
            # A bar that ends at midnight belongs to the day that it closes.
            day_of=lambda time_ns: instrument.session_day(time_ns - 1),
            clock=clock,
            stream=stream,
            pace=None if progress is None else lambda bars: progress(bars, stream.count),
            **self._settings,
        )
        session, hasher = wire("backtest", parts), EventHasher()
        session.bus.tap(hasher)
        for tap in self._taps:
            session.bus.tap(tap)
        symbols = list(dict.fromkeys(symbol for symbol, _, _ in tables))
        await run_session(session, clock, mode="backtest", symbols=symbols, cash=self._cash, start_ns=stream.first_ns)
        results = self._results(parts, session.trackers, tables, stream, hasher)
        return BacktestRun(results, session.trackers, list(tables), strategy, sizer)

    async def _fetch(
        self, symbols: Sequence[str], timeframes: Sequence[Timeframe], start: date | None, end: date | None
    ) -> list[Table]:
        if isinstance(symbols, str):
            raise InputError("symbols", symbols, "is one symbol, not several", "write symbol=..., or symbols=[...]")
        names = list(dict.fromkeys(parse_symbol(symbol) for symbol in symbols))
        if not names:
            raise InputError("symbol", "", "nothing to trade", "name a symbol, for instance AAPL")
        zone = UTC if all("/" in name for name in names) else NEW_YORK
        first = None if start is None else to_moment(start, zone, "start")
        last = None if end is None else to_moment(end, zone, "end", day_end=True)
        if first is not None and last is not None and first > last:
            raise InputError("start", str(start), f"lies after end {end}", "swap the two")
        await self._gateway.connect()
        frames = dict.fromkeys(Timeframe.parse(timeframe) for timeframe in timeframes)
        ordered = sorted(frames, key=list(Timeframe).index)
        wanted = getattr(self._strategy, "timeframe", None)
        if isinstance(wanted, Timeframe) and wanted not in frames:
            problem = f"the strategy looks at {wanted} bars, which this run does not have"
            raise InputError("timeframe", ", ".join(ordered), problem, f"run it over {wanted} bars too")
        return [
            (name, timeframe, await self._gateway.fetch_bars(name, timeframe, first, last))
            for name in names
            for timeframe in ordered
        ]

    def _next_players(self) -> tuple[Any, Any]:
        """Return strategy and sizer as they were made: the ones given first, copies of them after that.

        So a caller can look into the strategy it gave after the first run, and a second run decides the same.
        """
        if self._fresh is None:
            given = (self._strategy, self._sizer)
            try:
                self._fresh = self._copied(given)
            except (TypeError, copy.Error) as error:
                # It holds an open file or the like. That is no reason not to run once.
                self._fresh = error
            return given
        if isinstance(self._fresh, Exception):
            problem = f"cannot run twice, for it cannot be copied ({self._fresh})"
            raise InputError("strategy", type(self._strategy).__name__, problem, "make a new engine for each run")
        return self._copied(self._fresh)

    def _copied(self, players: tuple[Any, Any]) -> tuple[Any, Any]:
        # The gateway is where bars come from, and may be shared.
        copied: tuple[Any, Any] = copy.deepcopy(players, {id(self._gateway): self._gateway})
        return copied

    def _results(
        self, parts: Parts, trackers: TrackersService, tables: Sequence[Table], stream: BarStream, hasher: EventHasher
    ) -> dict[str, Any]:
        closes = [table["close"] for _, frame, table in tables if frame is parts.timeframe]
        outcome = RunOutcome(
            symbols=list(dict.fromkeys(symbol for symbol, _, _ in tables)),
            timeframe=parts.timeframe,
            initial_capital=self._cash,
            bar_count=stream.count,
            curve=trackers.equity,
            trades=trackers.trades.trades,
            fills=trackers.fills,
            positions=parts.portfolio.positions(),
            counts=trackers.counts,
            examples=trackers.examples,
            assumptions=assumptions(parts, self._gateway),
            # Buying and holding several symbols is holding each for the same money.
            first_price=1.0,
            last_price=sum(float(close[-1] / close[0]) for close in closes) / len(closes),
            warm_up_bars=getattr(parts.strategy, "warmup", None),
            slippage=trackers.slippage,
            event_count=hasher.count,
            event_hash=hasher.hexdigest(),
        )
        return build_results(outcome) if stream.count <= _WHOLE_CURVE else build_summary(outcome)


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _time_in_force(value: str) -> TimeInForce:
    try:
        return TimeInForce(value.lower())
    except (ValueError, AttributeError):
        raise InputError(
            "time_in_force", value, "no such time in force", f"use one of {', '.join(TimeInForce)}"
        ) from None


def _require_vwap(tables: Sequence[Table]) -> None:
    """Refuse bars without any vwap: no order would ever fill at it."""
    shortest = min((frame for _, frame, _ in tables), key=list(Timeframe).index)
    for symbol, timeframe, table in tables:
        if timeframe is shortest and table["vwap"].null_count() == table.height:
            raise InputError("fill_at", FillAt.VWAP.value, f"the bars of {symbol} have no vwap", "use open or close")


def _capital(value: object) -> Decimal:
    try:
        cash = Decimal(str(value))
    except InvalidOperation:
        cash = Decimal("NaN")
    if not (cash.is_finite() and 0 < cash <= _CAPITAL_MAX):
        raise InputError("capital", str(value), "must be dollars above 0 and at most 1e12", "use for instance 100000")
    return cash
