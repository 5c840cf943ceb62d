"""keys: which keys there are, read off the models, and what each allows.

A key is a path of names: `("risk", "max_position_size")`, in text `risk.max_position_size`. Below `params` any name
goes, for there the plug-in's constructor decides; below `instruments` comes a symbol.
"""

from collections.abc import Iterator
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from tradebus.config.kinds import Section
from tradebus.config.sections import InstrumentConfig
from tradebus.config.settings import LiveEngineConfig

type Key = tuple[str, ...]

INSTRUMENTS = "instruments"
PARAMS = "params"


def dotted(key: Key) -> str:
    """Return a key in text."""
    return ".".join(key)


def section_of(field: FieldInfo) -> type[Section] | None:
    """Return the class of a field that is a section; None for a value."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def all_keys(model: type[Section] = LiveEngineConfig, above: Key = ()) -> Iterator[tuple[Key, FieldInfo]]:
    """Yield every key with its field, in the order of the models; `instruments` with `SYMBOL` in it."""
    for name, field in model.model_fields.items():
        section = section_of(field)
        if name == INSTRUMENTS:
            yield from all_keys(InstrumentConfig, (*above, name, "SYMBOL"))
        elif section is None:
            yield (*above, name), field
        else:
            yield from all_keys(section, (*above, name))


def leaves(model: Section, above: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Yield every key of a configuration with its value; parameters of plug-ins and symbols one by one."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Section):
            yield from leaves(value, (*above, name))
        elif isinstance(value, dict):
            for key, one in value.items():
                below = (*above, name, key)
                yield from leaves(one, below) if isinstance(one, Section) else ((below, one),)
        else:
            yield (*above, name), value


def field_of(key: Key) -> FieldInfo | None:
    """Return the field of a key; None where there is none, as below `params`."""
    named = (INSTRUMENTS, "SYMBOL", *key[2:]) if key[0] == INSTRUMENTS else key
    return next((field for known, field in all_keys() if known == named), None)


def allowed(field: FieldInfo) -> str:
    """Return what a field allows, for people, as `a number > 0 and <= 1000, or none`."""
    kinds = get_args(field.annotation) if get_origin(field.annotation) in (Union, UnionType) else (field.annotation,)
    kind = next(one for one in kinds if one is not NoneType)
    text = _noun(kind) + _range(field)
    return f"{text}, or none" if NoneType in kinds else text


def _noun(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(get_args(kind))
    if get_origin(kind) is tuple:
        return "a list of symbols"
    if get_origin(kind) is dict:
        return "a mapping"
    nouns = {bool: "true or false", int: "a whole number", float: "a number", Decimal: "a number", SecretStr: "a key"}
    return nouns.get(kind, "text")


def _range(field: FieldInfo) -> str:
    bounds = []
    for rule in field.metadata:
        match rule:
            case Gt():
                bounds.append(f"> {plain(rule.gt)}")
            case Ge():
                bounds.append(f">= {plain(rule.ge)}")
            case Lt():
                bounds.append(f"< {plain(rule.lt)}")
            case Le():
                bounds.append(f"<= {plain(rule.le)}")
            case _:
                pass
    return " " + " and ".join(bounds) if bounds else ""


def plain(number: Any) -> str:
    """Return a number for people: without exponent, with commas between the thousands."""
    text = f"{number:,f}" if isinstance(number, float | Decimal) else f"{number:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
