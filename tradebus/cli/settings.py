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
from tradebus.config.flags import PARAM_FLAGS, flag_of, parts_of
from tradebus.engine.build import DEFAULTS
from tradebus.errors import InputError
from tradebus.model.instrument import parse_symbol
from tradebus.model.order import TimeInForce
from tradebus.model.timeframe import Timeframe

_CASH_MAX = Decimal(10) ** 12
_SINGULAR = {
    "symbols": "symbol",
    "params": "param",
    "sizer_params": "sizer-param",
    "commission_params": "commission-param",
    "configs": "config",
    "sets": "set",
}


def resolve(
    files: Sequence[Path],
    environ: Mapping[str, str],
    overrides: Mapping[str, object],
    sets: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the settings of defaults < files < environment < flags.

    Args:
        files: YAML files, a later one over an earlier one.
        environ: The environment.
        overrides: Values of flags by dotted key, already read; None where a flag was not given.
        sets: Values of `--set` by dotted key, as text; over the other flags.

    Raises:
        ConfigError: If a file, the environment or a `--set` cannot be used.
    """
    given = _given(overrides, sets)
    if files or sets or has_environment(environ):
        from tradebus.config import load

        return load(files, environ, given).config.model_dump()
    settings: dict[str, Any] = _copy(DEFAULTS)
    for key, value in given.items():
        *path, last = parts_of(key)
        node = settings
        for name in path:
            node = node[name]
        if last == "name" and node[last] != value:
            node["params"] = {}
        node[last] = value
    return settings


def origin(
    key: str,
    files: Sequence[Path],
    environ: Mapping[str, str],
    overrides: Mapping[str, object],
    sets: Mapping[str, str] | None = None,
) -> tuple[str, bool]:
    """Return who set a key, in the words of the one who did, and whether that is configuration and not a plain flag.

    Configuration is what a file, the environment or `--set` says.

    Args:
        key: Dotted key of a setting that `resolve` has accepted.
        files, environ, overrides, sets: As for `resolve`.
    """
    given = _given(overrides, sets)
    if key not in given and (files or has_environment(environ)):
        from tradebus.config import load

        kind, _, name = load(files, environ, given).origins.get(key, "").partition(" ")
        if kind in ("file", "env"):
            return (f"{name}: {key}" if kind == "file" else name), True
    if sets and key in sets:
        return f"--set {key}", True
    for prefix, flag in PARAM_FLAGS.items():
        if key in given and key.startswith(prefix):
            return f"{flag} {key.removeprefix(prefix)}", False
    return flag_of(key), False


def _given(overrides: Mapping[str, object], sets: Mapping[str, str] | None) -> dict[str, object]:
    """Return what was given, the names of plug-ins first: a new name takes the old one's parameters with it."""
    given = {key: value for key, value in overrides.items() if value is not None} | dict(sets or {})
    return dict(sorted(given.items(), key=lambda item: not item[0].endswith(".name")))


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


def refuse_empty(flags: Mapping[str, object]) -> None:
    """Refuse flags that were given without a value: an empty shell variable must not mean the default.

    Args:
        flags: Values by the name of the command's argument; a tuple for a flag that may be repeated.

    Raises:
        InputError: If one is empty.
    """
    for name, value in flags.items():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str) and not one.strip():
                field = "--" + _SINGULAR.get(name, name).replace("_", "-")
                raise InputError(field, one, "is empty", "give a value, or leave the flag out")


def read_path(field: str, text: str | None) -> Path | None:
    """Return a path that a file system can hold; None for None.

    Raises:
        InputError: If it is too long, or has a character that no path has.
    """
    if text is None:
        return None
    try:
        # A shell leaves the ~ of --out=~/run alone.
        path = Path(text).expanduser()
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return path
    except (OSError, ValueError, RuntimeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(field, text, f"is no path ({problem})", "use a shorter path of plain characters") from None
    return path


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
