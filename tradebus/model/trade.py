"""trade: one round trip, from an entry fill to the exit that closed it."""

from decimal import Decimal

import msgspec

from tradebus.model.time import DAY_NS


class Trade(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True, kw_only=True):
    """One round trip, matched first in, first out.

    Attributes:
        symbol, strategy_id: What was traded and by whom.
        side: `long` or `short`.
        entry_ns, exit_ns: Market time, nanoseconds since the epoch, UTC.
        entry_price, exit_price: Dollars.
        quantity: Shares or coins, > 0.
        pnl: Realised profit in dollars, less `commission`.
        commission: The share of both fills' commissions that falls on this quantity, dollars.
        entry_reason, exit_reason: Why.
    """

    symbol: str
    strategy_id: str
    side: str
    entry_ns: int
    exit_ns: int
    entry_price: Decimal
    exit_price: Decimal
    quantity: Decimal
    pnl: Decimal
    commission: Decimal = Decimal(0)
    entry_reason: str = ""
    exit_reason: str = ""

    @property
    def return_pct(self) -> float:
        """Profit as a fraction of what was paid (or received, for a short) at the entry: 0.10 is 10 %."""
        return float(self.pnl / (self.entry_price * self.quantity))

    @property
    def holding_days(self) -> float:
        """How long it was held, in days of 24 hours."""
        return (self.exit_ns - self.entry_ns) / DAY_NS
