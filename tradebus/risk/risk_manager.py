"""risk_manager: stops on positions, limits on the equity and the circuit breaker together.

BarEvent, TickEvent -> StopTriggered          PortfolioEvent -> LimitBreached, BreakerTripped
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tradebus.model.bar import Bar
from tradebus.model.fill import Fill
from tradebus.risk.breaker import CircuitBreaker
from tradebus.risk.held import HeldPosition
from tradebus.risk.settings import RiskSettings
from tradebus.risk.stops.base import EquityStop, PriceStop
from tradebus.risk.stops.drawdown import DrawdownStop
from tradebus.risk.stops.portfolio import PortfolioStop, utc_day
from tradebus.risk.stops.position import PositionStop
from tradebus.risk.stops.trailing import TrailingStop

__all__ = ["Breach", "ExitSignal", "PositionStop", "RiskManager", "RiskSettings"]


@dataclass(frozen=True, slots=True)
class ExitSignal:
    """A position must be closed.

    Attributes:
        strategy_id, symbol: Whose position of what.
        stop: Which protection, as `position_stop`.
        level: Price of the stop in dollars; None for an exit at the market.
        price: Price that touched it, dollars: the bar's open if that was beyond the level, else the level; for an exit
            at the market the last price known.
    """

    strategy_id: str
    symbol: str
    stop: str
    level: float | None
    price: float


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit on the equity was breached.

    Attributes:
        limit: Which protection, as `max_drawdown`.
        value: What was lost, a fraction; NaN if the equity cannot be valued.
        bound: What was allowed, a fraction.
        exits: The positions to close because of it.
        trips_breaker: Whether it tripped the breaker just now.
    """

    limit: str
    value: float
    bound: float
    exits: tuple[ExitSignal, ...]
    trips_breaker: bool

    @property
    def reason(self) -> str:
        """One line for people."""
        return _reason(self.limit, self.value, self.bound)


_INF = math.inf
NO_EXITS: tuple[ExitSignal, ...] = ()
NO_BREACHES: tuple[Breach, ...] = ()


class RiskManager:
    """Watches what is held and says what must be closed; it closes nothing itself.

    It keeps its own positions, from fills, for each strategy and symbol. An exit is asked for once in the life of a
    position: whoever could not carry it out asks again with `rearm`. Memory: the open positions, and the last bar of
    each symbol.

    With a breaker, a breach of a limit on the equity also trips it, and entries are refused from then on until a
    person resets it. Without one, a strategy may enter again at once.

    Args:
        settings: The protections that are set; None for none of them, and a breaker.
        day_of: Number of the day of a moment, for the daily loss; see `PortfolioStop`.
        price_stops: Further protections of single positions; of all the nearest level counts.
        equity_stops: Further limits on the loss of equity.

    Attributes:
        breaker: Tripped by a breach of a limit on the equity; None if it is not enabled.
    """

    def __init__(
        self,
        settings: RiskSettings | None = None,
        day_of: Callable[[int], int] = utc_day,
        price_stops: Sequence[PriceStop] = (),
        equity_stops: Sequence[EquityStop] = (),
    ) -> None:
        settings = settings or RiskSettings()
        self.breaker = CircuitBreaker() if settings.enable_circuit_breaker else None
        self._price_stops = (*_price_stops(settings), *price_stops)
        self._equity_stops = (*_equity_stops(settings, day_of), *equity_stops)
        self._held: dict[str, tuple[HeldPosition, ...]] = {}
        self._last: dict[str, Bar] = {}
        self._equity = math.nan
        self._worthless = False

    @property
    def halted(self) -> str | None:
        """Why entries are refused; None while the breaker is closed or there is none."""
        return None if self.breaker is None else self.breaker.reason

    def on_fill(self, fill: Fill) -> None:
        """Take a fill into the position of its strategy.

        If the last bar of the symbol ended at or after the fill (which a backtest books into a bar it has just seen),
        its close is the first mark, and that bar is not checked again.
        """
        symbol = fill.symbol
        records = self._held.get(symbol, ())
        record = next((held for held in records if held.strategy_id == fill.strategy_id), None)
        if record is None:
            record = HeldPosition(fill, self._price_stops)
            self._held[symbol] = (*records, record)
        else:
            record.apply(fill)
        if record.is_flat:
            left = tuple(held for held in records if held is not record)
            if left:
                self._held[symbol] = left
            else:
                del self._held[symbol]
        elif not record.marked:
            last = self._last.get(symbol)
            if last is not None and last.time_ns >= fill.time_ns:
                record.since_ns = last.time_ns
                record.mark(last.close)
        # The same equity with another position is worth another look.
        self._equity = math.nan

    def check_stops(self, bar: Bar) -> Sequence[ExitSignal]:
        """Return the positions whose stop a closed bar touches, then take its close as a mark.

        Levels are those known before the bar. A bar that began before the entry is not checked, for its low may be
        older than the position; its close counts as a mark. Give it the bars of one timeframe, the session's shortest.
        """
        symbol = bar.symbol
        self._last[symbol] = bar
        records = self._held.get(symbol)
        if records is None:
            return NO_EXITS
        exits = NO_EXITS
        for held in records:
            touched = (bar.low <= held.level) if held.sign > 0 else (bar.high >= held.level)
            if touched and not held.signalled and bar.start_ns >= held.since_ns:
                beyond = (bar.open <= held.level) if held.sign > 0 else (bar.open >= held.level)
                exits = (*exits, _at_level(held, bar.open if beyond else held.level))
            if bar.time_ns >= held.since_ns:
                held.mark(bar.close)
        return exits

    def check_tick(self, symbol: str, price: float) -> Sequence[ExitSignal]:
        """Return the positions whose stop a price touches. Marks stay as they are: they are made of closes."""
        records = self._held.get(symbol)
        if records is None:
            return NO_EXITS
        exits = NO_EXITS
        for held in records:
            held.price = price
            if not held.signalled and ((price <= held.level) if held.sign > 0 else (price >= held.level)):
                exits = (*exits, _at_level(held, price))
        return exits

    def mark(self, symbol: str, price: float, time_ns: int) -> None:
        """Take a price as a close, in sessions that have ticks and no bars; call it after `check_tick`."""
        for held in self._held.get(symbol, ()):
            if time_ns >= held.since_ns:
                held.mark(price)

    def check_portfolio(self, time_ns: int, equity: float) -> Sequence[Breach]:
        """Return the limits that a new value of the equity breaches, with the positions to close.

        An equity that is NaN, infinite or not above 0 breaches every limit: an account that cannot be valued is not
        one to trade with. It is reported when it begins and for every position opened in spite of it.

        Args:
            time_ns: Market time.
            equity: Cash and positions, dollars.
        """
        if equity == self._equity or not self._equity_stops:
            return NO_BREACHES
        self._equity = equity
        if 0 < equity < _INF:
            self._worthless = False
        elif self._worthless and not self._has_unsignalled():
            return NO_BREACHES
        else:
            self._worthless = True
        breaches = NO_BREACHES
        for stop in self._equity_stops:
            lost = stop.check(time_ns, equity)
            if lost is not None:
                breaches = (*breaches, self._breach(stop, lost, time_ns))
        return breaches

    def rearm(self, strategy_id: str, symbol: str) -> None:
        """Watch a position again whose exit ended without closing it (cancelled, rejected, expired)."""
        for held in self._held.get(symbol, ()):
            if held.strategy_id == strategy_id:
                held.signalled = False
                self._equity = math.nan

    def level(self, strategy_id: str, symbol: str) -> float | None:
        """Return the price that closes a position, dollars; None without a position or a stop."""
        for held in self._held.get(symbol, ()):
            if held.strategy_id == strategy_id and held.stop:
                return held.level
        return None

    def _has_unsignalled(self) -> bool:
        return any(not held.signalled for records in self._held.values() for held in records)

    def _breach(self, stop: EquityStop, lost: float, time_ns: int) -> Breach:
        exits = NO_EXITS
        for records in self._held.values():
            for held in records:
                if not held.signalled:
                    held.signalled = True
                    exits = (*exits, ExitSignal(held.strategy_id, held.symbol, stop.name, None, held.price))
        tripped = self.breaker is not None and self.breaker.trip(_reason(stop.name, lost, stop.bound), time_ns)
        return Breach(stop.name, lost, stop.bound, exits, tripped)


def _price_stops(settings: RiskSettings) -> Iterator[PriceStop]:
    if settings.position_stop_pct is not None:
        yield PositionStop(settings.position_stop_pct)
    if settings.trailing_stop_pct is not None:
        yield TrailingStop(settings.trailing_stop_pct)


def _equity_stops(settings: RiskSettings, day_of: Callable[[int], int]) -> Iterator[EquityStop]:
    if settings.portfolio_stop_pct is not None:
        yield PortfolioStop(settings.portfolio_stop_pct, day_of)
    if settings.max_drawdown_pct is not None:
        yield DrawdownStop(settings.max_drawdown_pct)


def _at_level(held: HeldPosition, price: float) -> ExitSignal:
    held.signalled = True
    return ExitSignal(held.strategy_id, held.symbol, held.stop, held.level, price)


def _reason(limit: str, value: float, bound: float) -> str:
    if value != value:
        return f"{limit}: the equity cannot be valued"
    return f"{limit}: {value:.2%} of the equity lost, {bound:.2%} allowed"
