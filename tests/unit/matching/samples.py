"""Values that the tests of the matching engine share."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from tests.samples import START_NS, bar
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.outcome import Accepted, Canceled, Filled, Outcome, Rejected
from tradebus.model.bar import Bar
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce

ORDER = OrderRequest(
    client_order_id="o1",
    strategy_id="s",
    symbol="AAPL",
    side=OrderSide.BUY,
    qty=Decimal(100),
    order_type=OrderType.MARKET,
    time_in_force=TimeInForce.GTC,
    price=100.0,
    time_ns=START_NS,
)
_PRICES = ("limit_price", "stop_price", "take_profit", "stop_loss", "qty")


def order(**changes: Any) -> OrderRequest:
    """Return an order to buy 100 AAPL at the market at START_NS, with changes; numbers become decimals."""
    for name in _PRICES:
        if changes.get(name) is not None:
            changes[name] = Decimal(str(changes[name]))
    return msgspec.structs.replace(ORDER, **changes)


def sell(**changes: Any) -> OrderRequest:
    """Return an exit that sells 100 AAPL at the market, with changes."""
    return order(**{"side": OrderSide.SELL, "is_exit": True, **changes})


def after(index: int, low: float, high: float, **changes: Any) -> Bar:
    """Return the bar `index` days after START_NS with a range; it opens and closes in its middle unless told."""
    middle = (low + high) / 2
    values = {"open": middle, "close": middle, **changes}
    return bar(index, values.pop("close"), low=low, high=high, **values)


def brief(outcomes: Iterable[Outcome]) -> list[str]:
    """Return outcomes as short text: `o1 accepted`, `o1 40 @ 100.5`, `o1 canceled`."""
    lines = []
    for outcome in outcomes:
        what = type(outcome).__name__.lower()
        if isinstance(outcome, Filled):
            what = f"{outcome.last_qty:f} @ {outcome.last_price.normalize():f}"
        lines.append(f"{outcome.client_order_id} {what}")
    return lines


def fills(outcomes: Iterable[Outcome]) -> list[Filled]:
    """Return the fills among outcomes."""
    return [outcome for outcome in outcomes if isinstance(outcome, Filled)]


def reason(outcomes: Sequence[Outcome]) -> str:
    """Return the reason of the first refusal or cancel."""
    return next(outcome.reason for outcome in outcomes if isinstance(outcome, Canceled | Rejected))


def accepted(outcomes: Iterable[Outcome]) -> list[str]:
    """Return the client order ids that were accepted."""
    return [outcome.client_order_id for outcome in outcomes if isinstance(outcome, Accepted)]


def venue(first: Bar | None = None, **arguments: Any) -> DeterministicMatchingEngine:
    """Return an engine that has seen the bar at START_NS (close 100, volume 1,000,000, unless given)."""
    engine = DeterministicMatchingEngine(**arguments)
    assert not engine.on_bar(bar(0) if first is None else first)
    return engine
