"""trade_tracker: fills -> round trips, first in, first out.

Each strategy has its own lots of each symbol. A fill against the position closes the oldest lots, each as a trade of
its own; what is left of it opens a lot on the other side. Commissions are split by quantity, and the last part of a
fill takes the remainder, so that the commissions of trades and open lots add up to those of the fills exactly.

`Position.realized_pnl` values the same fills at average cost and before commissions, so the two agree only when the
position is flat: sum of trades' pnl = realized_pnl - commissions.
"""

from collections import deque
from decimal import ROUND_HALF_EVEN, Decimal

from tradebus.model.fill import Fill
from tradebus.model.order import OrderSide
from tradebus.model.time import iso
from tradebus.model.trade import Trade

# Far below a cent, and short enough for the remainder to stay exact within the 28 digits of a Decimal.
_SHARE_STEP = Decimal("1E-12")
_ZERO = Decimal(0)


class Lot:
    """What is left of an entry fill.

    Attributes:
        time_ns: When it was filled, nanoseconds since the epoch, UTC.
        sign: 1 for a long lot, -1 for a short one.
        qty: Shares or coins left, > 0.
        price: Dollars.
        commission: The part of the fill's commission that falls on `qty`, dollars.
        reason: Why it was bought or sold.
    """

    __slots__ = ("commission", "price", "qty", "reason", "sign", "time_ns")

    def __init__(self, fill: Fill, qty: Decimal, commission: Decimal) -> None:
        self.time_ns = fill.time_ns
        self.sign = fill.side.sign
        self.qty = qty
        self.price = fill.price
        self.commission = commission
        self.reason = fill.reason

    def take(self, qty: Decimal) -> Decimal:
        """Reduce the lot by at most `qty` and return the commission that goes with it."""
        share = _share(self.commission, qty, self.qty)
        self.qty -= qty
        self.commission -= share
        return share

    def merge(self, other: "Lot") -> None:
        """Add another lot of the same side at the average price; time and reason stay the older one's."""
        qty = self.qty + other.qty
        self.price = (self.qty * self.price + other.qty * other.price) / qty
        self.qty = qty
        self.commission += other.commission


class TradeTracker:
    """The round trips of a session.

    Attributes:
        trades: Closed round trips, in the order of their exits.
        closed_count: How many were closed, those no longer kept among them.
        pnl: Sum of their profits after commissions, dollars.
    """

    def __init__(self, max_trades: int | None = None, max_lots: int = 10_000) -> None:
        """Start without trades.

        Args:
            max_trades: Trades to keep; beyond it the oldest are forgotten (the totals are not). None keeps all.
            max_lots: Open lots of one position, >= 1; beyond it a new lot is averaged into the newest.
        """
        self.trades: list[Trade] = []
        self.closed_count = 0
        self.pnl = _ZERO
        self._max_trades = max_trades
        self._max_lots = max_lots
        self._open: dict[tuple[str, str], deque[Lot]] = {}

    def on_fill(self, fill: Fill) -> list[Trade]:
        """Take the next fill and return the trades that it closed, oldest entry first."""
        key = (fill.strategy_id, fill.symbol)
        lots = self._open.get(key)
        if lots is None:
            lots = self._open[key] = deque()
        sign = fill.side.sign
        qty, commission = fill.qty, fill.commission
        closed: list[Trade] = []
        while qty and lots and lots[0].sign != sign:
            lot = lots[0]
            part = min(qty, lot.qty)
            share = _share(commission, part, qty)
            qty -= part
            commission -= share
            closed.append(_trade(fill, lot, part, lot.take(part) + share))
            if not lot.qty:
                lots.popleft()
        if qty:
            self._add(lots, Lot(fill, qty, commission))
        elif not lots:
            del self._open[key]
        if closed:
            self._keep(closed)
        return closed

    def open_lots(self, strategy_id: str, symbol: str) -> tuple[Lot, ...]:
        """Return what a strategy holds of a symbol, oldest first."""
        return tuple(self._open.get((strategy_id, symbol), ()))

    def _add(self, lots: deque[Lot], lot: Lot) -> None:
        if len(lots) >= self._max_lots:
            lots[-1].merge(lot)
        else:
            lots.append(lot)

    def _keep(self, closed: list[Trade]) -> None:
        self.closed_count += len(closed)
        for trade in closed:
            self.pnl += trade.pnl
        self.trades += closed
        if self._max_trades is not None and len(self.trades) > self._max_trades:
            del self.trades[: len(self.trades) - self._max_trades]


def trade_record(trade: Trade) -> dict[str, str | float]:
    """Return a trade as SYSTEM's dictionary, ready for JSON.

    Times are ISO 8601 in UTC, money is dollars, `return` is a fraction (0.10 is 10 %) of what was paid at the entry,
    and `holding_period` is in days of 24 hours. Exact decimals become the nearest floats.
    """
    return {
        "symbol": trade.symbol,
        "strategy_id": trade.strategy_id,
        "side": trade.side,
        "entry_time": iso(trade.entry_ns),
        "exit_time": iso(trade.exit_ns),
        "entry_price": float(trade.entry_price),
        "exit_price": float(trade.exit_price),
        "quantity": float(trade.quantity),
        "pnl": float(trade.pnl),
        "return": trade.return_pct,
        "holding_period": trade.holding_days,
        "commission": float(trade.commission),
        "entry_reason": trade.entry_reason,
        "exit_reason": trade.exit_reason,
    }


def _share(commission: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    if part == whole or not commission:
        return commission
    share = commission * part / whole
    rounded = share.quantize(_SHARE_STEP, ROUND_HALF_EVEN)
    # A share that is exact as it is keeps its few digits.
    return share if share == rounded else rounded


def _trade(fill: Fill, lot: Lot, qty: Decimal, commission: Decimal) -> Trade:
    return Trade(
        symbol=fill.symbol,
        strategy_id=fill.strategy_id,
        side="long" if fill.side is OrderSide.SELL else "short",
        entry_ns=lot.time_ns,
        exit_ns=fill.time_ns,
        entry_price=lot.price,
        exit_price=fill.price,
        quantity=qty,
        pnl=qty * (fill.price - lot.price) * lot.sign - commission,
        commission=commission,
        entry_reason=lot.reason,
        exit_reason=fill.reason,
    )
