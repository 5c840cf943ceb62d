"""working_orders: what the approved orders may still do, kept up to date by difference and never by search."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from tradebus.errors import OrderError
from tradebus.model.order import OrderRequest
from tradebus.risk.exact import EXACT, ZERO, order_price, value_of

KNOWN_IDS = 100_000
"""Ids of approved orders that are remembered after their end; the oldest are forgotten first."""


class _Working:
    """An order that works: its terms, the price it is valued at and what is unfilled."""

    __slots__ = ("order", "price", "remaining")

    def __init__(self, order: OrderRequest, price: Decimal) -> None:
        self.order = order
        self.price = price
        self.remaining = order.qty


class WorkingOrders:
    """The approved orders that have not ended: how many shares they may still buy and sell, and for how much.

    An order enters when it is approved (the children of a bracket when the venue has them) and leaves when it is
    filled or dropped. Sums are exact and kept by difference. Messages that come twice or late do no harm: an id that
    is known is not added again, and fills and drops of what does not work change nothing.

    Memory: the working orders, and the ids of the last `KNOWN_IDS` orders.
    """

    def __init__(self) -> None:
        self._working: dict[str, _Working] = {}
        self._by_symbol: dict[str, dict[str, _Working]] = {}
        self._known: dict[str, None] = {}
        self._qty: dict[tuple[str, int], Decimal] = {}
        self._value: dict[int, Decimal] = {1: ZERO, -1: ZERO}
        self._entries: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._working)

    def __iter__(self) -> Iterator[str]:
        return iter(self._working)

    def add(self, order: OrderRequest) -> bool:
        """Take an approved order in; return False, changing nothing, if its id is known.

        Raises:
            OrderError: If its quantity or a price is not finite and above 0; no check lets such an order pass.
        """
        key = order.client_order_id
        if self.is_known(key):
            return False
        price = order_price(order)
        if not (price.is_finite() and order.qty.is_finite() and order.qty > 0):
            raise OrderError(f"order {key} cannot be valued: qty {order.qty} at {price}")
        working = _Working(order, price)
        self._working[key] = working
        self._by_symbol.setdefault(order.symbol, {})[key] = working
        self._known[key] = None
        if len(self._known) > KNOWN_IDS:
            del self._known[next(iter(self._known))]
        if not order.is_exit:
            self._entries[order.side.sign] += 1
        self._change(working, order.qty)
        return True

    def fill(self, client_order_id: str, qty: Decimal) -> None:
        """Take a newly filled quantity off an order; at the last one it leaves. More than remains is all of it."""
        working = self._working.get(client_order_id)
        if working is None:
            return
        if qty >= working.remaining:
            self.drop(client_order_id)
            return
        working.remaining -= qty
        self._change(working, -qty)

    def drop(self, client_order_id: str) -> None:
        """Take an order out that has ended."""
        working = self._working.pop(client_order_id, None)
        if working is None:
            return
        order = working.order
        orders = self._by_symbol[order.symbol]
        del orders[client_order_id]
        if not orders:
            del self._by_symbol[order.symbol]
        self._change(working, -working.remaining)
        if not order.is_exit:
            self._entries[order.side.sign] -= 1
            assert self._entries[order.side.sign] or not self._value[order.side.sign], "value without an entry"

    def working_qty(self, symbol: str, sign: int) -> Decimal:
        """Return the unfilled quantity of working buys (sign 1) or sells (-1) of a symbol, exits and children too.

        Both children of a bracket count, though only one of them can fill.
        """
        return self._qty.get((symbol, sign), ZERO)

    def working_value(self, sign: int) -> float:
        """Return the value of all working entries of a side, at the highest of price, limit and stop, dollars."""
        return float(self._value[sign])

    def is_known(self, client_order_id: str) -> bool:
        """Return whether an order with this id works or was one of the last `KNOWN_IDS` to be approved."""
        return client_order_id in self._known or client_order_id in self._working

    def orders(self, symbol: str) -> tuple[OrderRequest, ...]:
        """Return the working orders of a symbol, oldest first, each with the quantity that is unfilled."""
        return tuple(
            working.order
            if working.remaining == working.order.qty
            else msgspec.structs.replace(working.order, qty=working.remaining)
            for working in self._by_symbol.get(symbol, {}).values()
        )

    def _change(self, working: _Working, qty: Decimal) -> None:
        order = working.order
        sign = order.side.sign
        key = (order.symbol, sign)
        total = EXACT.add(self._qty.get(key, ZERO), qty)
        if total:
            self._qty[key] = total
        else:
            self._qty.pop(key, None)
        if not order.is_exit:
            self._value[sign] = EXACT.add(self._value[sign], value_of(qty, working.price))
