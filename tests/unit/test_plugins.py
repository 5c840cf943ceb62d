"""Tests of tradebus/plugins.py."""

import pickle
import sys
from importlib import metadata
from pathlib import Path
from textwrap import dedent

import pytest

from tradebus import plugins
from tradebus.errors import InputError, NotFoundError
from tradebus.strategies.macd import MACDStrategy

GOOD = """
    from tradebus.strategies.base import Strategy

    class TrendStrategy(Strategy):
        def generate_signals(self, snapshot):
            return []
"""


def write(folder: Path, text: str, name: str = "mine.py") -> str:
    path = folder / name
    path.write_text(dedent(text))
    return str(path)


@pytest.fixture
def entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three strategies of another package: a good one, a broken one and one that is no strategy."""
    group = "tradebus.strategy"
    given = metadata.EntryPoints(
        [
            metadata.EntryPoint("other_macd", "tradebus.strategies.macd:MACDStrategy", group),
            metadata.EntryPoint("broken", "tradebus.no_such_module:X", group),
            metadata.EntryPoint("path", "pathlib:Path", group),
        ]
    )
    monkeypatch.setattr(metadata, "entry_points", lambda group: given.select(group=group))


def test_shipped_plug_ins_are_listed_by_file() -> None:
    """Files without a class of the right name are no plug-ins."""
    strategies, indicators = plugins.names("strategy"), plugins.names("indicator")

    assert set(strategies) >= {"alpha", "macd", "momentum"}
    assert set(indicators) >= {"atr", "bollinger", "ema", "macd", "rsi", "sma"}
    assert not {"base", "calculator", "column", "period"} & {*strategies, *indicators}


def test_listing_imports_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in that fails on import is listed all the same, and a missing folder has none."""
    write(tmp_path, "class RiskBasedSizer: ...\nraise RuntimeError", "risk_based.py")
    write(tmp_path, "class Helper: ...", "other.py")
    monkeypatch.syspath_prepend(str(tmp_path.parent))
    (tmp_path / "__init__.py").touch()
    for package, found in ((tmp_path.name, ["risk_based"]), ("no_such_package.sizers", []), ("no_such_package", [])):
        monkeypatch.setitem(plugins._KINDS, "sizer", plugins._Kind(package, ("calculate_qty",)))

        assert plugins.names("sizer") == found


@pytest.mark.parametrize("spec", ["macd", " MACD "])
def test_a_shipped_plug_in_is_loaded_by_name(spec: str) -> None:
    """In any case."""
    assert plugins.load("strategy", spec) is MACDStrategy


def test_a_hyphen_in_a_name_will_do() -> None:
    """Command lines like hyphens."""
    assert plugins.load("sizer", "risk-based").__name__ == "RiskBasedSizer"


@pytest.mark.parametrize("kind", ["strategy", "sizer", "check", "stop", "commission", "indicator"])
def test_every_listed_plug_in_can_be_loaded(kind: str) -> None:
    """What the list promises is there."""
    for name in plugins.names(kind):
        assert plugins._fits(plugins.load(kind, name), kind), name


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    """And with all there are."""
    with pytest.raises(NotFoundError) as caught:
        plugins.load("strategy", "mcad")

    assert str(caught.value).startswith("--strategy=mcad: no such strategy; did you mean macd?. Fix: use one of alpha")
    assert caught.value.exit_code == 4


def test_a_message_names_the_field_that_was_set() -> None:
    """A configuration file has other words than a command line."""
    with pytest.raises(NotFoundError, match=r"^strategy\.name=nothing"):
        plugins.load("strategy", "nothing", "strategy.name")


def test_other_packages_offer_plug_ins(entry_points: None) -> None:
    """They are listed and loaded by the name of their entry point."""
    assert set(plugins.names("strategy")) >= {"macd", "broken", "other_macd", "path"}
    assert plugins.load("strategy", "other-macd") is MACDStrategy


@pytest.mark.parametrize(
    ("name", "problem"), [("broken", "raises ModuleNotFoundError"), ("path", "is not a strategy.*generate_signals")]
)
def test_a_broken_entry_point_is_named(entry_points: None, name: str, problem: str) -> None:
    """One line, no traceback of another package's code."""
    with pytest.raises(InputError, match=problem):
        plugins.load("strategy", name)


@pytest.mark.parametrize("suffix", ["", ":TrendStrategy"])
def test_a_file_is_a_plug_in(tmp_path: Path, suffix: str) -> None:
    """The class may be left out where there is only one; imported ones do not count."""
    path = write(tmp_path, GOOD)

    cls = plugins.load("strategy", path + suffix)

    assert cls.__name__ == "TrendStrategy"
    assert cls().name == "trend"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.py"]


def test_a_class_of_a_file_can_be_pickled(tmp_path: Path) -> None:
    """Its module is known by name, as dataclasses and sweeps over processes need."""
    cls = plugins.load("strategy", write(tmp_path, GOOD))

    assert pickle.loads(pickle.dumps(cls)) is cls


def test_files_of_one_name_do_not_meet(tmp_path: Path) -> None:
    """Two folders, two modules."""
    (tmp_path / "other").mkdir()

    one = plugins.load("strategy", write(tmp_path, GOOD))
    other = plugins.load("strategy", write(tmp_path / "other", GOOD))

    assert one.__module__ != other.__module__


def test_an_imported_class_can_be_named(tmp_path: Path) -> None:
    """A file may choose among the classes of others."""
    path = write(tmp_path, "from tradebus.strategies.macd import MACDStrategy")

    assert plugins.load("strategy", f"{path}:MACDStrategy") is MACDStrategy


@pytest.mark.parametrize("spec", ["no/such/file.py", "missing.py:Trend", "a/folder", "other\\place"])
def test_a_missing_file_is_not_found(spec: str) -> None:
    """Whatever looks like a path is one."""
    with pytest.raises(NotFoundError, match="there is no such file"):
        plugins.load("strategy", spec)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = 1\nclass Trend(:\n", r"mine\.py line 2 does not parse: invalid syntax"),
        ("x = 1\n\nraise RuntimeError('no luck')\n", "line 3 raises RuntimeError: no luck"),
        ("def f():\n    return 1 / 0\n\nf()\n", "line 2 raises ZeroDivisionError"),
        ("import no_such_package\n", "line 1 raises ModuleNotFoundError"),
        ("import sys\nsys.exit(3)\n", "line 2 raises SystemExit: 3"),
        ("open('/no/such/place')\n", "line 1 raises FileNotFoundError"),
        ("x = '\0'\n", r"mine\.py does not parse: source code string cannot contain null bytes"),
        ("from json import", r"mine\.py line 1 does not parse"),
    ],
)
def test_a_file_that_fails_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    """One line for people, and nothing of it stays behind."""
    before = set(sys.modules)

    with pytest.raises(InputError, match=problem):
        plugins.load("strategy", write(tmp_path, text))

    assert not {name for name in set(sys.modules) - before if name.startswith("tradebus_file_")}


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is the system's."""
    path = write(tmp_path, GOOD)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)

    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        plugins.load("strategy", path)


@pytest.mark.parametrize(
    ("text", "suffix", "kind", "problem"),
    [
        ("x = 1", "", NotFoundError, "has no class with the method generate_signals"),
        ("class A:\n    generate_signals = None", "", NotFoundError, "has no class with the method"),
        (GOOD, ":TrendStrat", NotFoundError, "has no class TrendStrat; did you mean TrendStrategy?"),
        (GOOD, ":Strategy", InputError, "Strategy is not a class with the method generate_signals"),
        (GOOD + "    class OtherStrategy(TrendStrategy): ...\n", "", InputError, "has several: TrendStrategy, OtherS"),
    ],
)
def test_a_file_without_the_class_is_refused(
    tmp_path: Path, text: str, suffix: str, kind: type[InputError], problem: str
) -> None:
    """The message says which classes there are."""
    with pytest.raises(kind) as caught:
        plugins.load("strategy", write(tmp_path, text) + suffix)

    assert problem in str(caught.value)
