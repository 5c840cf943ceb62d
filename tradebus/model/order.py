"""order: the terms of an order, its states, and the one table of where it may go.

SYSTEM's machine is NEW -> ACKED -> PARTIALLY_FILLED -> FILLED with REJECTED and CANCELED beside it. A live session adds
the states in which we do not know yet (INTENT, SENT, UNKNOWN, PENDING_CANCEL, PENDING_REPLACE) and the ends that a
venue adds (EXPIRED, REPLACED, ABANDONED).
"""

import hashlib
from decimal import Decimal
from enum import StrEnum

import msgspec

from tradebus.errors import InvalidTransitionError, OrderError


class OrderSide(StrEnum):
    """Buy or sell."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell: what a fill does to the position."""
        return 1 if self is OrderSide.BUY else -1

    @property
    def opposite(self) -> "OrderSide":
        """The other side."""
        return OrderSide.SELL if self is OrderSide.BUY else OrderSide.BUY


class OrderType(StrEnum):
    """How an order is priced, in Alpaca's names."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"


class TimeInForce(StrEnum):
    """How long an order lives.

    DAY: to the end of the session. GTC: until cancelled; the rest of a partial fill carries on at the next bar.
    IOC: what can be filled at once, the rest is cancelled. FOK: all at once or nothing.
    """

    DAY = "day"
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


class OrderState(StrEnum):
    """Where an order stands."""

    NEW = "new"
    """Sized, not yet checked or sent."""
    INTENT = "intent"
    """The wish to send it is durable; nothing has been sent."""
    SENT = "sent"
    """Sent once; no answer yet."""
    UNKNOWN = "unknown"
    """Sent, and the outcome is not known; it counts as working until it is resolved."""
    ACKED = "acked"
    """The venue has it."""
    PARTIALLY_FILLED = "partially_filled"
    PENDING_CANCEL = "pending_cancel"
    PENDING_REPLACE = "pending_replace"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REPLACED = "replaced"
    ABANDONED = "abandoned"
    """Never arrived at the venue, as far as two kinds of query can tell; never sent again."""

    @property
    def is_terminal(self) -> bool:
        """Whether the order can only change by a late fill."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        OrderState.FILLED,
        OrderState.CANCELED,
        OrderState.REJECTED,
        OrderState.EXPIRED,
        OrderState.REPLACED,
        OrderState.ABANDONED,
    }
)
_S = OrderState
_ENDS = {_S.FILLED, _S.CANCELED, _S.EXPIRED, _S.REPLACED}

TRANSITIONS: dict[OrderState, frozenset[OrderState]] = {
    _S.NEW: frozenset({_S.INTENT, _S.ACKED, _S.REJECTED, _S.CANCELED}),
    _S.INTENT: frozenset({_S.SENT, _S.UNKNOWN, _S.REJECTED, _S.CANCELED, _S.ABANDONED}),
    _S.SENT: frozenset({_S.ACKED, _S.PARTIALLY_FILLED, _S.UNKNOWN, _S.REJECTED, _S.PENDING_CANCEL, *_ENDS}),
    _S.UNKNOWN: frozenset(
        {_S.ACKED, _S.PARTIALLY_FILLED, _S.REJECTED, _S.PENDING_CANCEL, _S.PENDING_REPLACE, _S.ABANDONED, *_ENDS}
    ),
    _S.ACKED: frozenset({_S.PARTIALLY_FILLED, _S.REJECTED, _S.PENDING_CANCEL, _S.PENDING_REPLACE, _S.UNKNOWN, *_ENDS}),
    _S.PARTIALLY_FILLED: frozenset({_S.PARTIALLY_FILLED, _S.PENDING_CANCEL, _S.PENDING_REPLACE, _S.UNKNOWN, *_ENDS}),
    _S.PENDING_CANCEL: frozenset({_S.ACKED, _S.PARTIALLY_FILLED, _S.PENDING_CANCEL, _S.UNKNOWN, *_ENDS}),
    _S.PENDING_REPLACE: frozenset(
        {_S.ACKED, _S.PARTIALLY_FILLED, _S.PENDING_REPLACE, _S.PENDING_CANCEL, _S.UNKNOWN, *_ENDS}
    ),
    # A fill that the venue made before it cancelled, but reported after, is the truth: the shares are ours.
    _S.CANCELED: frozenset({_S.CANCELED, _S.FILLED}),
    _S.EXPIRED: frozenset({_S.EXPIRED, _S.FILLED}),
    _S.REPLACED: frozenset({_S.REPLACED, _S.FILLED}),
    _S.ABANDONED: frozenset({_S.ABANDONED, _S.FILLED, _S.ACKED}),
    _S.FILLED: frozenset({_S.FILLED}),
    _S.REJECTED: frozenset(),
}
"""From each state, the states an order may go to; an edge to itself is progress within the state (another fill)."""


_CHILDREN = ("-sl", "-tp")


class OrderRequest(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True, kw_only=True):
    """The terms of an order: what is asked of the venue. It never changes; `Order` is what becomes of it.

    Attributes:
        client_order_id: Ours, unique for ever; see `client_order_id`.
        strategy_id: Whose order it is.
        symbol: Canonical symbol.
        side: Buy or sell.
        qty: Shares or coins, > 0, on the instrument's lot.
        order_type, time_in_force: How it is priced and how long it lives.
        price: Price when it was decided, dollars; what checks value it at.
        time_ns: When it was decided, market time, nanoseconds since the epoch, UTC.
        limit_price, stop_price: Dollars, on the tick; None where the type has none.
        trail_pct: Distance of a trailing stop as a fraction of the best price (0.05 is 5 %); else None.
        take_profit, stop_loss: Prices of the orders that protect an entry; None for none. Both make a bracket, one an
            OTO. On an exit, both make an OCO pair.
        is_exit: Whether it only reduces a position. Exits pass where entries do not.
        triggered: Whether the price has already gone through `stop_price`: the risk manager saw it happen in this bar.
        reason: Why, for people.
    """

    client_order_id: str
    strategy_id: str
    symbol: str
    side: OrderSide
    qty: Decimal
    order_type: OrderType
    time_in_force: TimeInForce
    price: float
    time_ns: int
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_pct: float | None = None
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    is_exit: bool = False
    triggered: bool = False
    reason: str = ""

    @property
    def has_prices(self) -> bool:
        """Whether any price but the one it was decided at stands in its terms."""
        return not (
            self.limit_price is None
            and self.stop_price is None
            and self.trail_pct is None
            and self.take_profit is None
            and self.stop_loss is None
        )

    @property
    def is_child(self) -> bool:
        """Whether this is a protective order made by `children`."""
        return self.client_order_id.endswith(_CHILDREN)

    def children(self) -> tuple["OrderRequest", ...]:
        """Return the protective orders of an entry, or the pair of an OCO exit, in the order stop, target.

        Ids derive from the parent's, so every part of the system names the same child alike.
        """
        side = self.side if self.is_exit else self.side.opposite
        common = {
            "side": side,
            "is_exit": True,
            "time_in_force": TimeInForce.GTC,
            "trail_pct": None,
            "take_profit": None,
            "stop_loss": None,
            "triggered": False,
        }
        children = []
        if self.stop_loss is not None:
            children.append(
                msgspec.structs.replace(
                    self,
                    **common,
                    client_order_id=self.client_order_id + _CHILDREN[0],
                    order_type=OrderType.STOP,
                    stop_price=self.stop_loss,
                    limit_price=None,
                    reason="stop loss",
                )
            )
        if self.take_profit is not None:
            children.append(
                msgspec.structs.replace(
                    self,
                    **common,
                    client_order_id=self.client_order_id + _CHILDREN[1],
                    order_type=OrderType.LIMIT,
                    limit_price=self.take_profit,
                    stop_price=None,
                    reason="take profit",
                )
            )
        return tuple(children)


def client_order_id(instance: str, strategy_id: str, symbol: str, decided_ns: int, leg: str, generation: int) -> str:
    """Return the id of an order from its logical key, so that a decision made twice is one order.

    The id is a readable prefix and 128 bits of hash in hexadecimal; Alpaca takes at most 128 characters.

    Args:
        instance: Tag of the daemon or run, short.
        strategy_id: Who decided.
        symbol: Canonical symbol.
        decided_ns: Market time of the decision.
        leg: What kind of order it is in that decision, as `entry` or `exit`.
        generation: Which one of its kind within that moment, from 0.
    """
    key = f"{instance}|{strategy_id}|{symbol}|{decided_ns}|{leg}|{generation}".encode()
    return f"tb-{instance}-{hashlib.blake2b(key, digest_size=16).hexdigest()}"


class Order:
    """An order and what has become of it; changes only along `TRANSITIONS`.

    The filled quantity is what the venue says has been filled so far. A message that says less or the same changes
    nothing, so one seen twice, late or out of order does no harm.

    Attributes:
        request: The terms.
        state: Where it stands.
        broker_order_id: The venue's id; empty until it acknowledged.
        filled_qty: Filled so far, 0 <= filled_qty.
        avg_price: Average price of the fills; None before the first.
        changed_ns: Market time of the last change.
    """

    __slots__ = ("_notional", "broker_order_id", "changed_ns", "filled_qty", "request", "state")

    def __init__(self, request: OrderRequest) -> None:
        self.request = request
        self.state = OrderState.NEW
        self.broker_order_id = ""
        self.filled_qty = Decimal(0)
        self.changed_ns = request.time_ns
        self._notional = Decimal(0)

    def __repr__(self) -> str:
        r = self.request
        return f"Order({r.client_order_id} {r.side} {self.filled_qty}/{r.qty} {r.symbol} {self.state})"

    @property
    def remaining_qty(self) -> Decimal:
        """What is still to be filled; 0 in a filled order, even in an overfilled one."""
        return max(self.request.qty - self.filled_qty, Decimal(0))

    @property
    def avg_price(self) -> Decimal | None:
        """Average price of the fills in dollars; None before the first."""
        return self._notional / self.filled_qty if self.filled_qty else None

    def move(self, state: OrderState, time_ns: int) -> None:
        """Go to a state.

        Raises:
            InvalidTransitionError: If the state machine has no such edge.
        """
        if state not in TRANSITIONS[self.state]:
            raise InvalidTransitionError(f"{self!r} cannot become {state}")
        self.state = state
        self.changed_ns = time_ns

    def fill_to(self, cum_qty: Decimal, price: Decimal, time_ns: int) -> Decimal:
        """Raise the filled quantity to what the venue says, and return by how much.

        Args:
            cum_qty: Filled so far according to the venue.
            price: Price of the part that is new.
            time_ns: Market time.

        Returns:
            The newly filled quantity; 0 if nothing is new, and then nothing changes.

        Raises:
            InvalidTransitionError: If the order was rejected or never left.
            OrderError: If the price is not positive.
        """
        new = cum_qty - self.filled_qty
        if new <= 0:
            return Decimal(0)
        if price <= 0:
            raise OrderError(f"{self!r}: fill price {price} must be above 0")
        full = cum_qty >= self.request.qty
        if not self.state.is_terminal:
            self.move(OrderState.FILLED if full else OrderState.PARTIALLY_FILLED, time_ns)
        else:
            self.move(OrderState.FILLED if full else self.state, time_ns)
        self.filled_qty = cum_qty
        self._notional += new * price
        return new
