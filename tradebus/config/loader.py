"""loader: defaults < files in their order < environment < flags -> one configuration that knows where it is from.

Every layer becomes single values, each with its source; a later one replaces an earlier one. Changing the name of a
plug-in drops the parameters that lower layers gave the old one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from tradebus.config.environment import FILE_SUFFIX, GENERIC, SECRETS, is_ours, variable
from tradebus.config.flags import flag_of, parts_of
from tradebus.config.keys import INSTRUMENTS, PARAMS, Key, all_keys, dotted, leaves, section_of
from tradebus.config.kinds import Section, parse_symbol
from tradebus.config.problems import not_a_mapping, problem_of, together, unknown
from tradebus.config.secret_file import read_secret
from tradebus.config.sections import InstrumentConfig
from tradebus.config.settings import LiveEngineConfig
from tradebus.config.yaml_file import parse_scalar, read_yaml
from tradebus.errors import ConfigError
from tradebus.log import conceal

_SLIP = 0.85


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and its origins.

    Attributes:
        config: The configuration.
        origins: For every dotted key: `default`, `file NAME`, `env NAME` or `flag --NAME`.
    """

    config: LiveEngineConfig
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Source:
    """Who set a value: its origin, and how messages name it."""

    origin: str
    where: str
    is_text: bool = False
    is_file: bool = False
    lines: Mapping[Key, int] = field(default_factory=dict)

    def named(self, key: Key) -> str:
        """Return who set a key, in the words of the one who did."""
        if self.is_file:
            return f"{self.at(key)}: {dotted(key)}"
        return self.where or dotted(key)

    def at(self, key: Key) -> str:
        """Return the file and line of a key; for variables and flags their name."""
        line = self.lines.get(key)
        return f"{self.where}:{line}" if line else self.where


class _Values:
    """The values of all layers so far, with their sources and the problems found."""

    def __init__(self) -> None:
        source = _Source("default", "")
        self.values: dict[Key, tuple[Any, _Source]] = {
            key: (value, source) for key, value in leaves(LiveEngineConfig())
        }
        self.problems: list[ConfigError] = []

    def add(self, tree: Mapping[str, Any], source: _Source) -> None:
        """Put a layer over the others."""
        for key, value in list(self._leaves(tree, LiveEngineConfig, (), source)):
            if key[-1] == "name" and self.values[key][0] != value:
                self._drop_params(key[:-1], source)
            self.values[key] = (value, source)

    def _drop_params(self, plugin: Key, source: _Source) -> None:
        above = (*plugin, PARAMS)
        for key in [key for key in self.values if key[: len(above)] == above and self.values[key][1] is not source]:
            del self.values[key]

    def _leaves(
        self, tree: Mapping[str, Any], model: type[Section], above: Key, source: _Source
    ) -> Iterator[tuple[Key, Any]]:
        for name, value in tree.items():
            key = (*above, name)
            known = model.model_fields.get(name)
            if known is None:
                names = [dotted((*above, one)) for one in model.model_fields] + [dotted(one) for one, _ in all_keys()]
                where = f"{source.at(key)}: key" if source.is_file else source.where.partition(" ")[0]
                self.problems.append(unknown(where, dotted(key), "setting", names))
            elif name in (INSTRUMENTS, PARAMS) or section_of(known):
                if isinstance(value, Mapping):
                    yield from self._below(value, section_of(known), key, source)
                elif value is not None:
                    self.problems.append(not_a_mapping(source.named(key), key))
            else:
                yield key, value

    def _below(
        self, tree: Mapping[str, Any], section: type[Section] | None, key: Key, source: _Source
    ) -> Iterator[tuple[Key, Any]]:
        if section:
            yield from self._leaves(tree, section, key, source)
        elif key[-1] == PARAMS:
            for name, value in tree.items():
                yield (*key, name), parse_scalar(value) if source.is_text and isinstance(value, str) else value
        else:
            for name, value in tree.items():
                try:
                    symbol = parse_symbol(name)
                except PydanticCustomError as error:
                    details = {"type": error.type, "ctx": error.context}
                    self.problems.append(problem_of(details, key, name, source.named(key)))
                    continue
                if isinstance(value, Mapping):
                    yield from self._leaves(value, InstrumentConfig, (*key, symbol), source)
                elif value is not None:
                    self.problems.append(not_a_mapping(source.named((*key, name)), (*key, name)))


def load(files: Sequence[Path], environ: Mapping[str, str], overrides: Mapping[str, object]) -> Loaded:
    """Return the configuration of files, environment and flags; the log conceals its secrets from now on.

    Args:
        files: YAML files; a later one goes over an earlier one.
        environ: Environment variables, as `os.environ`.
        overrides: Values of flags by dotted key, as `{"risk.max_position_size": 100}`; typed or as text. None means
            that the flag was not given.

    Raises:
        ConfigError: If anything cannot be used. Its text names every problem, one a line.
    """
    values = _Values()
    for path in files:
        _add_file(values, path)
    _add_environment(values, environ)
    for name, value in overrides.items():
        if value is not None:
            _add_flag(values, name, value)
    config = _validated(values)
    if values.problems or config is None:
        raise together(values.problems)
    for secret in (config.trading.api_key, config.trading.api_secret):
        if secret is not None:
            conceal(secret.get_secret_value())
    return Loaded(config, _origins(config, values))


def _add_file(values: _Values, path: Path) -> None:
    try:
        file = read_yaml(path)
    except ConfigError as error:
        values.problems.append(error)
        return
    source = _Source(f"file {file.name}", file.name, is_file=True, lines=file.lines)
    values.add(file.values, source)
    for key in SECRETS:
        if not file.is_private and values.values.get(key, (None, None))[1] is source:
            fix = f"set {variable(key)} instead, or run chmod 600 {file.name}"
            values.problems.append(ConfigError(source.named(key), "***", "is in a file that others can read", fix))


def _add_environment(values: _Values, environ: Mapping[str, str]) -> None:
    known = dict(_variables())
    taken: dict[Key, str] = {}
    for name in sorted(filter(is_ours, environ)):
        text = environ[name]
        key = _key_of(name, known)
        if key is None:
            # Other programs have variables of the broker's name too; only what looks like a slip is refused.
            if not name.startswith("ALPACA_") or get_close_matches(name, known, n=1, cutoff=_SLIP):
                values.problems.append(unknown("environment", name, "variable", known))
            continue
        if not text.strip():
            if key not in SECRETS:
                values.problems.append(ConfigError(name, text, "is empty", "give a value, or unset it"))
            continue
        if key in taken:
            values.problems.append(ConfigError(name, "***", f"sets what {taken[key]} sets", "unset one of them"))
            continue
        taken[key] = name
        if name.endswith(FILE_SUFFIX) and key in SECRETS:
            try:
                text = read_secret(text, name)
            except ConfigError as error:
                values.problems.append(error)
                continue
        values.add(_nested(key, text), _Source(f"env {name}", name, is_text=True))


def _variables() -> Iterator[tuple[str, Key]]:
    """Yield every variable that a static key has, and the files of secrets."""
    for key, _ in all_keys():
        if key[-1] == PARAMS or key[0] == INSTRUMENTS:
            continue
        for name in {variable(key), GENERIC + "__".join(key).upper()}:
            yield name, key
            if key in SECRETS:
                yield name + FILE_SUFFIX, key


def _key_of(name: str, known: Mapping[str, Key]) -> Key | None:
    if name in known:
        return known[name]
    parts = tuple(name.removeprefix(GENERIC).lower().split("__"))
    is_open = (
        name.startswith(GENERIC) and len(parts) > 2 and all(parts) and (parts[0] == INSTRUMENTS or PARAMS in parts)
    )
    return parts if is_open else None


def _add_flag(values: _Values, name: str, value: object) -> None:
    key, flag = parts_of(name), flag_of(name)
    if key in SECRETS:
        fix = f"set {variable(key)}, or {variable(key)}{FILE_SUFFIX} to a file"
        values.problems.append(ConfigError(flag, "***", "is a secret: other users see command lines", fix))
        return
    values.add(_nested(key, value), _Source(f"flag {flag}", flag, is_text=True))


def _nested(key: Key, value: object) -> dict[str, Any]:
    tree: Any = value
    for name in reversed(key):
        tree = {name: tree}
    found: dict[str, Any] = tree
    return found


def _validated(values: _Values) -> LiveEngineConfig | None:
    tree: dict[str, Any] = {}
    for key, (value, _) in values.values.items():
        node = tree
        for name in key[:-1]:
            node = node.setdefault(name, {})
        node[key[-1]] = value
    try:
        return LiveEngineConfig.model_validate(tree)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            values.problems.append(_problem(values, one))
        return None


def _problem(values: _Values, error: Any) -> ConfigError:
    key = (*map(str, error["loc"]), *error.get("ctx", {}).get("key", ()))
    # An entry of a list is not a key of its own.
    known = next((key[:end] for end in range(len(key), 0, -1) if key[:end] in values.values), key)
    value, source = values.values.get(known, (None, _Source("default", "")))
    return problem_of(error, known, value, source.named(known))


def _origins(config: LiveEngineConfig, values: _Values) -> dict[str, str]:
    default = (None, _Source("default", ""))
    return {dotted(key): values.values.get(key, default)[1].origin for key, _ in leaves(config)}
