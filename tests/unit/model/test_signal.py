"""Tests of tradebus/model/signal.py."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebus.errors import SignalError
from tradebus.model.order import OrderType, TimeInForce
from tradebus.model.signal import Action, Signal, SignalDict, read_signal
from tradebus.model.time import NEW_YORK, to_ns

TIME = datetime(2014, 6, 9, 20, tzinfo=UTC)
REQUIRED: dict[str, Any] = {"action": "BUY", "symbol": "AAPL", "price": 93.7, "timestamp": TIME}
FULL: dict[str, Any] = REQUIRED | {
    "reason": "crossed",
    "indicators": {"macd": 0.5, "count": 3},
    "quantity": 10,
    "order_type": "stop_limit",
    "limit_price": 94,
    "stop_price": 93.9,
    "trail_pct": 0.05,
    "time_in_force": "gtc",
    "take_profit": Decimal("99.5"),
    "stop_loss": 90.0,
}


def read(raw: Any) -> Signal:
    """Return the signal of a dictionary of the strategy `macd`."""
    return read_signal(raw, "macd", Signal)


def test_four_keys_are_enough() -> None:
    """What is not said is left to the session and the sizer."""
    assert read(REQUIRED) == Signal(
        time_ns=to_ns(TIME), strategy_id="macd", symbol="AAPL", action=Action.BUY, price=93.7
    )


def test_all_keys_are_read() -> None:
    """Every key of the dictionary becomes a field; numbers become floats."""
    assert read(FULL) == Signal(
        time_ns=to_ns(TIME),
        strategy_id="macd",
        symbol="AAPL",
        action=Action.BUY,
        price=93.7,
        reason="crossed",
        indicators={"macd": 0.5, "count": 3.0},
        quantity=10.0,
        order_type=OrderType.STOP_LIMIT,
        limit_price=94.0,
        stop_price=93.9,
        trail_pct=0.05,
        time_in_force=TimeInForce.GTC,
        take_profit=99.5,
        stop_loss=90.0,
    )


def test_the_example_uses_every_key() -> None:
    """No key of the dictionary is left untested."""
    assert set(FULL) == set(SignalDict.__annotations__)


def test_a_signal_is_of_the_kind_that_is_asked() -> None:
    """The event on the bus is the signal itself, so nothing is built twice."""

    class Kind(Signal, frozen=True, gc=False, tag=True, array_like=True, kw_only=True):
        pass

    assert type(read_signal(REQUIRED, "macd", Kind)) is Kind


@pytest.mark.parametrize("action", ["buy", "Sell", "HOLD"])
def test_case_does_not_matter(action: str) -> None:
    """Actions, types and symbols are read in any case."""
    signal = read(REQUIRED | {"action": action, "order_type": "LIMIT", "time_in_force": "Fok", "symbol": "btc-usd"})

    assert signal.action is Action(action.upper())
    assert (signal.order_type, signal.time_in_force) == (OrderType.LIMIT, TimeInForce.FOK)
    assert signal.symbol == "BTC/USD"


def test_the_moment_is_the_same_in_every_zone() -> None:
    """A timestamp may be in any zone, as long as it says in which."""
    assert read(REQUIRED | {"timestamp": TIME.astimezone(NEW_YORK)}) == read(REQUIRED)


def test_a_signal_is_of_the_moment_it_was_returned_at() -> None:
    """An older timestamp is not an older wish: the signal's time is the snapshot's."""
    later_ns = to_ns(TIME) + 60

    assert read_signal(REQUIRED, "macd", Signal, later_ns).time_ns == later_ns
    assert read_signal(REQUIRED, "macd", Signal, to_ns(TIME)).time_ns == to_ns(TIME)


def test_a_signal_from_the_future_is_refused() -> None:
    """A timestamp after the snapshot says that the strategy knows what it cannot know."""
    with pytest.raises(SignalError, match=r"signal key timestamp=.*lies after the snapshot"):
        read_signal(REQUIRED, "macd", Signal, to_ns(TIME) - 1)


@pytest.mark.parametrize("key", sorted(set(FULL) - set(REQUIRED) - {"reason", "indicators"}))
def test_none_is_the_same_as_nothing(key: str) -> None:
    """An optional term that is None is left to the session."""
    assert read(REQUIRED | {key: None}) == read(REQUIRED)


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_key_is_named(key: str) -> None:
    """The message names the strategy and the key that is missing."""
    raw = {name: value for name, value in REQUIRED.items() if name != key}

    with pytest.raises(SignalError, match=f"strategy macd: .* lacks the key {key}"):
        read(raw)


@pytest.mark.parametrize("key", ["qty", "stoploss", "Action", "", 3])
def test_an_unknown_key_is_named(key: object) -> None:
    """A key that is misspelt must not be ignored: a stop loss would be missing."""
    with pytest.raises(SignalError, match=f"signal key {key}=1: unknown key; use action, "):
        read(REQUIRED | {key: 1})


@pytest.mark.parametrize("raw", [None, "BUY", 1, ["BUY"], ("action", "BUY")])
def test_what_is_no_dictionary_is_refused(raw: object) -> None:
    """A strategy that returns something else is told what was expected."""
    with pytest.raises(SignalError, match=r"strategy macd returned .* where a dictionary"):
        read(raw)


NO_NUMBERS: list[object] = [0, -1, 0.0, -0.01, math.nan, math.inf, -math.inf, "94", True, [94], Decimal("NaN"), 1j]
PRICES = ["price", "limit_price", "stop_price", "take_profit", "stop_loss", "quantity"]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize("key", PRICES)
def test_a_price_or_quantity_is_a_number_above_zero(key: str, value: object) -> None:
    """The message names key, value and what is allowed."""
    with pytest.raises(SignalError, match=f"signal key {key}=.*finite number above 0"):
        read(REQUIRED | {key: value})


def test_a_price_is_not_none() -> None:
    """A required key is not optional."""
    with pytest.raises(SignalError, match="signal key price=None"):
        read(REQUIRED | {"price": None})


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("action", "SHORT", "use one of BUY, SELL, HOLD"),
        ("action", None, "use one of BUY, SELL, HOLD"),
        ("action", 1, "use one of BUY, SELL, HOLD"),
        ("symbol", "../x", "is not a symbol"),
        ("symbol", None, "is not a symbol"),
        ("symbol", 7, "is not a symbol"),
        ("timestamp", "2014-06-09", "must be a datetime"),
        ("timestamp", 1_402_344_000, "must be a datetime"),
        ("timestamp", None, "must be a datetime"),
        ("timestamp", TIME.replace(tzinfo=None), "has no time zone"),
        ("order_type", "iceberg", "use one of market, limit, stop, stop_limit, trailing_stop"),
        ("order_type", 1, "use one of market"),
        ("time_in_force", "opg", "use one of day, gtc, ioc, fok"),
        ("trail_pct", 5, "is a fraction below 1"),
        ("trail_pct", 1, "is a fraction below 1"),
        ("trail_pct", 0, "finite number above 0"),
        ("trail_pct", math.nan, "finite number above 0"),
        ("indicators", [0.1], "must be a dictionary"),
        ("indicators", [("macd", 0.5)], "must be a dictionary"),
    ],
)
def test_a_malformed_key_is_named(key: str, value: object, says: str) -> None:
    """The message names the strategy, the key, its value and what is allowed."""
    with pytest.raises(SignalError, match=f"strategy macd: signal key {key}=.*{says}"):
        read(REQUIRED | {key: value})


@pytest.mark.parametrize("value", [math.nan, math.inf, "0.5", None, True])
def test_a_malformed_indicator_is_named(value: object) -> None:
    """Indicators are kept and printed, so each is a finite number."""
    with pytest.raises(SignalError, match=r"signal key indicators\[macd\]=.*must be a finite number"):
        read(REQUIRED | {"indicators": {"rsi": 50.0, "macd": value}})


def test_a_message_stays_on_one_short_line() -> None:
    """A value of any length or content is shown cut and without control characters."""
    with pytest.raises(SignalError) as caught:
        read(REQUIRED | {"action": "BUY\n\x1b[31m" + "x" * 10_000})

    assert len(str(caught.value)) < 250
    assert str(caught.value).isprintable()


JUNK = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=5), st.just([1]))


@given(st.dictionaries(st.sampled_from([*FULL, "other"]), JUNK))
def test_any_dictionary_is_read_or_refused(changes: dict[str, object]) -> None:
    """Whatever a strategy returns, the outcome is a sound signal or a SignalError that names the strategy."""
    try:
        signal = read(REQUIRED | changes)
    except SignalError as error:
        refusal: SignalError | None = error
    else:
        refusal = None

    if refusal is not None:
        assert "strategy macd" in str(refusal)
        return
    numbers = [getattr(signal, key) for key in [*PRICES, "trail_pct"]]
    assert all(math.isfinite(number) and number > 0 for number in numbers if number is not None)


def test_a_signal_survives_the_wire() -> None:
    """A signal round-trips through MessagePack and JSON exactly."""
    signal = read(FULL)

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(signal), type=Signal) == signal
    assert msgspec.json.decode(msgspec.json.encode(signal), type=Signal) == signal


@pytest.mark.parametrize("price", [10**400, -(10**400)])
def test_a_number_too_large_for_a_float_is_refused(price: int) -> None:
    """An integer of four hundred digits is no price, and no crash either."""
    raw = {"action": "BUY", "symbol": "AAPL", "price": price, "timestamp": datetime(2024, 1, 2, tzinfo=UTC)}

    with pytest.raises(SignalError, match="signal key price"):
        read_signal(raw, "macd", Signal)
