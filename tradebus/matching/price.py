"""price: at what price a bar fills an order, if at all.

market       open, close or vwap of the bar, by `fill_at`                      with slippage
stop         open if the bar opens through the stop, else the stop             with slippage
limit        open if the bar opens at the limit or better, else the limit      never worse than the limit
stop limit   a limit order from its trigger on
"""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from tradebus.errors import InputError
from tradebus.matching.book import Resting
from tradebus.model.bar import Bar
from tradebus.model.order import OrderType


class FillAt(StrEnum):
    """Where a bar fills market orders."""

    OPEN = "open"
    """At the open of the next bar."""
    CLOSE = "close"
    """At the close of the bar that made the signal."""
    VWAP = "vwap"
    """At the volume-weighted average price of the next bar; a bar without one fills nothing."""

    @classmethod
    def parse(cls, text: str) -> "FillAt":
        """Return the price source of a name, in any case.

        Raises:
            InputError: If there is no such source.
        """
        try:
            return cls(text.strip().lower())
        except (AttributeError, ValueError):
            raise InputError("fill_at", text, "no such price of a bar", f"use one of {', '.join(cls)}") from None


class Offer(NamedTuple):
    """What a bar offers to an order that may be filled in it.

    Attributes:
        price: Dollars; None if the order's limit is not reached.
        slips: Whether slippage comes on top.
        is_maker: Whether the order rested at its limit when the market came to it.
    """

    price: float | Decimal | None
    slips: bool = False
    is_maker: bool = False


MISSED = Offer(None)


def offer_at_close(resting: Resting, bar: Bar, fill_at: FillAt) -> Offer | None:
    """Return what the close of the bar in which an order came offers to it; None if that bar is not for it.

    All else of that bar lies before the order. Only `fill_at="close"` uses it, and stops wait for the next bar.
    """
    if fill_at is not FillAt.CLOSE or (resting.level is not None and not resting.triggered):
        return None
    if resting.limit is None:
        return None if resting.order.order_type is OrderType.TRAILING_STOP else Offer(bar.close, slips=True)
    return Offer(bar.close) if _is_within(resting, bar.close) else MISSED


def offer(resting: Resting, bar: Bar, fill_at: FillAt) -> Offer | None:
    """Return what a bar after the order offers to it; None if it is not for it: no trigger, no vwap.

    A stop that is touched is `triggered` from then on. In the bar that triggers it, a stop limit order whose stop the
    open has passed is a limit order from the open on. Otherwise the market is at the stop when it triggers: it fills
    there if its limit allows, and if not, waits for the next bar, for the rest of this bar may lie before the trigger.
    """
    if resting.level is not None and not resting.triggered:
        if not _is_touched(resting, bar):
            return None
        resting.triggered = True
        if resting.limit is None:
            return offer_at_stop(resting, bar)
        if _is_through(resting, bar.open):
            return _limit_offer(resting, bar, rested=False)
        return Offer(resting.order.stop_price) if _is_within(resting, resting.level) else MISSED
    if resting.limit is not None:
        return _limit_offer(resting, bar, rested=not resting.is_new)
    if resting.order.order_type is OrderType.TRAILING_STOP and not resting.triggered:
        return None
    price = bar.close if fill_at is FillAt.CLOSE else bar.open if fill_at is FillAt.OPEN else bar.vwap
    return None if price is None else Offer(price, slips=True)


def offer_at_stop(resting: Resting, bar: Bar) -> Offer:
    """Return what a bar offers to a stop that triggers in it: the open if that is through the stop, else the stop."""
    if _is_through(resting, bar.open):
        return Offer(bar.open, slips=True)
    price = resting.order.stop_price
    return Offer(resting.level if price is None else price, slips=True)


def opens_beyond(resting: Resting, bar: Bar) -> bool:
    """Return whether a bar opens at an order's limit or better."""
    return resting.limit is not None and _is_within(resting, bar.open)


def fill_price(resting: Resting, offered: Offer, slippage: Decimal) -> Decimal:
    """Return the price of a fill on the instrument's step.

        price * (1 + slippage) for a buy, price * (1 - slippage) for a sell; a limit order's own limit bounds it

    Args:
        resting: The order.
        offered: What the bar offers; has a price.
        slippage: Fraction of the price, >= 0.
    """
    assert offered.price is not None, "an offer without a price fills nothing"
    price = offered.price if isinstance(offered.price, Decimal) else Decimal(repr(offered.price))
    if offered.slips:
        price *= 1 + slippage if resting.buys else 1 - slippage
    price = resting.market.instrument.quantize_price(price)
    if resting.limit is not None:
        price = min(price, resting.limit) if resting.buys else max(price, resting.limit)
    return price


def _limit_offer(resting: Resting, bar: Bar, *, rested: bool) -> Offer:
    if _is_within(resting, bar.open):
        return Offer(bar.open, is_maker=rested)
    best = bar.low if resting.buys else bar.high
    return Offer(resting.limit, is_maker=True) if _is_within(resting, best) else MISSED


def _is_within(resting: Resting, price: float) -> bool:
    return price <= resting.limit_float if resting.buys else price >= resting.limit_float


def _is_through(resting: Resting, price: float) -> bool:
    assert resting.level is not None, "only a stop has a level"
    return price >= resting.level if resting.buys else price <= resting.level


def _is_touched(resting: Resting, bar: Bar) -> bool:
    return _is_through(resting, bar.open) or _is_through(resting, bar.high if resting.buys else bar.low)
