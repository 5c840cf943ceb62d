"""Tests of tradebus/parameters.py."""

from decimal import Decimal
from enum import Enum
from typing import Any, Optional

import pytest

from tradebus.errors import ConfigError, InputError
from tradebus.model.timeframe import Timeframe
from tradebus.parameters import build, describe_parameters, listed, nearest


class Colour(Enum):
    RED = "red"
    DEEP_BLUE = 7


class Everything:
    """A plug-in with a parameter of every type.

    Args:
        gateway: Text cannot give one.
        count: How many,
            over two lines.
        share, other: Fractions.
    """

    def __init__(  # type: ignore[no-untyped-def]
        self,
        gateway: object = None,
        *,
        count: int = 3,
        share: float = 0.5,
        other: "float | None" = None,
        is_loud: bool = False,
        label: str = "x",
        price: Optional[Decimal] = None,  # noqa: UP045 (the older spelling is common in other people's files)
        timeframe: Timeframe = Timeframe.DAY_1,
        colour: Colour = Colour.RED,
        guessed=7,
        unknown: "Missing" = None,  # type: ignore[name-defined]  # noqa: F821
        many: list[int] | None = None,
        either: int | str = 1,
    ) -> None:
        self.values = {name: value for name, value in locals().items() if name != "self"}
        if count < 1:
            raise InputError("count", count, "must be >= 1", "use 1")


class Needy:
    """A plug-in with a parameter that must be given.

    Args:
        size: Shares.
    """

    def __init__(self, size: float, /, step: int, note=None) -> None:  # type: ignore[no-untyped-def]
        self.step, self.note = step, note


class Picky:
    """A plug-in that complains in its own words."""

    def __init__(self, mode: str = "a", *args: int, **kwargs: int) -> None:
        if mode == "b":
            raise ValueError("mode b is over")
        if mode == "c":
            raise ConfigError("somewhere.else", mode, "is odd", "use a")


def test_parameters_are_those_of_the_constructor() -> None:
    """In its order; what text cannot give is left out."""
    found = describe_parameters(Everything)

    names = "count share other is_loud label price timeframe colour guessed"
    assert [parameter.name for parameter in found] == names.split()
    assert [parameter.type for parameter in found] == [
        *(int, float, float, bool, str, Decimal, Timeframe, Colour, int),
    ]
    assert [parameter.name for parameter in found if parameter.is_optional] == ["other", "price"]
    assert found[0].default == 3


def test_docstring_says_what_a_parameter_means() -> None:
    """Over several lines and for several names; silence is empty."""
    docs = {parameter.name: parameter.doc for parameter in describe_parameters(Everything)}

    assert docs["count"] == "How many, over two lines."
    assert docs["share"] == docs["other"] == "Fractions."
    assert docs["label"] == ""


def test_a_class_without_constructor_has_no_parameters() -> None:
    """It is built from nothing."""

    class Plain:
        pass

    assert describe_parameters(Plain) == []
    assert isinstance(build(Plain, {}), Plain)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "8", 8),
        ("count", 8, 8),
        ("share", "0.25", 0.25),
        ("share", 1, 1.0),
        ("other", "none", None),
        ("other", None, None),
        ("other", "1e-3", 0.001),
        ("is_loud", "Yes", True),
        ("is_loud", "off", False),
        ("is_loud", True, True),
        ("label", "a b", "a b"),
        ("price", "1.10", Decimal("1.10")),
        ("price", 1.1, Decimal("1.1")),
        ("timeframe", "1min", Timeframe.MIN_1),
        ("timeframe", Timeframe.HOUR_1, Timeframe.HOUR_1),
        ("colour", "7", Colour.DEEP_BLUE),
        ("colour", "deep_blue", Colour.DEEP_BLUE),
        ("guessed", "9", 9),
    ],
)
def test_text_becomes_the_annotated_type(name: str, text: object, value: object) -> None:
    """Values of a configuration file pass the same way."""
    built = build(Everything, {name: text})

    assert built.values[name] == value
    assert type(built.values[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("count", "8.5", "a whole number such as 3"),
        ("count", True, "a whole number"),
        ("share", "nan", "a finite number"),
        ("share", "much", "a finite number such as 0.5"),
        ("other", "", "a finite number or none"),
        ("is_loud", "maybe", "true or false"),
        ("price", "Infinity", "a finite number or none"),
        ("price", "ten", "a finite number or none"),
        ("timeframe", "1Decade", "one of 1Min, 2Min"),
        ("colour", "green", "one of red, 7"),
    ],
)
def test_text_of_no_use_is_refused(name: str, text: object, wanted: str) -> None:
    """The message names the parameter as it was set and what it wants."""
    with pytest.raises(InputError) as caught:
        build(Everything, {name: text}, "--param ")

    assert caught.value.field == f"--param {name}"
    assert wanted in caught.value.fix


def test_an_unknown_parameter_is_refused_with_the_nearest() -> None:
    """A slip of the finger does not run with defaults; a gateway is not for text to give."""
    with pytest.raises(InputError, match=r"--param cuont=8: Everything has no such parameter; did you mean count\?"):
        build(Everything, {"cuont": "8"}, "--param ")
    with pytest.raises(InputError, match=r"gateway=x: .* Fix: use one of count, share"):
        build(Everything, {"gateway": "x"})


def test_a_missing_parameter_is_asked_for() -> None:
    """With what it means, where the docstring says so."""

    class Sized:
        """Has a size.

        Args:
            size: Shares, > 0.
        """

        def __init__(self, size: float) -> None:
            self.size = size

    with pytest.raises(InputError, match=r"sizer\.size=: Sized needs it\. Fix: give a finite number: Shares, > 0"):
        build(Sized, {}, "sizer.")
    with pytest.raises(InputError, match=r"step=: Needy needs it\. Fix: give a whole number$"):
        build(Needy, {})


def test_a_constructor_that_refuses_is_quoted() -> None:
    """Its own field gets the prefix; foreign exceptions become ours; other errors of ours pass."""
    with pytest.raises(InputError, match=r"--param count=0: must be >= 1\. Fix: use 1"):
        build(Everything, {"count": "0"}, "--param ")
    with pytest.raises(InputError, match="the constructor refuses: mode b is over"):
        build(Picky, {"mode": "b"})
    with pytest.raises(ConfigError, match=r"^somewhere\.else=c"):
        build(Picky, {"mode": "c"})
    with pytest.raises(InputError, match=r"the constructor refuses: .*size"):
        build(Needy, {"step": "1"})


@pytest.mark.parametrize("error", [RuntimeError("no key"), KeyError("no key"), SystemExit("no key")])
def test_a_constructor_that_fails_is_named(error: BaseException) -> None:
    """Whatever it raises, for a plug-in may be anybody's."""

    class Broken:
        def __init__(self, count: int = 1) -> None:
            raise error

    with pytest.raises(InputError, match=rf"^Broken=.*: the constructor raises {type(error).__name__}: .*no key"):
        build(Broken, {"count": "2"}, "--param ")


def test_a_plug_in_of_a_module_that_is_gone_still_has_plain_annotations() -> None:
    """Text annotations of built-in types need no module to look them up."""

    def constructor(self: Any, count: "int" = 1) -> None: ...

    lost = type("Lost", (), {"__init__": constructor, "__module__": "nowhere"})

    assert [parameter.type for parameter in describe_parameters(lost)] == [int]


def test_what_the_session_offers_is_passed_as_it_is() -> None:
    """To a constructor that takes it by that name; what a person gave comes first."""
    gateway = object()
    offered = {"gateway": gateway, "timeframe": Timeframe.MIN_5, "clock": None}

    built = build(Everything, {}, "--param ", offered)
    other = build(Everything, {"timeframe": "1Hour"}, "--param ", offered)

    assert built.values["gateway"] is gateway
    assert built.values["timeframe"] is Timeframe.MIN_5
    assert other.values["timeframe"] is Timeframe.HOUR_1


def test_names_are_listed_and_compared_for_messages() -> None:
    """In any case; nothing near is no suggestion."""
    assert nearest("MACDD", ["macd", "alpha"]) == "; did you mean macd?"
    assert nearest("zzz", ["macd"]) == ""
    assert listed([]) == "(none)"
