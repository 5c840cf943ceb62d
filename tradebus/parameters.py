"""parameters: text becomes the arguments of a constructor, which are the only list of a plug-in's parameters."""

import inspect
import math
import re
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from types import NoneType, UnionType
from typing import Any

from tradebus.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a plug-in.

    Attributes:
        name: The constructor's keyword.
        type: `int`, `float`, `bool`, `str`, `Decimal` or an `Enum`.
        default: Its value if it is not given; None too where `is_required`.
        doc: What it means, from the docstring; empty if it says nothing.
        is_required: Whether it must be given.
        is_optional: Whether it may be None (`none` in text).
    """

    name: str
    type: type[Any]
    default: Any
    doc: str
    is_required: bool
    is_optional: bool


def describe_parameters(cls: type[Any]) -> list[Parameter]:
    """Return the parameters of a plug-in in the order of its constructor.

    Constructor arguments that text cannot give (a gateway) are left out. An argument without annotation has the type
    of its default.
    """
    docs = _argument_docs(cls)
    found = []
    for argument in _arguments(cls):
        plain, is_optional = _plain_type(_annotation(cls, argument))
        if plain is None:
            continue
        is_required = argument.default is argument.empty
        default = None if is_required else argument.default
        doc = docs.get(argument.name, "")
        found.append(
            Parameter(
                name=argument.name,
                type=plain,
                default=default,
                doc=doc,
                is_required=is_required,
                is_optional=is_optional,
            )
        )
    return found


def build[T](
    cls: type[T],
    parameters: Mapping[str, object],
    field_prefix: str = "",
    offered: Mapping[str, object] | None = None,
) -> T:
    """Return an instance of a plug-in, made with parameters that a person gave.

    Args:
        cls: The class, as `load` returns it.
        parameters: Values by keyword; text (`--param fast=8`) is converted to the annotated type, other values (from
            a configuration file) are checked against it.
        field_prefix: What comes before a parameter's name in messages, as `--param ` or `strategy.`.
        offered: Arguments that the session has (a gateway, its timeframe), passed as they are to a constructor that
            takes them by that name; `parameters` come first.

    Raises:
        InputError: If a parameter is unknown (names the valid ones and the nearest), missing or of no use, or the
            constructor refuses it or fails.
    """
    known = {parameter.name: parameter for parameter in describe_parameters(cls)}
    takes = {argument.name for argument in _arguments(cls)}
    given: dict[str, Any] = {name: value for name, value in (offered or {}).items() if name in takes}
    for name, value in parameters.items():
        if name not in known:
            problem = f"{cls.__name__} has no such parameter{nearest(name, list(known))}"
            raise InputError(field_prefix + name, value, problem, f"use one of {listed(list(known))}")
        given[name] = _read(known[name], value, field_prefix + name)
    for parameter in known.values():
        if parameter.is_required and parameter.name not in given:
            fix = f"give {_wanted(parameter)}" + (f": {parameter.doc}" if parameter.doc else "")
            raise InputError(field_prefix + parameter.name, "", f"{cls.__name__} needs it", fix)
    try:
        return cls(**given)
    except InputError as error:
        if error.field not in known:
            raise
        raise type(error)(field_prefix + error.field, error.value, error.problem, error.fix) from error
    except (TypeError, ValueError) as error:
        fix = f"see the parameters of {cls.__name__}"
        raise InputError(cls.__name__, given, f"the constructor refuses: {error}", fix) from error
    except (Exception, SystemExit) as error:
        problem = f"the constructor raises {type(error).__name__}: {error}"
        fix = f"correct {cls.__name__}, or its parameters"
        raise InputError(cls.__name__, given, problem, fix) from error


def nearest(name: str, known: Sequence[str]) -> str:
    """Return `; did you mean X?` for the known name most like this one, or nothing if none is."""
    from difflib import get_close_matches

    lowered = {one.lower(): one for one in known}
    close = get_close_matches(name.lower(), lowered, n=1)
    return f"; did you mean {lowered[close[0]]}?" if close else ""


def listed(known: Sequence[str]) -> str:
    """Return names for a message."""
    return ", ".join(known) or "(none)"


def _arguments(cls: type[Any]) -> list[inspect.Parameter]:
    """Return the arguments that the constructor takes by name."""
    arguments = inspect.signature(cls).parameters.values()
    return [each for each in arguments if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]


def _annotation(cls: type[Any], argument: inspect.Parameter) -> Any:
    if argument.annotation is argument.empty:
        return str if argument.default is argument.empty or argument.default is None else type(argument.default)
    if not isinstance(argument.annotation, str):
        return argument.annotation
    # Each on its own: one name that only a type checker imports must not hide the others.
    holder = type("_Holder", (), {"__annotations__": {argument.name: argument.annotation}})
    scope = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}
    try:
        return typing.get_type_hints(holder, globalns=scope)[argument.name]
    except (NameError, TypeError, AttributeError, SyntaxError):
        return object


def _plain_type(annotation: Any) -> tuple[type[Any] | None, bool]:
    is_optional = False
    if typing.get_origin(annotation) in (typing.Union, UnionType):
        members = [member for member in typing.get_args(annotation) if member is not NoneType]
        is_optional = len(members) < len(typing.get_args(annotation))
        annotation = members[0] if len(members) == 1 else None
    if isinstance(annotation, type) and (annotation in _READERS or issubclass(annotation, Enum)):
        return annotation, is_optional
    return None, is_optional


def _argument_docs(cls: type[Any]) -> dict[str, str]:
    """Return what the `Args:` section of the class's (or its constructor's) docstring says, by argument."""
    docs: dict[str, str] = {}
    for text in (inspect.getdoc(cls.__init__), inspect.getdoc(cls)):
        section = re.search(r"^Args:\n((?:[ ]+\S.*\n?)+)", text or "", re.MULTILINE)
        current: list[str] = []
        for line in section[1].splitlines() if section else ():
            if match := re.match(r" {4}(\w+(?:, \w+)*): (.*)", line):
                current = match[1].split(", ")
                docs.update(dict.fromkeys(current, match[2]))
            else:
                docs.update({name: f"{docs[name]} {line.strip()}" for name in current})
    return docs


def _read(parameter: Parameter, value: object, field: str) -> Any:
    if isinstance(value, parameter.type) and isinstance(value, Enum):
        return value
    text = "none" if value is None else str(value).strip()
    if parameter.is_optional and text.lower() == "none":
        return None
    reader = _READERS.get(parameter.type)
    try:
        return reader(text) if reader else _read_member(parameter.type, text)
    except (ValueError, InvalidOperation):
        example = f" such as {parameter.default}" if parameter.default is not None else ""
        raise InputError(field, value, f"must be {_wanted(parameter)}", f"use {_wanted(parameter)}{example}") from None


def _read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _read_decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _read_bool(text: str) -> bool:
    if text.lower() in {"true", "yes", "on", "1"}:
        return True
    if text.lower() in {"false", "no", "off", "0"}:
        return False
    raise ValueError(text)


def _read_member(kind: type[Enum], text: str) -> Enum:
    """Return the member with this value or name, in any case."""
    for member in kind:
        if text.lower() in (str(member.value).lower(), member.name.lower()):
            return member
    raise ValueError(text)


_READERS: dict[type[Any], Callable[[str], Any]] = {
    bool: _read_bool,
    int: int,
    float: _read_float,
    str: str,
    Decimal: _read_decimal,
}
_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a finite number",
    str: "text",
    Decimal: "a finite number",
}


def _wanted(parameter: Parameter) -> str:
    words = _WORDS.get(parameter.type) or "one of " + ", ".join(str(member.value) for member in parameter.type)
    return f"{words} or none" if parameter.is_optional else words
