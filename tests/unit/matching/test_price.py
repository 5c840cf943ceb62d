"""Tests of tradebus/matching/price.py, through the engine that asks it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS, bar
from tests.unit.matching.samples import after, brief, fills, order, sell, venue
from tradebus.errors import InputError
from tradebus.matching.commissions.crypto_tier import CryptoTier
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.price import FillAt, Offer, fill_price
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce


def _next(terms: OrderRequest, **of_bar: Any) -> list[str]:
    """Send an order at a close of 100, and return what the next bar does to it."""
    engine = venue(slippage_bps=100)
    assert brief(engine.match(terms)) == ["o1 accepted"]
    return brief(engine.on_bar(bar(1, **of_bar)))


def _limit(price: float, side: OrderSide = OrderSide.BUY) -> OrderRequest:
    return order(side=side, order_type=OrderType.LIMIT, limit_price=price)


def _stop(price: float, side: OrderSide = OrderSide.BUY, limit: float | None = None) -> OrderRequest:
    kind = OrderType.STOP if limit is None else OrderType.STOP_LIMIT
    return order(side=side, order_type=kind, stop_price=price, limit_price=limit)


@pytest.mark.parametrize(
    ("terms", "of_bar", "expected"),
    [
        (_limit(98), {"open": 99, "low": 98.0, "high": 101}, ["o1 100 @ 98"]),
        (_limit(98), {"open": 97, "low": 96, "high": 101}, ["o1 100 @ 97"]),
        (_limit(98), {"open": 99, "low": 98.01, "high": 101}, []),
        (_limit(102, OrderSide.SELL), {"open": 101, "low": 99, "high": 102.0}, ["o1 100 @ 102"]),
        (_limit(102, OrderSide.SELL), {"open": 103, "low": 99, "high": 104}, ["o1 100 @ 103"]),
        (_limit(102, OrderSide.SELL), {"open": 101, "low": 99, "high": 101.99}, []),
    ],
)
def test_a_limit_fills_at_its_price_or_at_a_better_open(
    terms: OrderRequest, of_bar: dict[str, Any], expected: list[str]
) -> None:
    """A gap improves the price; slippage never touches a limit order."""
    assert _next(terms, **of_bar) == expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (_limit(100), ["o1 accepted", "o1 100 @ 100"]),
        (_limit(105), ["o1 accepted", "o1 100 @ 100"]),
        (_limit(99), ["o1 accepted"]),
        (_limit(95, OrderSide.SELL), ["o1 accepted", "o1 100 @ 100"]),
        (_limit(101, OrderSide.SELL), ["o1 accepted"]),
    ],
)
def test_a_limit_fills_at_the_close_it_came_at_if_that_will_do(terms: OrderRequest, expected: list[str]) -> None:
    """The low and high of the signal's own bar lie before the order and do not count."""
    assert brief(venue(after(0, 80, 120)).match(terms)) == expected


def test_an_immediate_limit_that_is_not_reached_is_cancelled() -> None:
    """The close of its own bar is its first chance."""
    terms = order(order_type=OrderType.LIMIT, limit_price=99, time_in_force=TimeInForce.IOC)

    assert brief(venue().match(terms)) == ["o1 accepted", "o1 canceled"]


@pytest.mark.parametrize(
    ("terms", "of_bar", "expected"),
    [
        (_stop(105), {"open": 101, "low": 99, "high": 105.0}, ["o1 100 @ 106.05"]),
        (_stop(105), {"open": 110, "low": 99, "high": 111}, ["o1 100 @ 111.1"]),
        (_stop(105), {"open": 101, "low": 99, "high": 104.99}, []),
        (_stop(95, OrderSide.SELL), {"open": 99, "low": 95.0, "high": 101}, ["o1 100 @ 94.05"]),
        (_stop(95, OrderSide.SELL), {"open": 90, "low": 89, "high": 101}, ["o1 100 @ 89.1"]),
        (_stop(95, OrderSide.SELL), {"open": 99, "low": 95.01, "high": 101}, []),
    ],
)
def test_a_stop_fills_at_its_price_or_at_a_worse_open(
    terms: OrderRequest, of_bar: dict[str, Any], expected: list[str]
) -> None:
    """A gap through the stop costs the gap, and slippage comes on top."""
    assert _next(terms, **of_bar) == expected


def test_a_stop_is_not_triggered_by_the_bar_it_came_with() -> None:
    """That bar's low lies before the order."""
    assert brief(venue(after(0, 80, 120)).match(_stop(95, OrderSide.SELL))) == ["o1 accepted"]


@pytest.mark.parametrize(
    ("limit", "of_bar", "expected"),
    [
        # The open is through the stop: a limit order from the open on.
        (107, {"open": 106, "low": 104, "high": 108}, ["o1 100 @ 106"]),
        (107, {"open": 109, "low": 104, "high": 110}, ["o1 100 @ 107"]),
        (107, {"open": 109, "low": 108, "high": 110}, []),
        # Triggered within the bar: at the stop if the limit allows it.
        (107, {"open": 101, "low": 99, "high": 106}, ["o1 100 @ 105"]),
        (103, {"open": 101, "low": 99, "high": 106}, []),
        (107, {"open": 101, "low": 99, "high": 104}, []),
    ],
)
def test_a_stop_limit_is_a_limit_order_from_its_trigger_on(
    limit: float, of_bar: dict[str, Any], expected: list[str]
) -> None:
    """What the rest of the bar held may lie before the trigger, so it is not used."""
    assert _next(_stop(105, limit=limit), **of_bar) == expected


def test_a_triggered_stop_limit_rests_as_a_limit() -> None:
    """From the bar after its trigger it fills like any limit order."""
    engine = venue()
    engine.match(_stop(105, limit=103))
    engine.on_bar(after(1, 99, 106))

    assert brief(engine.on_bar(after(2, 103.5, 106))) == []
    assert brief(engine.on_bar(after(3, 102, 106))) == ["o1 100 @ 103"]


def test_the_rest_of_a_stop_is_a_market_order() -> None:
    """What the trigger's bar could not fill carries on at the price source, wherever the market is."""
    engine = venue()
    engine.match(_stop(95, OrderSide.SELL))

    assert brief(engine.on_bar(after(1, 94, 101, open=99.0, volume=400.0))) == ["o1 40 @ 95"]
    assert brief(engine.on_bar(bar(2, 120.0))) == ["o1 60 @ 120"]


def test_a_trailing_sell_follows_the_closes_up() -> None:
    """Its level is close * (1 - pct) of the best close so far, raised after each bar's check and never lowered."""
    engine = venue()
    engine.match(sell(order_type=OrderType.TRAILING_STOP, trail_pct=0.1))

    assert brief(engine.on_bar(after(1, 90.1, 130, close=120.0))) == []
    assert brief(engine.on_bar(after(2, 108.1, 119, close=110.0))) == []
    assert brief(engine.on_bar(after(3, 107, 112, open=111.0))) == ["o1 100 @ 108"]


def test_a_trailing_buy_follows_the_closes_down() -> None:
    """Its level is close * (1 + pct) of the lowest close so far; a gap fills at the open."""
    engine = venue()
    engine.match(order(order_type=OrderType.TRAILING_STOP, trail_pct=0.1))

    assert brief(engine.on_bar(after(1, 80, 109, close=90.0))) == []
    assert brief(engine.on_bar(after(2, 90, 98.9, close=95.0))) == []
    assert brief(engine.on_bar(after(3, 99, 103, open=101.0))) == ["o1 100 @ 101"]


def test_a_trailing_stop_without_a_bar_begins_at_the_first_close() -> None:
    """Before there is a price there is nothing to trail."""
    engine = DeterministicMatchingEngine()
    engine.match(sell(order_type=OrderType.TRAILING_STOP, trail_pct=0.1, time_ns=START_NS + 1))
    late = sell(client_order_id="o2", order_type=OrderType.TRAILING_STOP, trail_pct=0.1, time_ns=START_NS - 1)
    engine.match(late)

    assert brief(engine.on_bar(after(0, 50, 150, close=100.0))) == []
    assert brief(engine.on_bar(after(1, 90, 100, open=95.0))) == ["o1 100 @ 90", "o2 100 @ 90"]


def test_a_trailing_stop_sent_before_any_bar_is_not_triggered_by_the_first() -> None:
    """A bar that lies wholly after the order sets the first level and cannot touch it."""
    engine = DeterministicMatchingEngine()
    engine.match(sell(order_type=OrderType.TRAILING_STOP, trail_pct=0.1, time_ns=0))

    assert brief(engine.on_bar(after(0, 50, 150, close=100.0))) == []
    assert len(engine.resting) == 1


def test_the_rest_of_a_trailing_stop_is_a_market_order() -> None:
    """Once triggered it trails no more."""
    engine = venue()
    engine.match(sell(order_type=OrderType.TRAILING_STOP, trail_pct=0.1))

    assert brief(engine.on_bar(after(1, 89, 100, volume=400.0))) == ["o1 40 @ 90"]
    assert brief(engine.on_bar(bar(2, 150.0))) == ["o1 60 @ 150"]


@pytest.mark.parametrize("fill_at", list(FillAt))
@pytest.mark.parametrize(
    ("side", "level", "price"),
    [
        (OrderSide.SELL, 95, "94.05"),
        (OrderSide.SELL, 99, "97.02"),
        (OrderSide.BUY, 105, "106.05"),
        (OrderSide.BUY, 97, "98.98"),
    ],
)
def test_a_stop_that_was_gone_through_fills_in_the_same_bar(
    fill_at: FillAt, side: OrderSide, level: float, price: str
) -> None:
    """Whoever saw the crossing gets the stop, or the open (98) if that was through it, with slippage."""
    engine = venue(after(0, 90, 110, open=98.0), fill_at=fill_at, slippage_bps=100)

    outcomes = engine.match(order(side=side, order_type=OrderType.STOP, stop_price=level, triggered=True, is_exit=True))

    assert [fill.last_price for fill in fills(outcomes)] == [Decimal(price)]


def test_the_rest_of_a_triggered_stop_carries_on_at_the_market() -> None:
    """The volume of its bar bounds it; the stop is behind it."""
    engine = venue(after(0, 90, 110, volume=400.0))
    terms = sell(order_type=OrderType.STOP, stop_price=95, triggered=True)

    assert brief(engine.match(terms)) == ["o1 accepted", "o1 40 @ 95"]
    assert brief(engine.on_bar(bar(1, 120.0))) == ["o1 60 @ 120"]


def test_a_triggered_stop_between_bars_is_a_market_order() -> None:
    """A tick crossed the level; the bar under way fills it at its close."""
    engine = venue()
    terms = sell(order_type=OrderType.STOP, stop_price=95, triggered=True, time_ns=START_NS + 1)

    assert brief(engine.match(terms)) == ["o1 accepted"]
    assert brief(engine.on_bar(after(1, 90, 110, close=97.0))) == ["o1 100 @ 97"]


def test_makers_are_limit_orders_that_rested() -> None:
    """At once at the close or at the next open is taking; where the market comes to the limit, it is making."""
    fee = CryptoTier(maker_bps=10, taker_bps=20)

    def rates(terms: OrderRequest, fill_at: str, *bars: dict[str, Any]) -> list[Decimal]:
        engine = venue(fill_at=fill_at, commission=fee)
        outcomes = list(engine.match(terms))
        for index, of_bar in enumerate(bars, 1):
            outcomes += engine.on_bar(bar(index, **of_bar))
        return [fill.commission / fill.last_price / fill.last_qty * 10_000 for fill in fills(outcomes)]

    assert rates(order(), "close") == [20]
    assert rates(_limit(100), "close") == [20]
    assert rates(_limit(99), "open", {"open": 98.0}) == [20]
    assert rates(_limit(99), "open", {"low": 98.0}) == [10]
    assert rates(_limit(99), "open", {}, {"open": 98.0}) == [10]
    assert rates(_stop(105, limit=106), "open", {"open": 105.0}) == [20]
    assert rates(_stop(105, limit=106), "open", {"high": 107.0}) == [20]


@pytest.mark.parametrize("text", ["open", "CLOSE", " vwap "])
def test_a_price_source_has_a_name(text: str) -> None:
    """Case and spaces do not matter."""
    assert FillAt.parse(text) == text.strip().lower()


def test_an_unknown_price_source_is_refused() -> None:
    """The message lists what there is."""
    with pytest.raises(InputError, match=r"fill_at=high: .* use one of open, close, vwap"):
        FillAt.parse("high")


def test_a_limit_off_the_price_step_is_never_passed() -> None:
    """Rounding to the step could cross a limit that lies between steps, so the limit bounds the result."""
    engine = venue()
    terms = order(order_type=OrderType.LIMIT, limit_price="99.00000049")
    engine.match(terms)

    outcomes = engine.on_bar(after(1, 98, 101))

    assert fills(outcomes)[0].last_price <= Decimal("99.00000049")


def test_an_offer_without_a_price_is_no_fill() -> None:
    """Our own mistake, and said so."""
    with pytest.raises(AssertionError, match="without a price"):
        fill_price(None, Offer(None), Decimal(0))  # type: ignore[arg-type]
