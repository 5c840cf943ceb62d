"""trackers: PortfolioEvent -> the equity curve; FillEvent -> fills and round trips; refusals are counted."""

from collections import Counter

from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.analytics.trade_tracker import TradeTracker
from tradebus.bus import Core, Publish
from tradebus.events import Event, FillEvent, OrderRejected, OrderSized, PortfolioEvent, SignalDeclined, SignalEvent
from tradebus.model.fill import Fill


class TrackersService:
    """What a report is made of.

    Attributes:
        equity: The equity curve.
        trades: Round trips.
        fills: Every fill, in order.
        counts: How many signals, orders, and refusals by code.
        examples: The first refusal of each code, as one line.
    """

    name = "trackers"
    consumes: tuple[type[Event], ...] = (
        PortfolioEvent,
        FillEvent,
        SignalEvent,
        SignalDeclined,
        OrderSized,
        OrderRejected,
    )
    publishes: tuple[type[Event], ...] = ()

    def __init__(self) -> None:
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
                case SignalEvent():
                    self.counts["signals"] += 1
                case OrderSized():
                    self.counts["orders"] += 1
                case OrderRejected() | SignalDeclined():
                    self.counts[event.code] += 1
                    self.examples.setdefault(event.code, event.detail)
