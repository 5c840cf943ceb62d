"""sizing: SignalEvent, StopTriggered, FlattenRequested, SessionClosing -> OrderSized | SignalDeclined, CancelRequested.

A wish against the position closes it, whole unless it names a quantity; any other wish is an entry, and the sizer says
how much. One order never turns a position around. Before a position is closed, what rests against it (protective
orders, limits of its own) is cancelled, so that no two orders can sell the same shares. After Halted it sizes and
cancels nothing that protects a position.
"""

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from tradebus.analytics.trade_tracker import TradeTracker
from tradebus.bus import Core, Publish
from tradebus.errors import StrategyError, raised_at
from tradebus.events import (
    BarEvent,
    BreakerTripped,
    CancelRequested,
    Event,
    FillEvent,
    FlattenRequested,
    Halted,
    OrderAcked,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderSized,
    Paused,
    SessionClosing,
    SignalDeclined,
    SignalEvent,
    StopTriggered,
)
from tradebus.model.instrument import Instrument, Instruments
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce, client_order_id
from tradebus.model.order_terms import order_of
from tradebus.model.portfolio import Account
from tradebus.model.signal import Action
from tradebus.model.time import iso
from tradebus.ports import PositionSizer
from tradebus.risk.checks.base import TRADING_HALTED
from tradebus.risk.checks.invalid_order import wrong_terms

_NOTHING = Decimal(0)
_QTY_MAX = 1e12


class _Working(NamedTuple):
    """An order that works, and what of it is unfilled."""

    order: OrderRequest
    remaining: Decimal


class SizingService:
    """Turns wishes and stops into orders.

    Args:
        sizer: Says how much an entry buys or sells. `on_bar(bar)` and `on_trade(trade)` are called where it has them,
            and `explain` is asked for the reason of a quantity of nothing.
        account: The books, read-only.
        instruments: Lots and ticks.
        time_in_force: Of orders whose signal names none.
        instance: Tag of the run in order ids.
    """

    publishes: tuple[type[Event], ...] = (OrderSized, SignalDeclined, CancelRequested)

    def __init__(
        self,
        sizer: PositionSizer,
        account: Account,
        instruments: Instruments,
        time_in_force: TimeInForce = TimeInForce.GTC,
        instance: str = "bt",
    ) -> None:
        self.name = "sizing"
        self._sizer = sizer
        self._account = account
        self._instruments = instruments
        self._time_in_force = time_in_force
        self._instance = instance
        self._working: dict[str, dict[str, _Working]] = {}
        self._halted = False
        self._moment = 0
        self._made: Counter[tuple[str, str, str]] = Counter()
        self._on_bar = getattr(sizer, "on_bar", None)
        self._on_trade = getattr(sizer, "on_trade", None)
        self._trades = TradeTracker(max_trades=0) if self._on_trade is not None else None
        self.consumes: tuple[type[Event], ...] = (
            SignalEvent,
            StopTriggered,
            FlattenRequested,
            BreakerTripped,
            Paused,
            Halted,
            SessionClosing,
            FillEvent,
            OrderAcked,
            OrderCanceled,
            OrderExpired,
            OrderReplaced,
            OrderRejected,
        )
        if self._on_bar is not None:
            self.consumes = (BarEvent, *self.consumes)

    def run(self, publish: Publish) -> Core:
        """Size what is wished and follow what works."""
        while True:
            event = yield
            match event:
                case BarEvent() if self._on_bar is not None:
                    self._on_bar(event)
                case SignalEvent() if self._halted:
                    self._decline(event, TRADING_HALTED, "nothing is sent after a halt", publish)
                case StopTriggered() | FlattenRequested() if self._halted:
                    # Its order would be refused, and what it cancels first would be the position's last protection.
                    pass
                case SignalEvent():
                    self._on_signal(event, publish)
                case FillEvent():
                    self._filled(event)
                    if self._trades is not None and self._on_trade is not None:
                        for trade in self._trades.on_fill(event):
                            self._on_trade(trade)
                case OrderAcked():
                    if event.order.is_child:
                        self._on_child(event, publish)
                case StopTriggered():
                    self._on_stop(event, publish)
                case BreakerTripped() | Paused() | Halted():
                    self._halted = self._halted or isinstance(event, Halted)
                    self._cancel_entries(event.time_ns, event.reason, publish)
                case FlattenRequested():
                    self._flatten(event.time_ns, event.reason or "flatten", publish)
                case SessionClosing(time_ns, flatten):
                    self._working.clear()
                    if flatten and not self._halted:
                        self._flatten(time_ns, "session end", publish)
                case _:
                    self._working.get(event.order.symbol, {}).pop(event.order.client_order_id, None)

    def _on_signal(self, signal: SignalEvent, publish: Publish) -> None:
        sign = 1 if signal.action is Action.BUY else -1
        held = self._account.position(signal.symbol, signal.strategy_id)
        if held * sign < 0:
            self._exit(signal, held, publish)
        else:
            self._enter(signal, sign, held, publish)

    def _enter(self, signal: SignalEvent, sign: int, held: Decimal, publish: Publish) -> None:
        instrument = self._instruments[signal.symbol]
        entries = [order for order in self._mine(signal.strategy_id, signal.symbol) if not order.is_exit]
        against = [order for order in entries if order.side.sign != sign]
        if against:
            for order in against:
                publish(_cancel(signal.time_ns, order, f"{signal.action} signal"))
            if not held:
                self._decline(signal, "ENTRY_CANCELED", "the working entry is cancelled instead", publish)
                return
        elif entries:
            self._decline(signal, "ALREADY_WORKING", f"order {entries[0].client_order_id} is still working", publish)
            return
        if self._account.price(signal.symbol) is None:
            self._decline(signal, "NO_PRICE", f"no bar or tick of {signal.symbol} has come yet", publish)
            return
        price = signal.limit_price or signal.price
        asked = signal.quantity
        if asked is None:
            asked = self._ask(signal, price)
        # NaN and infinity are no quantities, and a number beyond any market is a slip.
        qty = instrument.quantize_qty(asked) if 0 < asked <= _QTY_MAX else _NOTHING
        if qty <= 0:
            why = self._why(signal, price, asked)
            wrong = f"more than {_QTY_MAX:g}" if asked > _QTY_MAX else f"less than one lot of {instrument.lot}"
            self._decline(signal, "ZERO_QUANTITY", f"{why}, {wrong}", publish)
            return
        self._send(self._order(signal, instrument, sign, qty, is_exit=False), publish)

    def _ask(self, signal: SignalEvent, price: float) -> float:
        try:
            return float(self._sizer.calculate_qty(signal, self._account, price))
        except Exception as error:
            name = type(self._sizer).__name__
            raise StrategyError(
                f"sizer {name} failed in calculate_qty at {iso(signal.time_ns)}, {raised_at(error)}: {error!r}"
            ) from error

    def _why(self, signal: SignalEvent, price: float, asked: float) -> str:
        if signal.quantity is not None:
            return f"the signal said {asked:g}"
        explain = getattr(self._sizer, "explain", None)
        return explain(signal, self._account, price) if explain else f"the sizer said {asked:g}"

    def _exit(self, signal: SignalEvent, held: Decimal, publish: Publish) -> None:
        instrument = self._instruments[signal.symbol]
        most = abs(held) if signal.quantity is None else instrument.quantize_qty(signal.quantity)
        if most <= 0:
            # Found out before anything is cancelled: the position keeps its protection.
            why = f"the signal said {signal.quantity:g}, less than one lot of {instrument.lot}"
            self._decline(signal, "ZERO_QUANTITY", why, publish)
            return
        qty = min(self._left(signal.strategy_id, signal.symbol, held), most)
        order = self._order(signal, instrument, -1 if held > 0 else 1, qty, is_exit=True) if qty > 0 else None
        if order is None or wrong_terms(order, self._account, instrument) is None:
            self._free(signal.strategy_id, signal.symbol, signal.time_ns, f"{signal.action} signal", publish)
        # Else the order will be refused, and the position keeps its protection.
        if order is None:
            self._decline(signal, "ALREADY_WORKING", "an order that closes the position is still working", publish)
        else:
            self._send(order, publish)

    def _on_stop(self, stop: StopTriggered, publish: Publish) -> None:
        held = self._account.position(stop.symbol, stop.strategy_id)
        qty = self._left(stop.strategy_id, stop.symbol, held)
        self._free(stop.strategy_id, stop.symbol, stop.time_ns, stop.stop, publish)
        if qty > 0:
            level = None if stop.level is None else self._instruments[stop.symbol].quantize_price(stop.level)
            self._send(self._plain_exit(held, qty, stop, level), publish)

    def _on_child(self, event: OrderAcked, publish: Publish) -> None:
        """Follow a protective order that works now, or cancel it at once if the position is being closed already."""
        child = event.order
        others = self._mine(child.strategy_id, child.symbol)
        self._follow(child)
        # Its own parent may be an exit too, and work for a moment longer: that of a pair.
        parent = child.client_order_id.rpartition("-")[0]
        if any(order.is_exit and not order.is_child and order.client_order_id != parent for order in others):
            publish(_cancel(event.time_ns, child, "the position is being closed"))

    def _flatten(self, now_ns: int, reason: str, publish: Publish) -> None:
        self._cancel_entries(now_ns, reason, publish, held=False)
        for strategy_id, position in list(self._account.positions()):
            symbol, held = position.symbol, position.qty
            qty = self._left(strategy_id, symbol, held)
            self._free(strategy_id, symbol, now_ns, reason, publish)
            if qty > 0:
                price = self._account.price(symbol) or float(position.avg_price)
                exit_ = StopTriggered(now_ns, strategy_id, symbol, reason, None, price)
                self._send(self._plain_exit(held, qty, exit_, None), publish)

    def _cancel_entries(self, now_ns: int, reason: str, publish: Publish, *, held: bool = True) -> None:
        """Cancel entries that rest, those of symbols that are held too or not: they would fill while none may."""
        for working in list(self._working.values()):
            for order, _ in list(working.values()):
                if not order.is_exit and (held or not self._account.position(order.symbol, order.strategy_id)):
                    publish(_cancel(now_ns, order, reason))

    def _left(self, strategy_id: str, symbol: str, held: Decimal) -> Decimal:
        """Return how much of a position no order at work will surely close."""
        working = self._working.get(symbol, {}).values()
        return abs(held) - sum(
            (rest for order, rest in working if order.strategy_id == strategy_id and _closes(order)), Decimal(0)
        )

    def _free(self, strategy_id: str, symbol: str, now_ns: int, reason: str, publish: Publish) -> None:
        """Cancel what rests on a symbol, all but what surely closes the position."""
        for order in self._mine(strategy_id, symbol):
            if not _closes(order):
                publish(_cancel(now_ns, order, reason))

    def _mine(self, strategy_id: str, symbol: str) -> list[OrderRequest]:
        working = self._working.get(symbol)
        return [order for order, _ in working.values() if order.strategy_id == strategy_id] if working else []

    def _follow(self, order: OrderRequest) -> None:
        self._working.setdefault(order.symbol, {})[order.client_order_id] = _Working(order, order.qty)

    def _filled(self, fill: FillEvent) -> None:
        working = self._working.get(fill.symbol, {})
        if (known := working.get(fill.client_order_id)) is None:
            return
        if known.remaining <= fill.qty:
            del working[fill.client_order_id]
        else:
            working[fill.client_order_id] = _Working(known.order, known.remaining - fill.qty)

    def _order(
        self, signal: SignalEvent, instrument: Instrument, sign: int, qty: Decimal, *, is_exit: bool
    ) -> OrderRequest:
        # What the market says, not what the strategy believes: limits in dollars are measured with it.
        price = self._account.price(signal.symbol) or signal.price
        leg = "exit" if is_exit else "entry"
        order_id = self._id(signal.strategy_id, signal.symbol, signal.time_ns, leg)
        side = OrderSide.BUY if sign > 0 else OrderSide.SELL
        tif = signal.time_in_force or self._time_in_force
        return order_of(signal, instrument, order_id, side, qty, price, tif, is_exit=is_exit)

    def _plain_exit(self, held: Decimal, qty: Decimal, stop: StopTriggered, level: Decimal | None) -> OrderRequest:
        """Return an order that closes a position: at the market, or at a stop's level that was just gone through."""
        return OrderRequest(
            client_order_id=self._id(stop.strategy_id, stop.symbol, stop.time_ns, "exit"),
            strategy_id=stop.strategy_id,
            symbol=stop.symbol,
            side=OrderSide.SELL if held > 0 else OrderSide.BUY,
            qty=qty,
            order_type=OrderType.MARKET if level is None else OrderType.STOP,
            time_in_force=TimeInForce.GTC,
            price=stop.price,
            time_ns=stop.time_ns,
            stop_price=level,
            is_exit=True,
            triggered=level is not None,
            reason=stop.stop,
        )

    def _send(self, order: OrderRequest, publish: Publish) -> None:
        self._follow(order)
        publish(OrderSized(order.time_ns, order))

    def _id(self, strategy_id: str, symbol: str, now_ns: int, leg: str) -> str:
        if now_ns != self._moment:
            self._moment = now_ns
            self._made.clear()
        key = (strategy_id, symbol, leg)
        generation = self._made[key]
        self._made[key] += 1
        return client_order_id(self._instance, strategy_id, symbol, now_ns, leg, generation)

    def _decline(self, signal: SignalEvent, code: str, detail: str, publish: Publish) -> None:
        publish(SignalDeclined(signal.time_ns, signal.strategy_id, signal.symbol, code, detail))


def _closes(order: OrderRequest) -> bool:
    return order.is_exit and (order.order_type is OrderType.MARKET or order.triggered)


def _cancel(now_ns: int, order: OrderRequest, reason: str) -> CancelRequested:
    return CancelRequested(now_ns, order.client_order_id, order.symbol, reason)
