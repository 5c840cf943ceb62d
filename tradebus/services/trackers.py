"""trackers: PortfolioEvent -> the equity curve; FillEvent -> fills and round trips; refusals are counted."""

from collections import Counter

from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.analytics.trade_tracker import TradeTracker
from tradebus.bus import Core, Publish
from tradebus.events import (
    BreakerTripped,
    Event,
    FillEvent,
    OrderAcked,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderSized,
    PortfolioEvent,
    SignalDeclined,
    SignalEvent,
)
from tradebus.matching.engine import NO_FUNDS
from tradebus.model.fill import Fill
from tradebus.model.order import OrderType


class TrackersService:
    """What a report is made of.

    Attributes:
        equity: The equity curve.
        trades: Round trips.
        fills: Every fill, in order.
        counts: How many signals, orders, and refusals by code.
        examples: The first refusal of each code, as one line.
        slippage: Dollars that fills paid beyond the price they were matched at.

    Args:
        slippage_bps: Basis points that the matching engine adds to market and stop fills.
    """

    name = "trackers"
    consumes: tuple[type[Event], ...] = (
        PortfolioEvent,
        FillEvent,
        SignalEvent,
        SignalDeclined,
        OrderSized,
        OrderAcked,
        OrderRejected,
        OrderCanceled,
        OrderExpired,
        BreakerTripped,
    )
    publishes: tuple[type[Event], ...] = ()

    def __init__(self, slippage_bps: float = 0.0) -> None:
        self._rate = slippage_bps / 10_000
        self._limits: set[str] = set()
        self.slippage = 0.0
        self.equity = EquityTracker()
        self.trades = TradeTracker()
        self.fills: list[Fill] = []
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def run(self, publish: Publish) -> Core:
        """Take note."""
        record = self.equity.record
        while True:
            event = yield
            if type(event) is PortfolioEvent:
                record(event.time_ns, event.equity, event.cash, event.exposure)
                continue
            match event:
                case FillEvent():
                    self.fills.append(event)
                    self.trades.on_fill(event)
                    if self._rate:
                        self._note_slippage(event)
                case SignalEvent():
                    self.counts["signals"] += 1
                case OrderSized():
                    self.counts["orders"] += 1
                    if event.order.order_type in (OrderType.LIMIT, OrderType.STOP_LIMIT):
                        self._limits.add(event.order.client_order_id)
                case OrderAcked():
                    if event.order.is_child and event.order.order_type is OrderType.LIMIT:
                        self._limits.add(event.order.client_order_id)
                case OrderCanceled():
                    self.counts["canceled"] += 1
                    if event.reason == NO_FUNDS:
                        self._refused("INSUFFICIENT_BUYING_POWER", _unaffordable(event))
                case BreakerTripped():
                    self._refused("BREAKER_TRIPPED", event.reason)
                case OrderExpired():
                    self.counts["expired"] += 1
                case OrderRejected() | SignalDeclined():
                    self._refused(event.code, event.detail)

    def _refused(self, code: str, detail: str) -> None:
        self.counts[code] += 1
        self.examples.setdefault(code, detail)

    def _note_slippage(self, fill: Fill) -> None:
        """Add what a fill paid: its price is the matched price times (1 + rate) for a buy, (1 - rate) for a sell."""
        if fill.client_order_id not in self._limits:
            matched = float(fill.price) / (1 + fill.side.sign * self._rate)
            self.slippage += float(fill.qty) * matched * self._rate


def _unaffordable(event: OrderCanceled) -> str:
    """Say which order there was no cash for when its turn to fill came."""
    order = event.order
    left = order.qty - event.filled_qty
    return f"{left:f} {order.symbol}, decided at {order.price:,.2f}, cost more at the fill than the cash that was left"
