"""Tests of tradebus/events.py."""

import inspect
from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import bar
from tradebus.events import Event, Member, SnapshotEvent, members
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce
from tradebus.model.signal import Action
from tradebus.model.timeframe import Timeframe

ORDER = OrderRequest(
    client_order_id="tb-t-1",
    strategy_id="macd",
    symbol="AAPL",
    side=OrderSide.BUY,
    qty=Decimal("12.50"),
    order_type=OrderType.LIMIT,
    time_in_force=TimeInForce.DAY,
    price=101.25,
    time_ns=1_700_000_000_123_456_789,
    limit_price=Decimal("101.10"),
)


VALUES: dict[str, object] = {
    "OrderRequest": ORDER,
    "Timeframe": Timeframe.DAY_1,
    "Decimal": Decimal("1.2300"),
    "tuple": ("AAPL", "BTC/USD"),
    "dict": {"macd": 0.1 + 0.2},
    "Action": Action.BUY,
    "OrderSide": OrderSide.BUY,
    "OrderType": OrderType.LIMIT,
    "TimeInForce": TimeInForce.GTC,
    "bool": True,
    "float": 0.1 + 0.2,
    "int": 1_700_000_000_123_456_789,
    "str": "text",
}


def example(kind: type[Event]) -> Event:
    """Build an event with a value in each field, chosen by the field's type."""
    return kind(
        **{
            field.name: next(value for name, value in VALUES.items() if name in str(field.type))
            for field in msgspec.structs.fields(kind)
        }
    )


@pytest.mark.parametrize("kind", get_args(Member), ids=lambda kind: kind.__name__)
def test_every_event_round_trips_exactly(kind: type[Event]) -> None:
    """Through MessagePack and through JSON an event comes back equal, and as its own type."""
    event = example(kind)

    packed = msgspec.msgpack.decode(msgspec.msgpack.encode(event), type=Member)
    text = msgspec.json.decode(msgspec.json.encode(event), type=Member)

    assert packed == event == text
    assert type(packed) is type(text) is kind


def test_the_union_has_every_concrete_event() -> None:
    """No event can be published that a journal could not read back."""
    assert set(get_args(Member)) == set(members(Event))


@pytest.mark.parametrize("kind", get_args(Member), ids=lambda kind: kind.__name__)
def test_events_are_frozen_and_documented(kind: type[Event]) -> None:
    """An event cannot be changed, and says what it means."""
    event = example(kind)
    name = msgspec.structs.fields(kind)[0].name

    with pytest.raises(AttributeError, match="immutable"):
        setattr(event, name, None)
    assert inspect.getdoc(kind)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_floats_survive_bit_for_bit(low: float, high: float) -> None:
    """The shortest text of a float is enough to get it back."""
    event = bar(1, 1.0, low=low, high=high)

    assert msgspec.json.decode(msgspec.json.encode(event), type=Member) == event


def test_time_is_read_in_utc() -> None:
    """`.time` and `.timestamp` are aware: a bar's end and its start."""
    event = bar(0)

    assert event.time.isoformat().endswith("+00:00")
    assert event.timestamp < event.time
    assert SnapshotEvent(event.time_ns).time == event.time
