"""reference: the configuration for people: every key in a table, the values in force, and the schema for editors."""

from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from tradebus.config.environment import GENERIC, SECRETS, variable
from tradebus.config.keys import INSTRUMENTS, PARAMS, Key, all_keys, allowed, dotted, leaves
from tradebus.config.loader import Loaded
from tradebus.config.settings import LiveEngineConfig


def reference_table() -> str:
    """Return every key with its meaning, what it allows, its default and its variable, as a Markdown table."""
    rows = ["| Key | Meaning | Allowed | Default | Variable |", "|---|---|---|---|---|"]
    defaults = dict(leaves(LiveEngineConfig()))
    for key, field in all_keys():
        name = _variable(key)
        default = _default(key, field, defaults)
        rows.append(f"| `{dotted(key)}` | {field.description} | {allowed(field)} | {default} | `{name}` |")
    return "\n".join(rows) + "\n"


def shown_values(loaded: Loaded) -> Iterator[tuple[str, Any, str]]:
    """Yield (dotted key, value, origin) of a configuration, with the secrets masked and plain values for JSON."""
    for key, value in leaves(loaded.config):
        name = dotted(key)
        yield name, _shown(value), loaded.origins[name]


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration file (draft 2020-12)."""
    schema = LiveEngineConfig.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "tradebus configuration"
    for one in (schema, *schema["$defs"].values()):
        # Editors show this beside the key; the attributes stand at their own keys.
        one["description"] = one["description"].partition("\n")[0]
    return schema


def _variable(key: Key) -> str:
    if key[-1] == PARAMS:
        return f"{GENERIC}{'__'.join(key).upper()}__NAME"
    if key[0] == INSTRUMENTS:
        return f"{GENERIC}{'__'.join(key).upper()}"
    return variable(key) + (", …_FILE" if key in SECRETS else "")


def _default(key: Key, field: FieldInfo, defaults: dict[Key, Any]) -> str:
    if key[-1] == PARAMS:
        params = {name[-1]: value for name, value in defaults.items() if name[:-1] == key}
        return f"`{params}`" if params else "none"
    value = defaults.get(key, field.default)
    return "none" if value is None or value == () else f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | float | str | list) else str(value)
