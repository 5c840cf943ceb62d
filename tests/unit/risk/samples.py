"""Orders, fills and accounts that the tests of sizers and risk share."""

from decimal import Decimal

from tests.samples import START_NS
from tradebus.model.fill import Fill
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce
from tradebus.model.portfolio import Portfolio
from tradebus.model.signal import Action, Signal

BUY, SELL = OrderSide.BUY, OrderSide.SELL


def order(
    qty: str = "100",
    price: float = 50.0,
    *,
    side: OrderSide = BUY,
    id: str = "a",
    symbol: str = "AAPL",
    strategy_id: str = "macd",
    time_ns: int = START_NS,
    limit: str | None = None,
    stop: str | None = None,
    trail: float | None = None,
    kind: OrderType | None = None,
    take_profit: str | None = None,
    stop_loss: str | None = None,
    is_exit: bool = False,
    triggered: bool = False,
) -> OrderRequest:
    """Return an order; its type follows from its prices unless it is given."""
    if kind is None:
        kinds = {(False, False): OrderType.MARKET, (True, False): OrderType.LIMIT, (False, True): OrderType.STOP}
        kind = kinds.get((limit is not None, stop is not None), OrderType.STOP_LIMIT)
    return OrderRequest(
        client_order_id=id,
        strategy_id=strategy_id,
        symbol=symbol,
        side=side,
        qty=Decimal(qty),
        order_type=kind,
        time_in_force=TimeInForce.GTC,
        price=price,
        time_ns=time_ns,
        limit_price=None if limit is None else Decimal(limit),
        stop_price=None if stop is None else Decimal(stop),
        trail_pct=trail,
        take_profit=None if take_profit is None else Decimal(take_profit),
        stop_loss=None if stop_loss is None else Decimal(stop_loss),
        is_exit=is_exit,
        triggered=triggered,
    )


def fill(
    qty: str = "100",
    price: str = "50",
    *,
    side: OrderSide = BUY,
    id: str = "a",
    symbol: str = "AAPL",
    strategy_id: str = "macd",
    time_ns: int = START_NS,
) -> Fill:
    """Return a fill."""
    return Fill(
        time_ns=time_ns,
        client_order_id=id,
        strategy_id=strategy_id,
        symbol=symbol,
        side=side,
        qty=Decimal(qty),
        price=Decimal(price),
    )


def account(cash: str = "100000", *fills: Fill) -> Portfolio:
    """Return books with cash, fills, and marks at the prices of the fills."""
    portfolio = Portfolio(Decimal(cash))
    for one in fills:
        portfolio.apply(one)
        portfolio.set_price(one.symbol, float(one.price))
    portfolio.mark()
    return portfolio


def valued(equity: float) -> Portfolio:
    """Return books whose equity is any number, NaN too."""

    class Valued(Portfolio):
        @property
        def equity(self) -> float:
            return equity

    return Valued(Decimal(0))


def signal(
    price: float = 50.0,
    *,
    stop_loss: float | None = None,
    indicators: dict[str, float] | None = None,
    symbol: str = "AAPL",
    strategy_id: str = "macd",
) -> Signal:
    """Return a wish to buy."""
    return Signal(
        time_ns=START_NS,
        strategy_id=strategy_id,
        symbol=symbol,
        action=Action.BUY,
        price=price,
        stop_loss=stop_loss,
        indicators=indicators or {},
    )
