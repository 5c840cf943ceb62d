"""terms: which orders the venue takes. What it refuses it refuses with the reason and the fix."""

import math
from decimal import Decimal

from tradebus.model.instrument import Instrument
from tradebus.model.order import OrderRequest, OrderSide, OrderType

_PRICES = ("limit_price", "stop_price", "trail_pct")
_NEEDS: dict[OrderType, frozenset[str]] = {
    OrderType.MARKET: frozenset(),
    OrderType.LIMIT: frozenset({"limit_price"}),
    OrderType.STOP: frozenset({"stop_price"}),
    OrderType.STOP_LIMIT: frozenset({"limit_price", "stop_price"}),
    OrderType.TRAILING_STOP: frozenset({"trail_pct"}),
}


def refusal(order: OrderRequest, instrument: Instrument) -> str | None:
    """Return why the venue refuses an order; None if it takes it.

    An order has the prices of its type and no others, all of them finite and above 0, a quantity above 0 on the lot,
    and protective prices on the two sides of the market. `triggered` is for stops alone. An exit has both protective
    prices, and is then a pair, or none.

    Source: docs.alpaca.markets, orders, 2026: a market order may not carry prices; a bracket's stop loss
    lies below its take profit for a buy and above it for a sell; an OCO order needs both.
    """
    if not _is_positive(order.qty):
        return f"qty {order.qty} must be above 0"
    if instrument.quantize_qty(order.qty) != order.qty:
        return f"qty {order.qty} is not a multiple of the lot {instrument.lot} of {order.symbol}"
    if order.order_type is OrderType.MARKET and not order.triggered and not order.has_prices:
        return None
    return _price_refusal(order) or _protection_refusal(order)


def _price_refusal(order: OrderRequest) -> str | None:
    is_pair = order.is_exit and order.take_profit is not None
    needs = frozenset() if is_pair else _NEEDS[order.order_type]
    for name in _PRICES:
        value = getattr(order, name)
        if value is None:
            if name in needs:
                return f"a {order.order_type} order needs {name}"
            continue
        if name not in needs and not is_pair:
            return f"a {order.order_type} order takes no {name}, was {value}"
        if not _is_positive(value):
            return f"{name} {value} must be a finite number above 0"
    if order.trail_pct is not None and order.trail_pct >= 1:
        return f"trail_pct {order.trail_pct} is a fraction below 1 (0.05 is 5 %)"
    if order.triggered and order.order_type is not OrderType.STOP:
        return f"only a stop order can be triggered already, not a {order.order_type} order"
    return None


def _protection_refusal(order: OrderRequest) -> str | None:
    target, stop = order.take_profit, order.stop_loss
    if order.triggered and (target is not None or stop is not None):
        return "a stop that is triggered already takes no take_profit and no stop_loss"
    for name, value in (("take_profit", target), ("stop_loss", stop)):
        if value is not None and not _is_positive(value):
            return f"{name} {value} must be a finite number above 0"
    if target is None or stop is None:
        one = "take_profit" if target is not None else "stop_loss" if stop is not None else None
        if order.is_exit and one is not None:
            return f"an exit with {one} needs the other price too; for one price send a limit or a stop order"
        return None
    # The side that closes: an exit's own, an entry's opposite.
    closes_long = (order.side is OrderSide.SELL) is order.is_exit
    if (stop >= target) if closes_long else (stop <= target):
        where = "below" if closes_long else "above"
        return f"stop_loss {stop} must be {where} take_profit {target}, for they protect a position on either side"
    return None


def _is_positive(value: Decimal | float) -> bool:
    return math.isfinite(value) and value > 0
