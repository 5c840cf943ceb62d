"""yaml_file: a configuration file -> plain values with their lines, or a reason to refuse it.

YAML has traps, so this reads a part of it: one document, no tags, no anchors or aliases, no key twice, text as keys.
Of the plain words only `true`, `false` and `null` are special (YAML 1.2), so that the symbol `ON` stays a symbol.
"""

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from tradebus.errors import ConfigError

_TAG = "tag:yaml.org,2002:"
_SIZE_MAX = 256 * 1024
_DEPTH_MAX = 16
_DIGITS_MAX = 300

type Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file says.

    Attributes:
        name: The file's name for messages, as it was given.
        values: Its mapping.
        lines: The line of every key, by path.
        is_private: Whether nobody but its owner may read it.
    """

    name: str
    values: dict[str, Any]
    is_private: bool
    lines: dict[Path_, int] = field(default_factory=dict)


class _Loader(yaml.SafeLoader):
    """The safe loader with YAML 1.2's plain words, and without tags, anchors and aliases."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (the library's own form)

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return the next node; refuse tags, and aliases, with which a few lines can stand for gigabytes."""
        parser: Any = self
        event = parser.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise yaml.MarkedYAMLError(problem="uses an anchor or alias", problem_mark=event.start_mark)
        if event.tag is not None:
            raise yaml.MarkedYAMLError(problem="uses a tag", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def _resolve(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"{_TAG}{tag}", re.compile(pattern), list(first))


_resolve("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolve("null", r"^(?:~|null|Null|NULL)$", "~nN")
_Loader.add_implicit_resolver(f"{_TAG}null", re.compile(r"^$"), [""])
_resolve("int", r"^[-+]?[0-9]+$", "-+0123456789")
_NUMBER = r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$"
_resolve("float", _NUMBER, "-+.0123456789")


def read_yaml(path: Path) -> YamlFile:
    """Return the mapping that a file holds; an empty file is an empty mapping.

    Raises:
        ConfigError: If the file is not there, cannot be read, is larger than 256 KiB, or is not YAML of the kind above.
    """
    name = str(path)
    data, is_private = _read(path, name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(name, "is not text in UTF-8", "save it as UTF-8, or give another file")
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        values = {} if node is None else _build(node, (), lines)
    except RecursionError:
        _refuse(name, "is nested too deeply", f"use at most {_DEPTH_MAX} levels")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        _refuse(name, f"{error.problem or 'is not YAML'}{where}", _fix(error.problem or ""))
    except (yaml.YAMLError, ValueError):
        _refuse(name, "is not YAML: it has characters that text has not", "give a YAML file")
    finally:
        if loader is not None:
            loader.dispose()
    if values is None:
        values = {}
    if not isinstance(values, dict):
        _refuse(name, "holds no mapping", "write `key: value` lines, as `symbols: [AAPL]`")
    return YamlFile(name, values, is_private, lines)


def parse_scalar(text: str) -> Any:
    """Return the value that a word has in a file: 5 for "5", True for "true", else the text itself."""
    loader: Any = _Loader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))
    loader.dispose()
    return _scalar(tag.removeprefix(_TAG), text)


def _read(path: Path, name: str) -> tuple[bytes, bool]:
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_MAX + 1)
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    except FileNotFoundError:
        _refuse(name, "there is no such file", "give the path of a YAML file")
    except IsADirectoryError:
        _refuse(name, "is a folder", "give the path of a YAML file")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path has characters that no path has"
        _refuse(name, f"cannot be read: {reason}", "check the path and its permissions")
    if len(data) > _SIZE_MAX:
        _refuse(name, f"is larger than {_SIZE_MAX // 1024} KiB", "give a configuration file")
    return data, mode & 0o077 == 0


def _build(node: Any, path: Path_, lines: dict[Path_, int]) -> Any:
    if len(path) > _DEPTH_MAX:
        raise RecursionError
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_build(one, (*path, str(number)), lines) for number, one in enumerate(node.value)]
    return _scalar(node.tag.removeprefix(_TAG), node.value)


def _mapping(node: Any, path: Path_, lines: dict[Path_, int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key, str) or key_node.tag != f"{_TAG}str" or not key.isprintable():
            raise yaml.MarkedYAMLError(problem="has a key that is not text", problem_mark=key_node.start_mark)
        if key in values:
            raise yaml.MarkedYAMLError(problem=f"has the key {key} twice", problem_mark=key_node.start_mark)
        lines[(*path, key)] = key_node.start_mark.line + 1
        values[key] = _build(value_node, (*path, key), lines)
    return values


def _scalar(tag: str, text: str) -> Any:
    match tag:
        case "bool":
            return text.lower() == "true"
        case "null":
            return None
        # A number of thousands of digits stays text: making it costs time, and none is allowed anywhere.
        case "int" if len(text) <= _DIGITS_MAX:
            return int(text)
        case "float":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        case _:
            return text


def _fix(problem: str) -> str:
    if "alias" in problem:
        return "write the value out in each place"
    if "tag" in problem:
        return "write plain values"
    if "twice" in problem:
        return "keep one of them"
    return "correct that line"


def _refuse(name: str, problem: str, fix: str) -> NoReturn:
    raise ConfigError("config", name, problem, fix)
