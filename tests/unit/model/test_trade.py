"""Tests of tradebus/model/trade.py."""

from decimal import Decimal

import msgspec
import pytest

from tradebus.model.time import DAY_NS
from tradebus.model.trade import Trade

LONG = Trade(
    symbol="AAPL",
    strategy_id="macd",
    side="long",
    entry_ns=DAY_NS,
    exit_ns=3 * DAY_NS + DAY_NS // 2,
    entry_price=Decimal(100),
    exit_price=Decimal("110.50"),
    quantity=Decimal(10),
    pnl=Decimal("103.00"),
    commission=Decimal(2),
)


def test_a_return_is_a_fraction_of_what_was_paid() -> None:
    """0.103 is 10.3 %, after commission."""
    assert LONG.return_pct == pytest.approx(0.103, rel=1e-15)


def test_a_short_returns_on_what_was_received() -> None:
    """A short sale's return is measured against its proceeds."""
    short = msgspec.structs.replace(LONG, side="short", pnl=Decimal("-107.00"))

    assert short.return_pct == pytest.approx(-0.107, rel=1e-15)


def test_holding_is_counted_in_days_of_24_hours() -> None:
    """Two and a half days are 2.5, whatever the clocks did."""
    assert LONG.holding_days == 2.5


def test_a_trade_survives_the_wire() -> None:
    """A trade round-trips through MessagePack and JSON exactly."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(LONG), type=Trade) == LONG
    assert msgspec.json.decode(msgspec.json.encode(LONG), type=Trade) == LONG
