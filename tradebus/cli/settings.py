"""settings: flags, files and environment -> one tree of settings.

Flags are read here, each with its own complaint. Files and environment are read by the configuration's models, which
are loaded only if there is one: that takes longer than a whole backtest of ten years of daily bars.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tradebus.config import has_environment
from tradebus.engine.build import DEFAULTS
from tradebus.errors import InputError
from tradebus.model.instrument import parse_symbol
from tradebus.model.order import TimeInForce
from tradebus.model.timeframe import Timeframe

_CASH_MAX = Decimal(10) ** 12


def resolve(files: Sequence[Path], environ: Mapping[str, str], overrides: Mapping[str, object]) -> dict[str, Any]:
    """Return the settings of defaults < files < environment < flags.

    Args:
        files: YAML files, a later one over an earlier one.
        environ: The environment.
        overrides: Values of flags by dotted key, already read; None where a flag was not given.

    Raises:
        ConfigError: If a file or the environment cannot be used.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    if (
        files
        or has_environment(environ)
        or any(key.startswith(("risk.", "stop_loss.", "instruments.")) for key in given)
    ):
        from tradebus.config import load

        return load(files, environ, given).config.model_dump()
    settings: dict[str, Any] = _copy(DEFAULTS)
    for key, value in given.items():
        *path, last = key.split(".")
        node = settings
        for name in path:
            node = node[name]
        if last == "name" and node[last] != value:
            node["params"] = {}
        node[last] = value
    return settings


def _copy(tree: dict[str, Any]) -> dict[str, Any]:
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in tree.items()}


def read_pairs(field: str, pairs: Sequence[str]) -> dict[str, str]:
    """Return the values of `key=value` flags by key.

    Raises:
        InputError: If one has no `=` or no key, or a key comes twice.
    """
    read: dict[str, str] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        key = key.strip()
        if not separator or not key:
            raise InputError(field, pair, "is not of the form key=value", "write for instance fast=8")
        if key in read:
            raise InputError(field, pair, f"{key} is given twice", "give it once")
        read[key] = value.strip()
    return read


def read_symbols(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the canonical symbols of flags that may hold several, separated by commas."""
    names = [name for text in texts for name in text.split(",") if name.strip()]
    return tuple(dict.fromkeys(parse_symbol(name, "--symbol") for name in names))


def read_timeframes(text: str | None) -> list[Timeframe]:
    """Return the timeframes of a flag that may hold several, separated by commas; empty for None."""
    return [] if text is None else [Timeframe.parse(name, "--timeframe") for name in text.split(",")]


def read_day(field: str, text: str | None) -> date | datetime | None:
    """Return a date or an aware datetime.

    Raises:
        InputError: If the text is neither, or a time without a zone.
    """
    if text is None:
        return None
    try:
        if len(text.strip()) <= len("2023-01-01"):
            return date.fromisoformat(text.strip())
        time = datetime.fromisoformat(text.strip())
    except ValueError as error:
        fix = "write 2023-01-31, or 2023-01-31T09:30:00-05:00"
        raise InputError(field, text, f"is no date ({error})", fix) from None
    if time.tzinfo is None:
        raise InputError(field, text, "has no time zone", f"add one, for instance {text.strip()}-05:00")
    return time


def read_cash(text: str | None) -> Decimal | None:
    """Return dollars above 0; None for None."""
    if text is None:
        return None
    try:
        cash = Decimal(text)
    except InvalidOperation:
        cash = Decimal("NaN")
    if not (cash.is_finite() and 0 < cash <= _CASH_MAX):
        raise InputError("--capital", text, "must be dollars above 0 and at most 1e12", "use for instance 100000")
    return cash


def read_number(field: str, text: str | None, low: float, high: float, example: str) -> float | None:
    """Return a finite number within bounds, both inclusive; None for None."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise InputError(field, text, f"must be a number from {low:g} to {high:g}", f"use for instance {example}")
    return number


def read_volume(text: str | None) -> float | None:
    """Return a fraction of a bar's volume in (0, 1]; None for None."""
    number = read_number("--max-volume", text, 0, 1, "0.1")
    if number == 0:
        raise InputError("--max-volume", text, "must be above 0", "use for instance 0.1")
    return number


def read_choice(field: str, text: str | None, choices: Sequence[str]) -> str | None:
    """Return one of some words, in any case; None for None."""
    if text is None:
        return None
    if text.strip().lower() not in choices:
        raise InputError(field, text, "no such choice", f"use one of {', '.join(choices)}")
    return text.strip().lower()


TIMES_IN_FORCE = [choice.value for choice in TimeInForce]
FILL_AT = ["close", "open", "vwap"]
ADJUSTMENTS = ["raw", "split", "all"]
