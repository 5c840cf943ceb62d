"""order_terms: what a signal asks for -> the terms of an order, on the instrument's tick."""

from decimal import Decimal

from tradebus.model.instrument import Instrument
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce
from tradebus.model.signal import Signal


def order_of(
    signal: Signal,
    instrument: Instrument,
    client_order_id: str,
    side: OrderSide,
    qty: Decimal,
    price: float,
    time_in_force: TimeInForce,
    *,
    is_exit: bool,
) -> OrderRequest:
    """Return the order of a signal.

    Prices are rounded so that the order never asks for a worse price than the signal did. Limit and stop go the same
    way, or a stop limit order might trigger beyond its limit. Protective prices on an exit stay only as a pair that can
    close the position; otherwise they were meant for a position that this order does not open.

    Args:
        signal: The wish.
        instrument: Ticks.
        client_order_id: Of the order.
        side: Buy or sell; it may close a position of the other side.
        qty: Shares or coins, > 0, on the lot.
        price: Last price of the market, dollars.
        time_in_force: How long it lives.
        is_exit: Whether it only reduces a position.
    """
    buy = side is OrderSide.BUY
    guards_long = buy is not is_exit

    def on_tick(asked: float | None, *, up: bool) -> Decimal | None:
        return None if asked is None else instrument.quantize_order_price(asked, up=up)

    take_profit, stop_loss = on_tick(signal.take_profit, up=guards_long), on_tick(signal.stop_loss, up=guards_long)
    if is_exit and not _is_pair(take_profit, stop_loss, Decimal(repr(price)), guards_long=guards_long):
        take_profit = stop_loss = None

    return OrderRequest(
        client_order_id=client_order_id,
        strategy_id=signal.strategy_id,
        symbol=signal.symbol,
        side=side,
        qty=qty,
        order_type=signal.order_type or _implied_type(signal),
        time_in_force=time_in_force,
        price=price,
        time_ns=signal.time_ns,
        limit_price=on_tick(signal.limit_price, up=not buy),
        stop_price=on_tick(signal.stop_price, up=not buy),
        trail_pct=signal.trail_pct,
        take_profit=take_profit,
        stop_loss=stop_loss,
        is_exit=is_exit,
        reason=signal.reason or f"{signal.action} signal",
    )


def _implied_type(signal: Signal) -> OrderType:
    if signal.trail_pct is not None:
        return OrderType.TRAILING_STOP
    if signal.stop_price is not None:
        return OrderType.STOP if signal.limit_price is None else OrderType.STOP_LIMIT
    return OrderType.MARKET if signal.limit_price is None else OrderType.LIMIT


def _is_pair(take_profit: Decimal | None, stop_loss: Decimal | None, price: Decimal, *, guards_long: bool) -> bool:
    """Return whether two prices can close a position as a pair: one on each side of the market, the right way round."""
    if take_profit is None or stop_loss is None:
        return False
    return stop_loss < price < take_profit if guards_long else take_profit < price < stop_loss
