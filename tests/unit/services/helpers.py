"""A service on a bus of its own, and the values that the tests of services share."""

from decimal import Decimal
from typing import Any

import msgspec

from tests.samples import START_NS
from tradebus.bus import Batch, Bus, CoreService
from tradebus.events import Event, FillEvent, SignalEvent
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce
from tradebus.model.portfolio import Portfolio
from tradebus.model.signal import Action

BUY, SELL = OrderSide.BUY, OrderSide.SELL


class Stage:
    """A core service alone on a bus: what it is told comes from outside, what it says is kept apart."""

    def __init__(self, service: CoreService) -> None:
        self._bus = Bus()
        self._said: list[Event] = []
        self._bus.attach(service)
        self._bus.tap(self._listen)

    def hear(self, *events: Event) -> list[Event]:
        """Let the service hear events, and return what it says to them."""
        self._said.clear()
        for event in events:
            self._bus.declare((type(event),))
            self._bus.publish(event)
        self._bus.flush()
        return self._said.copy()

    def _listen(self, batch: Batch) -> None:
        self._said += [event for event, cause in zip(batch.events, batch.causes(), strict=True) if cause]


def published_by(service: CoreService, *events: Event) -> list[Event]:
    """Return what a service publishes when it hears events."""
    return Stage(service).hear(*events)


ORDER = OrderRequest(
    client_order_id="o1",
    strategy_id="macd",
    symbol="AAPL",
    side=BUY,
    qty=Decimal(100),
    order_type=OrderType.MARKET,
    time_in_force=TimeInForce.GTC,
    price=100.0,
    time_ns=START_NS,
)


def order(**changes: Any) -> OrderRequest:
    """Return an order of macd to buy 100 AAPL at the market, with changes; numbers of money become decimals."""
    for name in ("qty", "limit_price", "stop_price", "take_profit", "stop_loss"):
        if changes.get(name) is not None:
            changes[name] = Decimal(str(changes[name]))
    return msgspec.structs.replace(ORDER, **changes)


def fill(qty: float = 100, price: float = 100, side: OrderSide = BUY, **changes: Any) -> FillEvent:
    """Return a fill of the order o1 of macd for AAPL, with changes."""
    values: dict[str, Any] = {
        "time_ns": START_NS,
        "client_order_id": "o1",
        "strategy_id": "macd",
        "symbol": "AAPL",
        "side": side,
        "qty": Decimal(str(qty)),
        "price": Decimal(str(price)),
    }
    return FillEvent(**{**values, **changes})


def signal(action: Action = Action.BUY, **changes: Any) -> SignalEvent:
    """Return a signal of macd for AAPL at 100 dollars, with changes."""
    values: dict[str, Any] = {
        "time_ns": START_NS,
        "strategy_id": "macd",
        "symbol": "AAPL",
        "action": action,
        "price": 100.0,
    }
    return SignalEvent(**{**values, **changes})


def holding(qty: float = 0, price: float = 100, cash: float = 100_000) -> Portfolio:
    """Return books in which AAPL has a price and macd holds so much of it, negative for short."""
    portfolio = Portfolio(Decimal(str(cash)))
    if qty:
        portfolio.apply(fill(abs(qty), price, BUY if qty > 0 else SELL))
    portfolio.set_price("AAPL", price)
    return portfolio
