"""book: the orders that work, one after the other as they came, and what binds them together.

An entry holds its protective orders back until it has ended; a group of orders shares one quantity, so that together
they never fill more than it. What ends an order ends or frees those that hang on it, and the outcomes say so.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from tradebus.matching.outcome import Accepted, Canceled, Expired, Outcome, Rejected
from tradebus.model.bar import Bar
from tradebus.model.instrument import Instrument
from tradebus.model.order import OrderRequest, OrderSide, OrderType
from tradebus.model.timeframe import Timeframe

ZERO = Decimal(0)
_SEEN_MAX = 65_536
_LENGTHS = {timeframe: index for index, timeframe in enumerate(Timeframe)}


class Market:
    """One symbol: its last bar and its orders.

    Attributes:
        instrument: What is traded.
        last: The last bar; None before the first.
        timeframe: The shortest length of bar that was seen; None before the first.
        orders: What works, by client order id, oldest first.
    """

    __slots__ = ("_left", "_measured", "instrument", "last", "orders", "timeframe")

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.last: Bar | None = None
        self.timeframe: Timeframe | None = None
        self.orders: dict[str, Resting] = {}
        self._measured: Bar | None = None
        self._left = ZERO

    def narrows_to(self, timeframe: Timeframe) -> bool:
        """Take note of a length of bar, and return whether it is the shortest so far."""
        if self.timeframe is not None and _LENGTHS[timeframe] > _LENGTHS[self.timeframe]:
            return False
        self.timeframe = timeframe
        return True

    def room(self, bar: Bar, pct: Decimal) -> Decimal:
        """Return what may still be filled in a bar: `pct` of its volume on the lot, less what was filled in it."""
        if self._measured is not bar:
            self._measured = bar
            self._left = self.instrument.quantize_qty(Decimal(repr(bar.volume)) * pct)
        return self._left

    def use(self, qty: Decimal) -> None:
        """Take a fill off the room that was measured last."""
        self._left -= qty


class Group:
    """Orders that share one quantity: the protective orders of an entry, or an OCO pair.

    Attributes:
        left: Shares or coins that all of them together may still fill.
        members: The orders, those that have ended too.
        pair_id: Client order id of the OCO order whose pair this is; None for the children of an entry.
    """

    __slots__ = ("left", "members", "pair_id")

    def __init__(self, qty: Decimal, pair_id: str | None) -> None:
        self.left = qty
        self.members: list[Resting] = []
        self.pair_id = pair_id


class Resting:
    """An order that works.

    Attributes:
        order: Its terms.
        market: Where it rests.
        buys: Whether it is a buy.
        filled, notional: Shares or coins filled so far, and what they cost in dollars.
        limit: Limit price in dollars; None where the type has none. `limit_float` is the same for comparisons.
        level: Price in dollars at which a stop triggers; a trailing one's moves. None where the type has none, and for
            a trailing stop before its first bar.
        triggered: Whether the stop's level was gone through; such an order is a market or limit order from then on.
        is_new: Whether no bar has tried it yet.
        is_late: Whether it came when its symbol had no bar, so that the next one may have begun before it.
        session: Ordinal of the session a DAY order belongs to; None for that of the next bar.
        children: Protective orders that wait for its end.
        group: What it shares its quantity with; None for nothing.
    """

    __slots__ = (
        "buys",
        "children",
        "filled",
        "group",
        "is_late",
        "is_new",
        "level",
        "limit",
        "limit_float",
        "market",
        "notional",
        "order",
        "session",
        "triggered",
    )

    def __init__(self, order: OrderRequest, market: Market) -> None:
        self.order = order
        self.market = market
        self.buys = order.side is OrderSide.BUY
        self.filled = self.notional = ZERO
        self.limit = order.limit_price
        self.limit_float = 0.0 if order.limit_price is None else float(order.limit_price)
        self.level = None if order.stop_price is None else float(order.stop_price)
        self.triggered = order.triggered
        self.is_new = True
        self.is_late = market.last is None or market.last.time_ns != order.time_ns
        self.session = _session(order, market.instrument)
        self.children: tuple[OrderRequest, ...] = ()
        self.group: Group | None = None
        if market.last is not None:
            self.follow(market.last.close)

    @property
    def leaves(self) -> Decimal:
        """Shares or coins that may still be filled."""
        left = self.order.qty - self.filled
        return left if self.group is None else min(left, self.group.left)

    def follow(self, close: float) -> None:
        """Pull a trailing stop behind a close; it never moves away from the market.

        level = max(level, close * (1 - trail_pct)) for a sell, min(level, close * (1 + trail_pct)) for a buy
        """
        pct = self.order.trail_pct
        if self.order.order_type is not OrderType.TRAILING_STOP or pct is None or self.triggered:
            return
        level = close * (1 + pct) if self.buys else close * (1 - pct)
        if self.level is None:
            self.level = level
        else:
            self.level = min(self.level, level) if self.buys else max(self.level, level)


def _session(order: OrderRequest, instrument: Instrument) -> int | None:
    return None if instrument.is_over(order.time_ns) else instrument.session_day(order.time_ns)


class Book:
    """All working orders of a venue.

    Ids that were seen are refused again; of those that have ended the last 65,536 are remembered.
    """

    def __init__(self) -> None:
        self._working: dict[str, Resting] = {}
        self._seen: dict[str, None] = {}
        self._count = 0

    def __iter__(self) -> Iterator[Resting]:
        return iter(tuple(self._working.values()))

    def has_seen(self, client_order_id: str) -> bool:
        """Return whether an order with this id came before."""
        return client_order_id in self._working or client_order_id in self._seen

    def refuse(self, order: OrderRequest, reason: str, time_ns: int, out: list[Outcome]) -> None:
        """Refuse an order, and with it the protective orders that would wait for it."""
        out.append(Rejected(time_ns, order.client_order_id, reason))
        out.extend(Canceled(time_ns, child.client_order_id, "its entry was refused") for child in order.children())

    def take(self, order: OrderRequest, market: Market, time_ns: int, out: list[Outcome]) -> Resting:
        """Accept an order, and hold its protective orders back."""
        resting = Resting(order, market)
        resting.children = order.children()
        self._remember(order, *resting.children)
        self._add(resting, time_ns, out)
        return resting

    def take_pair(self, order: OrderRequest, market: Market, time_ns: int, out: list[Outcome]) -> None:
        """Accept an OCO order: its two children work from now on, and itself it ends."""
        children = order.children()
        self._remember(order, *children)
        out.append(Accepted(time_ns, order.client_order_id, self._next_id()))
        self._free(children, market, Group(order.qty, order.client_order_id), time_ns, out)
        out.append(Canceled(time_ns, order.client_order_id, "its stop loss and take profit work in its place"))

    def fill(self, resting: Resting, qty: Decimal, price: Decimal, time_ns: int, out: list[Outcome]) -> None:
        """Count a fill that was announced, and end what it ends."""
        resting.filled += qty
        resting.notional += qty * price
        group = resting.group
        if group is not None:
            group.left -= qty
        if resting.leaves:
            return
        self._remove(resting)
        if resting.filled < resting.order.qty:
            out.append(Canceled(time_ns, resting.order.client_order_id, "the whole position is closed"))
        if group is not None:
            self._end_others(group, f"{resting.order.reason or 'the other of its pair'} was filled", time_ns, out)
        self._release(resting, time_ns, out)

    def cancel(self, resting: Resting, reason: str, time_ns: int, out: list[Outcome]) -> None:
        """End an order before it is wholly filled."""
        self._remove(resting)
        out.append(Canceled(time_ns, resting.order.client_order_id, reason))
        if resting.group is not None:
            self._end_others(resting.group, f"the other of its pair was cancelled: {reason}", time_ns, out)
        self._release(resting, time_ns, out)

    def cancel_id(self, client_order_id: str, reason: str, time_ns: int, out: list[Outcome]) -> None:
        """End the order of an id; nothing happens if none works under it.

        The id of an OCO order ends its pair, and that of a protective order that still waits ends all that wait with
        it.
        """
        resting = self._working.get(client_order_id)
        if resting is not None:
            self.cancel(resting, reason, time_ns, out)
            return
        for other in self:
            if any(child.client_order_id == client_order_id for child in other.children):
                self._drop(other, reason, time_ns, out)
                return
            if other.group is not None and other.group.pair_id == client_order_id:
                self.cancel(other, reason, time_ns, out)
                return

    def cancel_all(self, reason: str, time_ns: int, out: list[Outcome]) -> None:
        """End every order, and what waits for it."""
        for resting in self:
            self._remove(resting)
            out.append(Canceled(time_ns, resting.order.client_order_id, reason))
            self._drop(resting, reason, time_ns, out)

    def expire(self, resting: Resting, time_ns: int, out: list[Outcome]) -> None:
        """End a DAY order whose session is over."""
        self._remove(resting)
        out.append(Expired(time_ns, resting.order.client_order_id))
        self._release(resting, time_ns, out)

    def _release(self, resting: Resting, time_ns: int, out: list[Outcome]) -> None:
        """Let the protective orders of an entry that has ended guard what it filled, if anything."""
        if not resting.filled:
            self._drop(resting, "its entry ended unfilled", time_ns, out)
        elif resting.children:
            group = Group(resting.filled, None)
            children, resting.children = resting.children, ()
            self._free(children, resting.market, group, time_ns, out)

    def _free(
        self, children: tuple[OrderRequest, ...], market: Market, group: Group, time_ns: int, out: list[Outcome]
    ) -> None:
        for child in children:
            resting = Resting(child, market)
            resting.group = group
            # They rest from before the next bar on, whenever their entry was sent.
            resting.is_new = resting.is_late = False
            group.members.append(resting)
            self._add(resting, time_ns, out)

    def _drop(self, resting: Resting, reason: str, time_ns: int, out: list[Outcome]) -> None:
        out.extend(Canceled(time_ns, child.client_order_id, reason) for child in resting.children)
        resting.children = ()

    def _end_others(self, group: Group, reason: str, time_ns: int, out: list[Outcome]) -> None:
        for member in group.members:
            if member.order.client_order_id in self._working:
                self._remove(member)
                out.append(Canceled(time_ns, member.order.client_order_id, reason))

    def _add(self, resting: Resting, time_ns: int, out: list[Outcome]) -> None:
        order_id = resting.order.client_order_id
        self._working[order_id] = resting.market.orders[order_id] = resting
        out.append(Accepted(time_ns, order_id, self._next_id()))

    def _remove(self, resting: Resting) -> None:
        del self._working[resting.order.client_order_id]
        del resting.market.orders[resting.order.client_order_id]

    def _next_id(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _remember(self, *orders: OrderRequest) -> None:
        for order in orders:
            self._seen[order.client_order_id] = None
        while len(self._seen) > _SEEN_MAX:
            del self._seen[next(iter(self._seen))]


def in_turn(orders: dict[str, Resting], is_open_beyond: Callable[[Resting], bool]) -> list[Resting]:
    """Return orders in the order in which a bar tries them: as they came, and of a pair the stop first.

    A bar that touches both does not tell which came first, so the stop is taken. Only where the bar opens at the
    target or beyond it (`is_open_beyond`) the target comes first, for nothing is earlier than the open.
    """
    turn = list(orders.values())
    for index in range(len(turn) - 1):
        stop, target = turn[index], turn[index + 1]
        if stop.group is not None and stop.group is target.group and not stop.triggered and is_open_beyond(target):
            turn[index], turn[index + 1] = target, stop
    return turn
