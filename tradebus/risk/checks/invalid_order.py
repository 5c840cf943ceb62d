"""invalid_order: INVALID_ORDER, terms that no venue would take or that contradict each other."""

import math
from decimal import Decimal

from tradebus.model.instrument import Instrument, Instruments
from tradebus.model.order import OrderRequest, OrderType
from tradebus.model.portfolio import Account
from tradebus.ports import Book, CheckResult
from tradebus.risk.checks.base import INVALID_ORDER

_TERMS: dict[OrderType, frozenset[str]] = {
    OrderType.MARKET: frozenset(),
    OrderType.LIMIT: frozenset({"limit_price"}),
    OrderType.STOP: frozenset({"stop_price"}),
    OrderType.STOP_LIMIT: frozenset({"limit_price", "stop_price"}),
    OrderType.TRAILING_STOP: frozenset({"trail_pct"}),
}
_PRICES = ("limit_price", "stop_price", "take_profit", "stop_loss")


class InvalidOrderCheck:
    """Refuses an order, an exit too, whose terms are wrong in themselves.

    An exit of all that is held may be off the lot, for a split or a transfer can leave such a rest. The stop price of
    a `triggered` order may be off the tick: it says where the market was, and no venue sees it.

    Args:
        instruments: Which say tick and lot.

    Source:
        Alpaca, orders: which prices a type needs, and that the take-profit price lies above the stop price in a buy
        bracket, below it in a sell bracket (docs.alpaca.markets; read 2026-06-24).
    """

    applies_to_exits = True

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    def validate(self, order: OrderRequest, account: Account, book: Book) -> CheckResult | None:
        """Return None for terms that make sense, else the first that does not."""
        wrong = wrong_terms(order, account, self._instruments[order.symbol])
        return None if wrong is None else CheckResult(INVALID_ORDER, *wrong)

    def describe(self, order: OrderRequest, account: Account, book: Book) -> tuple[str, str]:
        """Return limit and value as text."""
        wrong = self.validate(order, account, book)
        return ("valid terms", f"{order.order_type} of {order.qty}") if wrong is None else (wrong.limit, wrong.value)


def wrong_terms(order: OrderRequest, account: Account, instrument: Instrument) -> tuple[str, str] | None:
    """Return None for terms that make sense, else what they should be and what the first wrong one is."""
    return _qty(order, account, instrument) or _terms(order) or _prices(order, instrument) or _bracket(order)


def _qty(order: OrderRequest, account: Account, instrument: Instrument) -> tuple[str, str] | None:
    if not (order.qty.is_finite() and order.qty > 0):
        return "a quantity above 0", f"qty {order.qty}"
    if order.is_exit:
        held = account.position(order.symbol, order.strategy_id)
        if held * order.side.sign >= 0 or order.qty > abs(held):
            return f"an exit of at most the {held} held", f"{order.side} {order.qty}"
        if order.qty == abs(held):
            return None
    if order.qty % instrument.lot:
        return f"steps of {instrument.lot}", f"qty {order.qty}"
    return None


def _terms(order: OrderRequest) -> tuple[str, str] | None:
    if order.order_type is OrderType.MARKET and not order.has_prices:
        return None
    needed = _TERMS[order.order_type]
    for name in ("limit_price", "stop_price", "trail_pct"):
        value = getattr(order, name)
        if value is None and name in needed:
            return f"a {name} for a {order.order_type} order", "none"
        if value is not None and name not in needed:
            return f"no {name} for a {order.order_type} order", f"{name} {value}"
    if order.trail_pct is not None and not 0 < order.trail_pct < 1:
        return "a trail_pct that is a fraction between 0 and 1", f"trail_pct {order.trail_pct}"
    return None


def _prices(order: OrderRequest, instrument: Instrument) -> tuple[str, str] | None:
    if not 0 < order.price < math.inf:
        return "a finite price above 0", f"price {order.price}"
    for name in _PRICES:
        price: Decimal | None = getattr(order, name)
        if price is None:
            continue
        if not (price.is_finite() and price > 0):
            return f"a finite {name} above 0", f"{name} {price}"
        tick = instrument.tick if price >= 1 else instrument.sub_dollar_tick
        if price % tick and not (order.triggered and name == "stop_price"):
            return f"steps of {tick} for {name}", f"{name} {price}"
    return None


def _bracket(order: OrderRequest) -> tuple[str, str] | None:
    """Check the protective prices: an entry's against where it is meant to trade, an exit's against the market."""
    market = Decimal(repr(float(order.price)))
    base = market if order.is_exit else order.limit_price or order.stop_price or market
    sign = -order.side.sign if order.is_exit else order.side.sign
    profit, loss = ("above", "below") if sign > 0 else ("below", "above")
    if order.take_profit is not None and (order.take_profit - base) * sign <= 0:
        return f"a take_profit {profit} {base}", f"take_profit {order.take_profit}"
    if order.stop_loss is not None and (base - order.stop_loss) * sign <= 0:
        return f"a stop_loss {loss} {base}", f"stop_loss {order.stop_loss}"
    return None
