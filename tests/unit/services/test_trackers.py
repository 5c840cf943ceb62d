"""Tests of tradebus/services/trackers.py."""

from decimal import Decimal

import pytest

from tests.samples import START_NS
from tests.unit.services.helpers import SELL, Stage, fill, order, signal
from tradebus.events import (
    OrderAcked,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderSized,
    PortfolioEvent,
    SignalDeclined,
)
from tradebus.model.order import OrderType
from tradebus.services.trackers import TrackersService

NOW = START_NS


def test_valuations_make_the_equity_curve() -> None:
    """A point each."""
    trackers = TrackersService()

    Stage(trackers).hear(PortfolioEvent(NOW, 100.0, 60.0, 40.0), PortfolioEvent(NOW + 1, 110.0, 60.0, 50.0))

    assert list(trackers.equity.times) == [NOW, NOW + 1]
    assert list(trackers.equity.equity) == [100.0, 110.0]


def test_fills_are_kept_and_make_trades() -> None:
    """In their order."""
    trackers = TrackersService()
    fills = [fill(10, 100), fill(4, 110, SELL), fill(6, 90, SELL)]

    Stage(trackers).hear(*fills)

    assert trackers.fills == fills
    assert [trade.pnl for trade in trackers.trades.trades] == [40, -60]


def test_everything_is_counted_by_its_name() -> None:
    """Refusals by their code, with the first one's words as an example."""
    trackers = TrackersService()

    said = Stage(trackers).hear(
        signal(),
        signal(),
        OrderSized(NOW, order()),
        OrderAcked(NOW, order(), "v1"),
        OrderCanceled(NOW, order(), Decimal(0), "asked"),
        OrderExpired(NOW, order(), Decimal(0)),
        OrderRejected(NOW, order(), "MARKET_CLOSED", "at night"),
        OrderRejected(NOW, order(), "MARKET_CLOSED", "on Sunday"),
        SignalDeclined(NOW, "macd", "AAPL", "ZERO_QUANTITY", "too little"),
    )

    assert said == []
    assert trackers.counts == {
        "signals": 2,
        "orders": 1,
        "canceled": 1,
        "expired": 1,
        "MARKET_CLOSED": 2,
        "ZERO_QUANTITY": 1,
    }
    assert trackers.examples == {"MARKET_CLOSED": "at night", "ZERO_QUANTITY": "too little"}


def test_slippage_is_what_fills_paid_beyond_their_price() -> None:
    """10 basis points of 100 dollars are 10 cents a share, both ways."""
    trackers = TrackersService(slippage_bps=10)

    Stage(trackers).hear(OrderSized(NOW, order()), fill(10, 100.1), fill(10, 99.9, SELL))

    assert trackers.slippage == pytest.approx(2.0)


def test_without_slippage_there_is_none() -> None:
    """Not even a rounding error."""
    trackers = TrackersService()

    Stage(trackers).hear(fill(10, 100.1))

    assert trackers.slippage == 0


@pytest.mark.parametrize("kind", [OrderType.LIMIT, OrderType.STOP_LIMIT])
def test_limit_orders_pay_no_slippage(kind: OrderType) -> None:
    """They fill at their limit or better."""
    trackers = TrackersService(slippage_bps=10)

    Stage(trackers).hear(OrderSized(NOW, order(order_type=kind)), fill(10, 100))

    assert trackers.slippage == 0


def test_of_a_bracket_the_stop_pays_and_the_target_does_not() -> None:
    """Children are known from their acknowledgements."""
    trackers = TrackersService(slippage_bps=10)
    stop, target = order(take_profit=110, stop_loss=90).children()
    stage = Stage(trackers)

    stage.hear(OrderAcked(NOW, stop, "v2"), OrderAcked(NOW, target, "v3"))
    stage.hear(fill(10, 110, SELL, client_order_id="o1-tp"))
    assert trackers.slippage == 0

    stage.hear(fill(10, 89.91, SELL, client_order_id="o1-sl"))
    assert trackers.slippage == pytest.approx(0.9)
