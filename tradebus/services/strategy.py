"""strategy: BarEvent, TickEvent, SnapshotEvent, FillEvent, OrderEvent -> SignalEvent | SignalDeclined.

Collects the bars of a moment, shows them to the strategy, and turns its wishes into signals. A wish that is the same as
the last one for that symbol is skipped, in all modes alike; HOLD says nothing but makes the next wish a new one, and so
does an order that was refused or ended unfilled.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from tradebus.bus import Core, Publish
from tradebus.errors import SignalError, StrategyError, TradebusError, raised_at, shown
from tradebus.events import (
    BarEvent,
    Event,
    FillEvent,
    OrderAcked,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    SignalDeclined,
    SignalEvent,
    SnapshotEvent,
    TickEvent,
)
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.order import OrderSide
from tradebus.model.signal import Action, Signal, read_signal
from tradebus.model.time import iso, to_datetime
from tradebus.model.timeframe import Timeframe
from tradebus.ports import Strategy
from tradebus.strategies.base import Strategy as BaseStrategy

_ENDS = (OrderCanceled, OrderExpired, OrderRejected)
_NEWS = (OrderAcked, OrderCanceled, OrderExpired, OrderRejected)


class StrategyService:
    """Gives a strategy its turn.

    Args:
        strategy: The strategy. `on_fill(fill)` and `on_order(event)` are called where it has them.
        strategy_id: Its name in signals, orders and fills.
        timeframe: The session's shortest: of these bars are the snapshot's `bars`.
        skip_repeats: Whether to skip a wish that is the same as the last one for its symbol.
    """

    publishes: tuple[type[Event], ...] = (SignalEvent, SignalDeclined)

    def __init__(
        self, strategy: Strategy, strategy_id: str, timeframe: Timeframe, *, skip_repeats: bool = True
    ) -> None:
        self.name = f"strategy {strategy_id}"
        self._strategy = strategy
        self._id = strategy_id
        self._shortest = timeframe
        self._skip_repeats = skip_repeats
        self._last: dict[str, Action] = {}
        self._on_fill = _hook(strategy, "on_fill")
        self._on_order = _hook(strategy, "on_order")
        heard: tuple[type[Event], ...] = (BarEvent, TickEvent, SnapshotEvent)
        heard += (FillEvent,) if self._on_fill else ()
        self.consumes: tuple[type[Event], ...] = heard + (_NEWS if self._on_order else _ENDS)

    def run(self, publish: Publish) -> Core:
        """Collect, show, publish."""
        generate, shortest = self._strategy.generate_signals, self._shortest
        prices: dict[str, float] = {}
        bars: dict[str, Bar] = {}
        several: dict[tuple[str, Timeframe], Bar] | None = None
        while True:
            event = yield
            kind = type(event)
            if kind is BarEvent:
                symbol = event.symbol
                prices[symbol] = event.close
                if event.timeframe is shortest:
                    bars[symbol] = event
                elif several is None:
                    several = {(bar.symbol, bar.timeframe): bar for bar in bars.values()}
                if several is not None:
                    several[symbol, event.timeframe] = event
            elif kind is SnapshotEvent:
                try:
                    wishes = generate(MarketSnapshot(event.time_ns, prices.copy(), bars, several))
                except TradebusError:
                    raise
                except (Exception, SystemExit) as error:
                    raise self._failed("generate_signals", event.time_ns, error) from error
                bars, several = {}, None
                if type(wishes) is not list:
                    self._check_list(wishes, event.time_ns)
                if wishes:
                    for wish in wishes:
                        self._say(wish, event.time_ns, publish)
            elif kind is TickEvent:
                prices[event.symbol] = event.price
            else:
                self._tell(event)

    def _tell(self, event: FillEvent | OrderAcked | OrderCanceled | OrderExpired | OrderRejected) -> None:
        if isinstance(event, FillEvent):
            mine, hook = event.strategy_id == self._id, self._on_fill
        else:
            mine, hook = event.order.strategy_id == self._id, self._on_order
            if mine and not isinstance(event, OrderAcked):
                self._forget(event)
        if not mine or hook is None:
            return
        try:
            hook(event)
        except TradebusError:
            raise
        except (Exception, SystemExit) as error:
            raise self._failed(getattr(hook, "__name__", "a hook"), event.time_ns, error) from error

    def _forget(self, event: OrderCanceled | OrderExpired | OrderRejected) -> None:
        """Let a wish be repeated whose order came to nothing."""
        order = event.order
        # Of an exit that ended, something is left of the position; of an entry that filled in part, it is held.
        unfilled = order.is_exit or isinstance(event, OrderRejected) or not event.filled_qty
        wished = Action.BUY if order.side is OrderSide.BUY else Action.SELL
        if unfilled and not order.is_child and self._last.get(order.symbol) is wished:
            del self._last[order.symbol]

    def _check_list(self, wishes: object, time_ns: int) -> None:
        """Refuse what is no sequence, a generator too: it would run, and fail, outside the strategy's turn."""
        if isinstance(wishes, Sequence) and not isinstance(wishes, str | bytes):
            return
        if (close := getattr(wishes, "close", None)) is not None:
            # A coroutine that is dropped without a word warns on standard error.
            close()
        is_plain = wishes is None or isinstance(wishes, str | bytes | int | float | Mapping)
        what = shown(repr(wishes)) if is_plain else f"a {type(wishes).__name__}"
        raise SignalError(
            f"strategy {self._id}: generate_signals returned {what} at {iso(time_ns)}: must be a list of signals."
            " Fix: return a list, [] for no signal"
        )

    def _failed(self, where: str, time_ns: int, error: BaseException) -> StrategyError:
        return StrategyError(f"strategy {self._id} failed in {where} at {iso(time_ns)}, {raised_at(error)}: {error!r}")

    def _say(self, wish: object, now_ns: int, publish: Publish) -> None:
        if type(wish) is dict or isinstance(wish, Mapping):
            signal = read_signal(wish, self._id, SignalEvent, now_ns)
        elif isinstance(wish, Signal):
            signal = read_signal(_as_dict(wish), self._id, SignalEvent, now_ns)
        else:
            raise SignalError(f"strategy {self._id} returned {shown(wish)} where a signal dictionary was expected")
        last = self._last.get(signal.symbol)
        self._last[signal.symbol] = signal.action
        if signal.action is Action.HOLD:
            return
        if signal.action is last and self._skip_repeats:
            detail = f"{signal.action} again, with nothing between"
            publish(SignalDeclined(now_ns, self._id, signal.symbol, "REPEATED", detail))
            return
        publish(signal)


def _as_dict(signal: Signal) -> dict[str, object]:
    """Return a signal as a dictionary: what the strategy put into its fields is read as carefully as that."""
    raw = msgspec.structs.asdict(signal)
    del raw["strategy_id"]
    return raw | {"timestamp": to_datetime(raw.pop("time_ns"))}


def _hook(strategy: Strategy, name: str) -> Callable[[object], None] | None:
    """Return a hook that the strategy has of its own; the base class's do nothing and are not worth a delivery."""
    if getattr(type(strategy), name, None) is getattr(BaseStrategy, name):
        return None
    found: Callable[[object], None] | None = getattr(strategy, name, None)
    return found
