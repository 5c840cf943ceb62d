"""signal: what a strategy wishes, without a quantity; SYSTEM's dictionaries are read here."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from numbers import Real
from typing import Any, Required, TypedDict

import msgspec

from tradebus.errors import InputError, SignalError, shown
from tradebus.model.instrument import parse_symbol
from tradebus.model.order import OrderType, TimeInForce
from tradebus.model.time import to_ns


class Action(StrEnum):
    """What to do with a symbol."""

    BUY = "BUY"
    SELL = "SELL"
    HOLD = "HOLD"


class SignalDict(TypedDict, total=False):
    """The dictionary that `Strategy.generate_signals` returns; the first four keys are required.

    `quantity` overrides the sizer. `limit_price`, `stop_price` and `trail_pct` (a fraction) choose the order's type
    unless `order_type` does. `take_profit` and `stop_loss` are prices of orders that protect the entry. `reason` and
    `indicators` are kept with the order and printed when it is explained.
    """

    action: Required[str]
    symbol: Required[str]
    price: Required[float]
    timestamp: Required[datetime]
    reason: str
    indicators: Mapping[str, float]
    quantity: float
    order_type: str
    limit_price: float
    stop_price: float
    trail_pct: float
    time_in_force: str
    take_profit: float
    stop_loss: float


class Signal(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True, kw_only=True):
    """A strategy's wish at one moment.

    Attributes:
        time_ns: The moment, nanoseconds since the epoch, UTC.
        strategy_id: Who wishes.
        symbol: Canonical symbol.
        action: BUY, SELL or HOLD.
        price: Price the strategy looked at, dollars, finite, > 0.
        reason: Why, in the strategy's words.
        indicators: The values that led to it, by name.
        quantity: Shares or coins; None leaves the size to the sizer.
        order_type, limit_price, stop_price, trail_pct, time_in_force: Terms of the order; None leaves them to the
            session (a market order with the session's time in force).
        take_profit, stop_loss: Prices of the orders that protect an entry; None for none.
    """

    time_ns: int
    strategy_id: str
    symbol: str
    action: Action
    price: float
    reason: str = ""
    indicators: dict[str, float] = {}
    quantity: float | None = None
    order_type: OrderType | None = None
    limit_price: float | None = None
    stop_price: float | None = None
    trail_pct: float | None = None
    time_in_force: TimeInForce | None = None
    take_profit: float | None = None
    stop_loss: float | None = None


_REQUIRED = frozenset({"action", "symbol", "price", "timestamp"})


def read_signal[S: Signal](raw: Mapping[str, Any], strategy_id: str, kind: type[S], now_ns: int | None = None) -> S:
    """Return the signal of a strategy's dictionary, as a `Signal` or a kind of it.

    Args:
        raw: The dictionary.
        strategy_id: Who returned it.
        kind: What to make.
        now_ns: The moment it was returned at, which becomes the signal's time; a timestamp after it is refused. None
            takes the timestamp as it is.

    Raises:
        SignalError: If a required key is missing, a key is unknown or a value is of no use; names the key.
    """
    if type(raw) is not dict and not isinstance(raw, Mapping):
        raise SignalError(f"strategy {strategy_id} returned {shown(raw)} where a dictionary with action was expected")
    if missing := _REQUIRED - raw.keys():
        raise SignalError(f"strategy {strategy_id}: signal {shown(dict(raw))} lacks the key {min(missing)}")
    read: dict[str, Any] = {}
    for key, value in raw.items():
        reader = _READERS.get(key)
        if reader is not None:
            if value is not None or key in _REQUIRED:
                read[key] = reader(strategy_id, key, value)
        elif key != "timestamp":
            problem = f"unknown key; use {', '.join(sorted(_READERS))} or timestamp"
            raise SignalError(_complain(strategy_id, str(key), value, problem))
    return kind(time_ns=_time(strategy_id, raw["timestamp"], now_ns), strategy_id=strategy_id, **read)


def _complain(strategy_id: str, key: str, value: object, problem: str) -> str:
    return f"strategy {strategy_id}: signal key {key}={shown(value)}: {problem}"


def _positive(strategy_id: str, key: str, value: object) -> float:
    if type(value) is float and 0 < value < math.inf:
        return value
    number = _as_float(value)
    if not (math.isfinite(number) and number > 0):
        raise SignalError(_complain(strategy_id, key, value, "must be a finite number above 0"))
    return number


def _as_float(value: object) -> float:
    """Return a number of any kind as a float; NaN for what is none, or is too large for one."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _trail(strategy_id: str, key: str, value: object) -> float:
    number = _positive(strategy_id, key, value)
    if number >= 1:
        raise SignalError(_complain(strategy_id, key, value, "is a fraction below 1 (0.05 is 5 %)"))
    return number


def _time(strategy_id: str, value: object, now_ns: int | None) -> int:
    if not isinstance(value, datetime):
        raise SignalError(_complain(strategy_id, "timestamp", value, "must be a datetime; use snapshot.timestamp"))
    if value.tzinfo is None:
        raise SignalError(_complain(strategy_id, "timestamp", value, "has no time zone; use snapshot.timestamp"))
    time_ns = to_ns(value)
    if now_ns is None:
        return time_ns
    if time_ns > now_ns:
        raise SignalError(_complain(strategy_id, "timestamp", value, "lies after the snapshot's time"))
    return now_ns


def _symbol(strategy_id: str, key: str, value: object) -> str:
    try:
        return _parse_symbol(value) if type(value) is str else _parse_symbol("")
    except InputError:
        raise SignalError(_complain(strategy_id, key, value, "is not a symbol such as AAPL or BTC/USD")) from None


# Strategies name the same few symbols again and again.
_parse_symbol = lru_cache(maxsize=4096)(parse_symbol)


def _action(strategy_id: str, key: str, value: object) -> Action:
    try:
        return Action(value.upper() if isinstance(value, str) else "")
    except ValueError:
        raise SignalError(_complain(strategy_id, key, value, f"use one of {', '.join(Action)}")) from None


def _order_type(strategy_id: str, key: str, value: object) -> OrderType:
    try:
        return OrderType(value.lower() if isinstance(value, str) else "")
    except ValueError:
        raise SignalError(_complain(strategy_id, key, value, f"use one of {', '.join(OrderType)}")) from None


def _time_in_force(strategy_id: str, key: str, value: object) -> TimeInForce:
    try:
        return TimeInForce(value.lower() if isinstance(value, str) else "")
    except ValueError:
        raise SignalError(_complain(strategy_id, key, value, f"use one of {', '.join(TimeInForce)}")) from None


def _reason(_strategy_id: str, _key: str, value: object) -> str:
    return str(value)


def _indicators(strategy_id: str, key: str, value: object) -> dict[str, float]:
    if type(value) is not dict and not isinstance(value, Mapping):
        raise SignalError(_complain(strategy_id, key, value, "must be a dictionary of names to numbers"))
    read: dict[str, float] = {}
    for name, number in value.items():
        if type(number) is float and number - number == 0:
            read[str(name)] = number
            continue
        finite = _as_float(number)
        if not math.isfinite(finite):
            raise SignalError(_complain(strategy_id, f"{key}[{name}]", number, "must be a finite number"))
        read[str(name)] = finite
    return read


_READERS: dict[str, Callable[[str, str, object], object]] = {
    "action": _action,
    "symbol": _symbol,
    "price": _positive,
    "reason": _reason,
    "indicators": _indicators,
    "quantity": _positive,
    "order_type": _order_type,
    "limit_price": _positive,
    "stop_price": _positive,
    "trail_pct": _trail,
    "time_in_force": _time_in_force,
    "take_profit": _positive,
    "stop_loss": _positive,
}
