"""Values that the tests of tradebus/analytics/ share."""

from decimal import Decimal

from tests.samples import START_NS
from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.model.fill import Fill
from tradebus.model.order import OrderSide
from tradebus.model.time import DAY_NS


def fill(
    qty: str,
    price: str,
    *,
    day: int = 0,
    commission: str = "0",
    symbol: str = "AAPL",
    strategy_id: str = "macd",
    reason: str = "",
) -> Fill:
    """Return a buy, or a sell where the quantity is negative, some days after START_NS."""
    exact = Decimal(qty)
    return Fill(
        time_ns=START_NS + day * DAY_NS,
        client_order_id=f"order-{day}",
        strategy_id=strategy_id,
        symbol=symbol,
        side=OrderSide.BUY if exact > 0 else OrderSide.SELL,
        qty=abs(exact),
        price=Decimal(price),
        commission=Decimal(commission),
        reason=reason,
    )


def curve(*equity: float, step_ns: int = DAY_NS, exposure: float = 0.0) -> EquityTracker:
    """Return an equity curve with a point per step from START_NS on."""
    tracker = EquityTracker()
    for i, value in enumerate(equity):
        tracker.record(START_NS + i * step_ns, value, value - exposure, exposure)
    return tracker
