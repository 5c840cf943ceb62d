"""problems: what the models refuse -> one ConfigError for each, in the words of the one who set the value."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tradebus.config.environment import SECRETS
from tradebus.config.keys import Key, allowed, dotted, field_of, plain
from tradebus.errors import ConfigError

_BOUNDS = {
    "greater_than": ("gt", ">"),
    "greater_than_equal": ("ge", ">="),
    "less_than": ("lt", "<"),
    "less_than_equal": ("le", "<="),
}
_URL_SECRETS = re.compile(r"//[^/]*@|[?#].*")


def problem_of(error: Any, key: Key, value: object, where: str) -> ConfigError:
    """Return what is wrong with a value.

    Args:
        error: One of pydantic's `ErrorDetails`.
        key: The key it is about.
        value: What it was set to.
        where: Who set it, for the message: `macd.yaml:3: cash`, `RISK_ALLOW_SHORT` or `--capital`.
    """
    context = error.get("ctx", {})
    problem, fix = context.get("problem"), context.get("fix")
    field = field_of(key)
    wanted = allowed(field) if field else "a plain value"
    if problem is None:
        problem, fix = _said(error["type"], context, wanted), f"give {wanted}"
        if error["type"].startswith("less_than") and key[-1].endswith("_pct"):
            fix = _as_fraction(value, fix)
    return ConfigError(where, shown_value(key, value), problem, str(fix))


def together(problems: Sequence[ConfigError]) -> ConfigError:
    """Return one error whose text is all of these, one a line; its fields are the first one's."""
    first = problems[0]
    error = ConfigError(first.field, first.value, first.problem, first.fix)
    error.args = ("\n".join(map(str, problems)),)
    return error


def shown_value(key: Key, value: object) -> object:
    """Return a value as messages may show it: no secret, no password in an address."""
    if key in SECRETS:
        return "***"
    if isinstance(value, str) and key[-1].endswith("_url"):
        return _URL_SECRETS.sub(lambda match: "//***@" if match[0].startswith("//") else f"{match[0][0]}***", value)
    return value if not isinstance(value, dict | list | tuple) or _is_flat(value) else "..."


def unknown(where: str, name: str, kind: str, known: Iterable[str]) -> ConfigError:
    """Return the error of a key or variable that there is not; it never shows the value."""
    from tradebus.parameters import nearest

    hint = nearest(name, list(known)).rstrip("?")
    fix = "correct the name or remove it; `tradebus config schema` lists all" if not hint else "correct the name"
    return ConfigError(where, name, f"no such {kind}{hint}", fix)


def _is_flat(value: Any) -> bool:
    return not isinstance(value, dict) and all(isinstance(one, str | int | float) for one in value)


def _said(kind: str, context: dict[str, Any], wanted: str) -> str:
    if kind in _BOUNDS:
        name, sign = _BOUNDS[kind]
        return f"must be {sign} {plain(context[name])}"
    if kind == "too_long":
        return f"has more than {context['max_length']} entries"
    return f"must be {wanted}"


def _as_fraction(value: object, fix: str) -> str:
    if isinstance(value, int | float) and 1 < value <= 100:
        return f"write {value / 100:g} for {value:g} %"
    return fix


def not_a_mapping(where: str, key: Key) -> ConfigError:
    """Return the error of a section that holds a single value; the value is not shown, it may be a secret."""
    return ConfigError(where, "...", "must be a mapping", f"write the keys of {dotted(key)} below it, indented")
