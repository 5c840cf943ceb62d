"""Tests of tradebus/config/kinds.py."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from tradebus.config.kinds import (
    EXACT,
    NUMBER,
    FillAt,
    Flag,
    Fraction,
    OptionalFlag,
    OptionalText,
    Text,
    TimeframeName,
    TimeInForce,
    parse_symbol,
)
from tradebus.config.sections import RiskConfig
from tradebus.errors import InputError
from tradebus.model import instrument
from tradebus.model.order import TimeInForce as ModelTimeInForce
from tradebus.model.timeframe import Timeframe


@given(st.one_of(st.from_regex(r"[A-Za-z0-9 ./-]{0,12}", fullmatch=True), st.text(max_size=12)))
def test_the_grammar_of_symbols_is_the_models(text: str) -> None:
    """Two copies of the rule, for this layer may not import the model; they never differ."""
    try:
        expected: str | None = instrument.parse_symbol(text)
    except InputError:
        expected = None
    try:
        found: str | None = parse_symbol(text)
    except PydanticCustomError:
        found = None

    assert found == expected


@pytest.mark.parametrize("value", [None, 5, True, ["AAPL"]])
def test_what_is_no_text_is_no_symbol(value: object) -> None:
    """YAML may give anything."""
    with pytest.raises(PydanticCustomError, match="is not a symbol"):
        parse_symbol(value)


def test_timeframes_are_the_models() -> None:
    """The names cannot be imported from above, so a test holds them equal."""
    assert get_args(TimeframeName) == tuple(one.value for one in Timeframe)


def test_times_in_force_are_the_models() -> None:
    """As for timeframes."""
    allowed = [one.value for one in ModelTimeInForce]

    assert [TypeAdapter(TimeInForce).validate_python(one.upper()) for one in allowed] == allowed


def number(value: object) -> object:
    """Read a number as settings do."""
    from typing import Annotated

    return TypeAdapter(Annotated[float | None, NUMBER]).validate_python(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5.0), (0.5, 0.5), (Decimal("0.5"), 0.5), (" 5 ", 5.0), ("1e3", 1000.0), ("none", None), (None, None)],
)
def test_a_number_is_read(value: object, expected: float | None) -> None:
    """Typed from a file, as text from elsewhere."""
    assert number(value) == expected


@pytest.mark.parametrize(
    "value",
    [True, False, "true", "", "five", "1,5", [1], {}, float("nan"), float("inf"), "nan", "inf", "1e400", 10**400,
     "9" * 5000, Decimal("NaN")],
)  # fmt: skip
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    """Booleans, NaN, infinities and what overflows."""
    with pytest.raises(ValidationError, match=r"must be a (finite )?number"):
        number(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_means_what_was_written(value: float) -> None:
    """A tenth in a file is exactly a tenth."""
    from typing import Annotated

    assert TypeAdapter(Annotated[Decimal, EXACT]).validate_python(value) == Decimal(repr(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("Yes", True), ("on", True), ("1", True), (False, False), ("no", False), ("OFF", False)],
)
def test_a_flag_is_read(value: object, expected: bool) -> None:
    """In the words that people use."""
    assert TypeAdapter(Flag).validate_python(value) is expected


@pytest.mark.parametrize("value", [1, 0, 1.0, "maybe", "", [], "2"])
def test_a_number_is_no_flag(value: object) -> None:
    """A one in the wrong place must not switch anything on."""
    with pytest.raises(ValidationError, match="must be true or false"):
        TypeAdapter(OptionalFlag).validate_python(value)


@pytest.mark.parametrize("value", [0, 1, -0.1, 5, "100"])
def test_a_fraction_lies_between_0_and_1(value: object) -> None:
    """Both ends are outside: nothing and everything are no stops."""
    with pytest.raises(ValidationError):
        TypeAdapter(Fraction).validate_python(value)


@pytest.mark.parametrize("value", ["", "  ", "a\nb", "\x1b[31m", 5, True, ["a"]])
def test_text_is_printable_and_on_one_line(value: object) -> None:
    """Nothing that could forge a line of output."""
    with pytest.raises(ValidationError, match="must be text on one line"):
        TypeAdapter(Text).validate_python(value)


def test_none_is_a_word_where_nothing_is_allowed() -> None:
    """Variables and flags have no other way to say it."""
    assert TypeAdapter(OptionalText).validate_python("None") is None
    assert TypeAdapter(OptionalText).validate_python(" data ") == "data"


def test_a_choice_is_read_in_any_case() -> None:
    """And only if it is one."""
    assert TypeAdapter(FillAt).validate_python(" VWAP ") == "vwap"
    with pytest.raises(ValidationError):
        TypeAdapter(FillAt).validate_python(5)


def test_a_section_does_not_read_the_environment_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the loader reads it, so that every value has one origin that it can tell."""
    monkeypatch.setenv("MAX_POSITION_SIZE", "1")
    monkeypatch.setenv("ALLOW_SHORT", "true")

    assert RiskConfig().max_position_size is None
    assert RiskConfig().allow_short is False
