"""plugins: a name, an entry point or a file becomes a class, and text becomes its parameters.

A plug-in is one file in the folder of its kind: `strategies/macd.py` with the class `MACDStrategy` is the strategy
`macd`, `sizers/risk_based.py` with `RiskBasedSizer` the sizer `risk_based`. Other packages offer theirs as entry points
of the group `tradebus.<kind>`. A strategy of one's own needs neither: `path/to/file.py:ClassName`. The parameters of a
plug-in are those of its constructor; there is no second list of them.
"""

import inspect
import re
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn
from zlib import crc32

from tradebus.errors import InputError, NotFoundError
from tradebus.parameters import Parameter, build, describe_parameters, listed, nearest

__all__ = ["Parameter", "build", "describe_parameters", "load", "names"]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What plug-ins of a kind have in common.

    Attributes:
        package: Where they live.
        methods: They have at least one of these.
        is_bare: Whether the class may be named without the kind: `SMA`, not `SMAIndicator`.
    """

    package: str
    methods: tuple[str, ...]
    is_bare: bool = False


_KINDS = {
    "strategy": _Kind("tradebus.strategies", ("generate_signals",)),
    "sizer": _Kind("tradebus.sizers", ("calculate_qty",)),
    "check": _Kind("tradebus.risk.checks", ("validate",)),
    "stop": _Kind("tradebus.risk.stops", ("level", "check")),
    "commission": _Kind("tradebus.matching.commissions", ("commission",), is_bare=True),
    "indicator": _Kind("tradebus.features", ("update",), is_bare=True),
    "gateway": _Kind("tradebus.gateways", ("fetch_bars", "submit_order")),
}


def names(kind: str) -> list[str]:
    """Return the names of all plug-ins of a kind, sorted, without importing any of them.

    Args:
        kind: `strategy`, `sizer`, `check`, `stop`, `commission`, `indicator` or `gateway`.
    """
    return sorted({*_shipped(kind), *_entry_points(kind)})


def load(kind: str, spec: str, field: str | None = None) -> type[Any]:
    """Return the class of a plug-in.

    Args:
        kind: As in `names`.
        spec: The name of a shipped plug-in (`macd`; it wins over an entry point of that name), of an entry point, or
            a file: `path/to/file.py:ClassName`, or without the class if the file has exactly one that fits.
        field: What was set, for messages; None for `--<kind>`.

    Raises:
        NotFoundError: If there is no such name, file or class; names what there is and the nearest match.
        InputError: If the file does not parse, raises when it is imported (both with the line) or has no fitting
            class.
    """
    field = field or f"--{kind}"
    if "/" in spec or "\\" in spec or re.search(r"\.py(:|$)", spec):
        return _load_file(kind, spec, field)
    name = spec.strip().lower().replace("-", "_")
    if name in (shipped := _shipped(kind)):
        module = import_module(f"{_KINDS[kind].package}.{name}")
        plugin: type[Any] = getattr(module, shipped[name])
        return plugin
    for entry_name, entry_point in _entry_points(kind).items():
        if entry_name in (spec, name):
            return _load_entry_point(kind, entry_point, field)
    known = names(kind)
    raise NotFoundError(
        field,
        spec,
        f"no such {kind}{nearest(name, known)}",
        f"use one of {listed(known)}, or path/to/file.py:ClassName",
    )


def _shipped(kind: str) -> dict[str, str]:
    """Return the class of every plug-in file in the kind's folder, by name; read from the text of the files."""
    assert kind in _KINDS, f"kind is one of {', '.join(_KINDS)}, was {kind}"
    try:
        spec = find_spec(_KINDS[kind].package)
    except ModuleNotFoundError:
        return {}
    found = {}
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).glob("[a-z]*.py")):
            stem = path.stem.replace("_", "")
            fitting = {stem + kind, stem} if _KINDS[kind].is_bare else {stem + kind}
            for match in re.finditer(r"^class (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
                if match[1].lower() in fitting:
                    found[path.stem] = match[1]
    return found


def _entry_points(kind: str) -> dict[str, Any]:
    # Costs 10 ms, and shipped plug-ins do not need it.
    from importlib.metadata import entry_points

    return {entry_point.name: entry_point for entry_point in entry_points(group=f"tradebus.{kind}")}


def _load_entry_point(kind: str, entry_point: Any, field: str) -> type[Any]:
    try:
        cls = entry_point.load()
    except (Exception, SystemExit) as error:
        problem = f"entry point {entry_point.value} raises {type(error).__name__}: {error}"
        raise InputError(field, entry_point.name, problem, "reinstall or correct its package") from error
    if not _fits(cls, kind):
        problem = f"entry point {entry_point.value} is not a {kind}"
        raise InputError(field, entry_point.name, problem, f"point it at a {_wanted(kind)}")
    found: type[Any] = cls
    return found


def _load_file(kind: str, spec: str, field: str) -> type[Any]:
    head, colon, tail = spec.rpartition(":")
    text, wanted = (head, tail) if colon and head.endswith(".py") else (spec, "")
    path = Path(text).expanduser()
    if not path.is_file():
        raise NotFoundError(field, spec, "there is no such file", "give path/to/file.py or path/to/file.py:ClassName")
    module = _execute(path, spec, field)
    own = {name: cls for name, cls in vars(module).items() if getattr(cls, "__module__", None) == module.__name__}
    fitting = {name: cls for name, cls in own.items() if _fits(cls, kind)}
    if wanted:
        return _named_class(vars(module).get(wanted), kind, spec, field, wanted, list(fitting))
    if not fitting:
        raise NotFoundError(field, spec, f"has no {_wanted(kind)}", f"define one {kind} in it")
    if len(fitting) > 1:
        raise InputError(field, spec, f"has several: {listed(list(fitting))}", f"add :{next(iter(fitting))}")
    found: type[Any] = next(iter(fitting.values()))
    return found


def _named_class(cls: Any, kind: str, spec: str, field: str, wanted: str, fitting: list[str]) -> type[Any]:
    if cls is None:
        problem = f"has no class {wanted}{nearest(wanted, fitting)}"
        raise NotFoundError(field, spec, problem, f"use one of {listed(fitting)}")
    if not _fits(cls, kind):
        raise InputError(field, spec, f"{wanted} is not a {_wanted(kind)}", f"use one of {listed(fitting)}")
    found: type[Any] = cls
    return found


def _execute(path: Path, spec: str, field: str) -> ModuleType:
    """Run a file as a module of its own, every time afresh, leaving no compiled copy beside it."""
    module = ModuleType(f"tradebus_file_{path.stem}_{crc32(str(path.resolve()).encode()):08x}")
    module.__file__ = str(path)
    # Dataclasses and pickle look a class's module up by its name.
    sys.modules[module.__name__] = module
    try:
        exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except (Exception, SystemExit) as error:  # noqa: BLE001 (anything can come out of a file; all is raised again)
        del sys.modules[module.__name__]
        _complain(error, path, spec, field)
    return module


def _complain(error: BaseException, path: Path, spec: str, field: str) -> NoReturn:
    from traceback import walk_tb

    if isinstance(error, SyntaxError):
        where = f"{error.filename or path}" + (f" line {error.lineno}" if error.lineno else "")
        problem = f"{where} does not parse: {error.msg}"
        raise InputError(field, spec, problem, "correct that line") from error
    if isinstance(error, OSError) and error.filename == str(path):
        raise InputError(field, spec, f"cannot be read: {error.strerror}", "check its permissions") from error
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(path)]
    where = f"line {lines[-1]}" if lines else "the file"
    raise InputError(field, spec, f"{where} raises {type(error).__name__}: {error}", "correct the file") from error


def _fits(cls: object, kind: str) -> bool:
    if not isinstance(cls, type) or inspect.isabstract(cls):
        return False
    return any(callable(getattr(cls, method, None)) for method in _KINDS[kind].methods)


def _wanted(kind: str) -> str:
    return f"class with the method {' or '.join(_KINDS[kind].methods)}"
