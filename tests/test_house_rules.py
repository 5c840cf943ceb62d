"""The rules of this code base that no linter knows."""

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tradebus"
UNIT = ROOT / "tests" / "unit"
MODULES = sorted(PACKAGE.rglob("*.py"))

MAX_FILE_LINES = 350
MAX_BODY_LINES = 50

TOP_LEVEL = {
    "pyproject.toml",
    "uv.lock",
    "tradebus",
    "tests",
    "configs",
    "docker",
    "Makefile",
    "README.md",
    "docs",
    "LICENSE",
    "CHANGELOG.md",
}

WITHOUT_UNIT_TESTS = {
    "__main__.py": "one call; tests/test_docs.py runs it",
    "events/": "declarations without behaviour; tests/unit/test_events.py tests them all alike",
    "ports.py": "protocols: every implementation is tested against them in tests/contract",
}
"""Modules, and folders of modules, that have no file of their own in tests/unit, with the reason."""

MAY_CATCH_EVERYTHING = {
    "bus.py": "notes why the bus is over and raises it again",
    "parameters.py": "names a plug-in whose constructor fails",
    "plugins.py": "names the file and line of a plug-in that cannot be loaded",
    "supervisor.py": "decides whether what failed is restarted or ends the session",
    "cli/main.py": "turns what was not expected into one line and an exit code",
    "services/sizing.py": "raises whatever a sizer raised as StrategyError",
    "services/strategy.py": "raises whatever a strategy raised as StrategyError",
}
"""Modules with `except Exception`, with the reason."""

MAY_IMPORT_AT_ONCE = {"pydantic": "config/", "pydantic_settings": "config/"}
"""Slow libraries that a folder may import when it is imported itself."""

SLOW = {"polars", "numpy", "pandas", "pydantic", "pydantic_settings", "alpaca", "rich", "structlog"}
"""Libraries that take 30 to 600 ms to import, which `tradebus --help` must not pay."""

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef

CLOCK_CALLS = re.compile(
    r"(datetime|dt)\.(now|utcnow|today)"
    r"|date\.today"
    r"|time\.(time|time_ns|monotonic|monotonic_ns|sleep|localtime)"
    r"|random\.(?!Random\b|SystemRandom\b)\w+"
    r"|(uuid\.)?uuid[14]"
)
"""What makes two runs on the same input differ; time comes from a Clock, chance from a seeded `random.Random`."""


def test_only_the_agreed_names_are_at_the_top_level() -> None:
    """The root of the checkout holds the agreed files and folders, hidden ones and derived ones apart."""
    derived = {line.strip().rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}

    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - derived - {"__pycache__"}

    assert found <= TOP_LEVEL, f"not agreed: {sorted(found - TOP_LEVEL)}"
    assert found >= TOP_LEVEL - {"uv.lock"}, f"missing: {sorted(TOP_LEVEL - found)}"


def test_no_file_is_long() -> None:
    """A file is one idea, and one idea fits into 350 lines."""
    lengths = {name(path): len(path.read_text().splitlines()) for path in MODULES}

    report({file: f"{count} lines" for file, count in lengths.items() if count > MAX_FILE_LINES})


def test_no_function_is_long() -> None:
    """A function's body, its docstring apart, fits on a screen."""
    long = {}
    for path in MODULES:
        for function in functions(parse(path)):
            count = body_lines(function)
            if count > MAX_BODY_LINES:
                long[f"{name(path)}:{function.lineno} {function.name}"] = f"{count} lines"

    report(long)


def test_every_module_says_what_it_is() -> None:
    """A module's docstring begins with its name and a colon."""
    wrong = {}
    for path in MODULES:
        own = path.parent.name if path.stem == "__init__" else path.stem
        docstring = ast.get_docstring(parse(path)) or ""
        if not docstring.startswith(f"{own}: "):
            wrong[name(path)] = f"should begin with {own!r}, begins with {docstring[:30]!r}"

    report(wrong)


def test_every_module_has_its_unit_tests() -> None:
    """tradebus/a/b.py is tested by tests/unit/a/test_b.py, which says so in its first line."""
    wrong = {}
    for path in MODULES:
        file = name(path)
        if path.stem == "__init__" or file.startswith(tuple(WITHOUT_UNIT_TESTS)):
            continue
        tests = UNIT / path.relative_to(PACKAGE).with_name(f"test_{path.stem}.py")
        if not tests.exists():
            wrong[file] = f"has no {tests.relative_to(ROOT).as_posix()}"
        elif not first_line(tests).startswith(f'"""Tests of tradebus/{file}'):
            wrong[file] = f"is not named in the first line of {tests.relative_to(ROOT).as_posix()}"

    report(wrong)


def test_every_unit_test_file_has_its_module() -> None:
    """tests/unit holds the same tree as tradebus; test_b_ASPECT.py is one more file about b.py."""
    orphans = {}
    for path in sorted(UNIT.rglob("test_*.py")):
        folder = PACKAGE / path.parent.relative_to(UNIT)
        words = path.stem.removeprefix("test_").split("_")
        tested = [folder / "_".join(words[:count]) for count in range(1, len(words) + 1)]
        if not any(one.is_dir() or one.with_suffix(".py").exists() for one in tested):
            orphans[path.relative_to(ROOT).as_posix()] = "tests no module"

    report(orphans)


def test_exceptions_to_the_rules_are_still_needed() -> None:
    """Every module in a list of exceptions exists."""
    listed = {*WITHOUT_UNIT_TESTS, *MAY_CATCH_EVERYTHING}

    report({file: "is gone" for file in sorted(listed) if not (PACKAGE / file).exists()})


def test_only_the_clock_asks_for_the_time() -> None:
    """Nothing but clock.py reads the machine's time or unseeded chance, so that a run can be repeated."""
    asks = {}
    for path in MODULES:
        if name(path) == "clock.py":
            continue
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Call) and CLOCK_CALLS.fullmatch(ast.unparse(node.func)):
                asks[f"{name(path)}:{node.lineno}"] = ast.unparse(node)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "random.Random" and not node.args:
                asks[f"{name(path)}:{node.lineno}"] = "random.Random without a seed"
            elif isinstance(node, ast.ImportFrom) and node.module in {"time", "random", "uuid"}:
                asks[f"{name(path)}:{node.lineno}"] = f"{ast.unparse(node)}: import the module, so that calls show"

    report(asks)


def test_only_a_few_modules_catch_everything() -> None:
    """A broad `except` hides mistakes; only the modules on the list have one."""
    broad = {}
    for path in MODULES:
        if name(path) in MAY_CATCH_EVERYTHING:
            continue
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ExceptHandler) and catches_everything(node):
                broad[f"{name(path)}:{node.lineno}"] = "catches everything"

    report(broad)


def test_no_name_says_helper_or_util() -> None:
    """A name says what a thing is; Helper and Util say that nobody knew."""
    banned = re.compile(r"(?i)(^|_)(helper|util)s?($|_)|(Helper|Util)s?($|[A-Z])")
    found = {}
    for path in MODULES:
        definitions = [node for node in ast.walk(parse(path)) if isinstance(node, ast.ClassDef | FUNCTION)]
        for line, word in [(1, path.stem), *((node.lineno, node.name) for node in definitions)]:
            if banned.search(word):
                found[f"{name(path)}:{line}"] = word

    report(found)


def test_slow_libraries_are_imported_where_they_are_used() -> None:
    """No module imports a slow library when it is imported itself; functions do, when they are called."""
    early = {}
    for path in MODULES:
        for node in imported_at_once(parse(path).body):
            for library in libraries(node) & SLOW:
                folder = MAY_IMPORT_AT_ONCE.get(library)
                if folder is None or not name(path).startswith(folder):
                    early[f"{name(path)}:{node.lineno}"] = ast.unparse(node)

    report(early)


def test_help_starts_without_the_slow_libraries() -> None:
    """`tradebus --help` imports none of them."""
    code = (
        "import sys\n"
        "from tradebus.cli.main import main\n"
        "assert main(['--help']) == 0\n"
        f"print('imported', *sorted(set(sys.modules) & {SLOW!r}))\n"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "imported"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import polars as pl", {"polars"}),
        ("from alpaca.trading import enums", {"alpaca"}),
        ("try:\n    import rich\nexcept ImportError:\n    pass", {"rich"}),
        ("class A:\n    import numpy", {"numpy"}),
        ("def f():\n    import numpy", set()),
        ("if TYPE_CHECKING:\n    import numpy", set()),
        ("if TYPE_CHECKING:\n    import numpy\nelse:\n    import pandas", {"pandas"}),
    ],
)
def test_imports_at_once_are_told_from_late_ones(source: str, found: set[str]) -> None:
    """The rule sees imports in try, if and class bodies, and none in functions or for types only."""
    seen = {library for node in imported_at_once(ast.parse(source).body) for library in libraries(node)}

    assert seen == found


def name(path: Path) -> str:
    """Return a module's path below tradebus/, with forward slashes."""
    return path.relative_to(PACKAGE).as_posix()


@functools.cache
def parse(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))


def first_line(path: Path) -> str:
    """Return the first line of a file."""
    return path.read_text().partition("\n")[0]


def report(wrong: dict[str, str]) -> None:
    """Fail with everything that is wrong, one line each."""
    if wrong:
        lines = [f"  {where}: {what}" for where, what in wrong.items()]
        pytest.fail("\n".join([f"{len(wrong)} found:", *lines]), pytrace=False)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, FUNCTION):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function's body has, its docstring apart."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    end = body[-1].end_lineno
    assert end is not None
    return end - body[0].lineno + 1


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Return whether an except clause has no type, or Exception or BaseException among its types."""
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(kind) in {"Exception", "BaseException"} for kind in types)


def imported_at_once(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that run when the module is imported: not those in functions or for types only."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from imported_at_once(node.orelse)
        elif not isinstance(node, FUNCTION):
            for field in ("body", "handlers", "orelse", "finalbody"):
                inner = getattr(node, field, [])
                if isinstance(inner, list):
                    yield from imported_at_once(inner)


def libraries(node: ast.Import | ast.ImportFrom) -> set[str]:
    """Return the top-level packages that an import names."""
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").partition(".")[0]}
    return {alias.name.partition(".")[0] for alias in node.names}
