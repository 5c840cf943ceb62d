"""Tests of tradebus/errors.py."""

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebus import errors
from tradebus.errors import InputError, TradebusError, shown

EXIT_CODES = {
    "TradebusError": 1,
    "InputError": 2,
    "ConfigError": 3,
    "NotFoundError": 4,
    "DataError": 1,
    "SignalError": 1,
    "StrategyError": 1,
    "OrderError": 1,
    "InvalidTransitionError": 1,
    "BusError": 1,
    "WiringError": 1,
    "BusClosedError": 1,
    "RunawayCascadeError": 1,
    "MailboxOverflowError": 1,
    "ServiceError": 1,
    "ServiceReturnedError": 1,
    "RestartLimitError": 1,
    "TimeoutExceededError": 5,
    "ReconciliationError": 6,
    "RiskHaltError": 7,
    "VerificationError": 8,
}
CLASSES: dict[str, type[TradebusError]] = {
    name: cls for name, cls in vars(errors).items() if inspect.isclass(cls) and issubclass(cls, TradebusError)
}


def test_these_are_all_errors() -> None:
    """Scripts rely on exit codes, so each is pinned."""
    assert {name: cls.exit_code for name, cls in CLASSES.items()} == EXIT_CODES


@pytest.mark.parametrize("name", EXIT_CODES)
def test_every_error_is_one_of_ours_and_says_when_it_is_raised(name: str) -> None:
    """One except clause catches them all, and each docstring says when it happens."""
    cls = CLASSES[name]

    assert issubclass(cls, TradebusError)
    assert cls is TradebusError or (cls.__doc__ or "").startswith("Raised ") or cls.__subclasses__()


def test_the_drawing_is_the_tree() -> None:
    """The tree on top of the file names every class below its parent, with its exit code."""
    drawn: dict[str, str | None] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if node := re.fullmatch(r"    ([\s│├└─]*)(\w+Error)(?: +exit (\d))?.*", line):
            del path[len(node[1]) // 4 :]
            drawn[node[2]] = path[-1] if path else None
            path.append(node[2])
            assert node[3] is None or int(node[3]) == EXIT_CODES[node[2]], line

    parents = {name: cls.__bases__[0].__name__ for name, cls in CLASSES.items()}
    assert drawn == parents | {"TradebusError": None}


def test_an_input_error_names_field_value_problem_and_fix() -> None:
    """One line tells what was set, to what, why that is wrong and what to do."""
    error = InputError("--capital", -5, "must be above 0", "use 100000")

    assert (error.field, error.value, error.problem, error.fix) == ("--capital", -5, "must be above 0", "use 100000")
    assert str(error) == "--capital=-5: must be above 0. Fix: use 100000"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("AAPL", "AAPL"),
        (3, "3"),
        (None, "None"),
        ("a\nb", r"a\nb"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\0", r"\x00"),
        ("\u202eLPAA", r"\u202eLPAA"),
        ("caf\u00e9", "caf\u00e9"),
        ({"a": "b"}, "{'a': 'b'}"),
    ],
)
def test_values_are_shown_without_surprises(value: object, text: str) -> None:
    """Text is shown as it is, all else as Python writes it, and what moves a terminal's cursor is escaped."""
    assert shown(value) == text


def test_an_input_error_is_one_printable_line_whoever_wrote_its_parts() -> None:
    """Names of columns, parameters and foreign exceptions end up in it."""
    text = str(InputError("--param " + "a" * 5000, "b" * 5000, "c\x1b\n" * 5000, "d\n" * 5000))

    assert text.isprintable()
    assert len(text) < 1000
    assert ". Fix: " in text


def test_a_long_value_is_cut() -> None:
    """A message stays short, whatever was given."""
    assert shown("x" * 10_000) == "x" * 77 + "..."
    assert shown("x" * 80) == "x" * 80
    assert shown("abcdefghij", limit=8) == "abcde..."


@given(st.text())
def test_a_shown_value_is_one_printable_line(text: str) -> None:
    """No text breaks a line or a terminal."""
    assert shown(text).isprintable()
    assert len(shown(text)) <= 80
