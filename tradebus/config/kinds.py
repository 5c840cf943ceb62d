"""kinds: the kinds of values that settings have, and how text becomes one of them.

Values come typed from a file and as text from the environment and from flags; both pass here. A boolean is no number
and a number no boolean, and nothing is NaN or infinite.
"""

import math
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tradebus.errors import InputError
from tradebus.model import instrument

_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_NOTHING = ("none", "null")

TimeframeName = Literal[
    "1Min", "2Min", "3Min", "5Min", "10Min", "15Min", "30Min", "1Hour", "2Hour", "4Hour", "6Hour", "12Hour", "1Day",
    "1Week", "1Month",
]  # fmt: skip
"""Lengths of bars, the values of `model.timeframe.Timeframe`."""


class Section(BaseSettings):
    """Base of all settings: frozen, without unknown keys, NaN or infinity, and silent about what it refused.

    A section takes its values from its arguments alone. Files, environment and flags are read by `load`, which knows
    the origin of every value and reports all problems at once; `from_yaml` and `from_env` go through it.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True, validate_default=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the five are what pydantic-settings passes
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments as the only source: a section built inside a test or a loader must not see the environment."""
        return (init_settings,)


def refused(problem: str, fix: str, *key: str) -> PydanticCustomError:
    """Return the error of a value that is not allowed.

    Args:
        problem: What is wrong with it.
        fix: What to do instead.
        key: Names of the key below the section that raises it; none where it is the value's own.
    """
    return PydanticCustomError("refused", "{problem}", {"problem": problem, "fix": fix, "key": key})


def parse_symbol(text: object) -> str:
    """Return the canonical form of a symbol, as `model.instrument.parse_symbol` does."""
    try:
        return instrument.parse_symbol(text if isinstance(text, str) else "")
    except InputError:
        fix = "use the form AAPL, BRK.B or BTC/USD, in quotes where YAML reads a word otherwise"
        raise refused("is not a symbol", fix) from None


def _unless_none(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() in _NOTHING else value


def _flag(value: Any) -> Any:
    value = _unless_none(value)
    if isinstance(value, bool) or value is None:
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise refused("must be true or false", "write true or false")


def _number(value: Any) -> Any:
    """Return a number that is one: booleans, NaN, infinities and what overflows are refused."""
    value = _unless_none(value)
    if value is None:
        return None
    try:
        exact = Decimal(value.strip()) if isinstance(value, str) else value
        is_number = isinstance(exact, int | float | Decimal) and not isinstance(exact, bool)
        is_finite = is_number and math.isfinite(float(exact))
    except (InvalidOperation, OverflowError, ValueError):
        is_number, is_finite = not isinstance(value, str) or value.strip().lstrip("+-").isdecimal(), False
    if not is_number:
        raise refused("must be a number", "write it in digits, as 0.05 or 100")
    if not is_finite:
        raise refused("must be a finite number", "write a number that a computer can hold")
    return exact


def _exact(value: Any) -> Any:
    number = _number(value)
    # What a file says in decimal is meant in decimal: 0.1 is a tenth.
    return Decimal(repr(number)) if isinstance(number, float) else number


def _text(value: Any) -> Any:
    value = _unless_none(value)
    if value is None or (isinstance(value, str) and value.strip() and value.isprintable()):
        return value.strip() if isinstance(value, str) else None
    raise refused("must be text on one line", "put it in quotes where YAML reads it otherwise")


def _word(*choices: str) -> BeforeValidator:
    lowered = {choice.lower(): choice for choice in choices}

    def choose(value: Any) -> Any:
        return lowered.get(value.strip().lower(), value) if isinstance(value, str) else value

    return BeforeValidator(choose)


FLAG, NUMBER, EXACT, TEXT = map(BeforeValidator, (_flag, _number, _exact, _text))
"""What makes a value of text or refuses it. It stands last in an annotation, for the first to run is the last there."""

Flag = Annotated[bool, FLAG]
OptionalFlag = Annotated[bool | None, FLAG]
Fraction = Annotated[float | None, Field(gt=0, lt=1), NUMBER]
"""A fraction in (0, 1), 0.10 is 10 %; None is off."""
Text = Annotated[str, TEXT]
OptionalText = Annotated[str | None, TEXT]
Timeframe = Annotated[TimeframeName, _word(*get_args(TimeframeName))]
Adjustment = Annotated[Literal["raw", "split", "all"], _word("raw", "split", "all")]
FillAt = Annotated[Literal["open", "close", "vwap"], _word("open", "close", "vwap")]
TimeInForce = Annotated[Literal["day", "gtc", "ioc", "fok"], _word("day", "gtc", "ioc", "fok")]
