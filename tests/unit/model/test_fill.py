"""Tests of tradebus/model/fill.py."""

from decimal import Decimal

import msgspec
import pytest

from tradebus.model.fill import Fill, OrderResult
from tradebus.model.order import OrderSide, OrderState

FILL = Fill(
    time_ns=1_402_344_000_123_456_789,
    client_order_id="tb-1",
    strategy_id="macd",
    symbol="BTC/USD",
    side=OrderSide.BUY,
    qty=Decimal("0.00000001"),
    price=Decimal("60000.10"),
    commission=Decimal("-0.0000005"),
)


def test_a_fill_does_not_change() -> None:
    """What was executed stays as it was."""
    with pytest.raises(AttributeError, match="immutable"):
        setattr(FILL, "qty", Decimal(1))  # noqa: B010 - the type checker refuses the plain assignment


def test_what_is_not_said_about_a_fill() -> None:
    """An entry without an execution id of the venue and without a reason."""
    assert (FILL.execution_id, FILL.reason, FILL.is_exit) == ("", "", False)


def test_a_fill_survives_the_wire_to_the_last_digit() -> None:
    """Decimals keep their digits and trailing zeros in MessagePack and JSON."""
    from_msgpack = msgspec.msgpack.decode(msgspec.msgpack.encode(FILL), type=Fill)
    from_json = msgspec.json.decode(msgspec.json.encode(FILL), type=Fill)

    assert from_msgpack == from_json == FILL
    assert str(from_msgpack.price) == "60000.10"


def test_a_result_adds_up_its_fills() -> None:
    """A broker's answer says how much was filled; without fills that is nothing."""
    empty = OrderResult(order_id="", client_order_id="tb-1", status=OrderState.REJECTED, message="no")
    partly = OrderResult(
        order_id="7", client_order_id="tb-1", status=OrderState.PARTIALLY_FILLED, fills=(FILL, FILL, FILL)
    )

    assert empty.filled_qty == 0
    assert partly.filled_qty == Decimal("0.00000003")
