"""Tests of tradebus/cli/main.py."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from tradebus import errors, log
from tradebus.cli import main as module
from tradebus.cli.main import COMMANDS, cli, main

HEAVY = ("polars", "numpy", "pydantic", "alpaca", "structlog", "rich", "msgspec", "asyncio", "yaml", "logging")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Put the log back as it was."""
    yield
    log.configure(0)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Return a function that makes what it is given the command `probe`."""

    def install(action: Callable[[], object]) -> None:
        @click.command()
        def probe() -> object:
            return action()

        monkeypatch.setattr(module, "probe", probe, raising=False)
        monkeypatch.setitem(COMMANDS, "probe", ("tradebus.cli.main:probe", "A test."))

    return install


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["--help", "backtest"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    """They need the table of commands and click."""
    line = [sys.executable, "-X", "importtime", "-m", "tradebus", *arguments]

    done = subprocess.run(line, capture_output=True, text=True, check=True)

    imported = {row.rpartition("|")[2].strip() for row in done.stderr.splitlines()}
    assert "click" in imported
    assert [name for name in HEAVY if name in imported] == []
    assert not [name for name in imported if name.startswith(("tradebus.cli.backtest", "tradebus.engine"))]


def test_help_lists_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything a newcomer needs, on standard output."""
    assert main(["--help"]) == 0

    output = capsys.readouterr().out
    assert [name for name in COMMANDS if f"  {name}" not in output] == []
    assert "8    verification difference" in output


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_table_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The table names modules that exist, and each command has help of its own."""
    assert main([name, "--help"]) == 0

    assert "Usage: tradebus" in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """One line."""
    assert main(["--version"]) == 0

    assert capsys.readouterr().out.startswith("tradebus 0.")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["bactest"], "No such command 'bactest'; did you mean backtest?"),
        (["zzz"], "No such command 'zzz'"),
        (["--verbos"], "No such option"),
        (["config", "chekc"], "No such command"),
        (["config", "check"], "Missing argument"),
        (["--log-format", "xml", "flow"], "Invalid value"),
        (["a\x1b[31m\nb"], "No such command 'a\\\\x1b[31m\\\\nb'"),
        ([], "Usage: tradebus"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the nearest command, on standard error."""
    assert main(arguments) == 2

    captured = capsys.readouterr()
    assert text in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (errors.InputError("--capital", -1, "is bad", "use 1"), 2, "error: --capital=-1: is bad. Fix: use 1\n"),
        (errors.NotFoundError("a", "b", "c", "d"), 4, "error: a=b: c. Fix: d\n"),
        (errors.TimeoutExceededError("late"), 5, "error: late\n"),
        (errors.RiskHaltError("halted\nnow"), 7, "error: halted\\nnow\n"),
        (click.ClickException("own"), 1, "Error: own\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (click.Abort(), 130, "interrupted\n"),
        (RuntimeError("a\nb"), 1, "internal error: RuntimeError: a\\nb (run with -vv for the traceback)\n"),
        (KeyError(), 1, "internal error: KeyError (run with -vv for the traceback)\n"),
    ],
)
def test_a_failure_is_one_line_and_a_code(
    error: BaseException,
    code: int,
    text: str,
    command: Callable[[Callable[[], object]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever is raised, and never a traceback."""

    def fail() -> None:
        raise error

    command(fail)

    assert main(["probe"]) == code
    assert capsys.readouterr() == ("", text)


def test_each_problem_of_a_configuration_has_its_line(
    command: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """They are reported together and read one by one."""

    def fail() -> None:
        error = errors.ConfigError("a", 1, "b", "c")
        error.args = ("first\nsecond",)
        raise error

    command(fail)

    assert main(["probe"]) == 3
    assert capsys.readouterr().err == "error: first\nerror: second\n"


def test_vv_shows_the_traceback(
    command: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """In the log, in its one line."""

    def fail() -> None:
        raise RuntimeError("bad")

    command(fail)

    assert main(["-vv", "--log-format", "json", "probe"]) == 1
    record, line = capsys.readouterr().err.splitlines()
    assert "Traceback" in record
    assert line == "internal error: RuntimeError: bad"


@pytest.mark.parametrize(("result", "code"), [(None, 0), (7, 7), ("text", 0)])
def test_a_command_may_return_its_code(
    result: object, code: int, command: Callable[[Callable[[], object]], None]
) -> None:
    """Nothing returned is success."""
    command(lambda: result)

    assert main(["probe"]) == code


def test_the_processs_arguments_are_the_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The console script calls main() without any."""
    monkeypatch.setattr(sys, "argv", ["tradebus", "--version"])

    assert main() == 0
    assert capsys.readouterr().out


def test_a_reader_that_went_away_is_no_complaint() -> None:
    """As in `tradebus config schema | head -1`: quiet, and the code that a shell gives to SIGPIPE."""
    line = [sys.executable, "-m", "tradebus", "config", "schema"]
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(line, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["--version"], ["config", "show"], ["strategies"]])
def test_a_full_disk_is_told_in_one_line(arguments: list[str]) -> None:
    """As the system words it; nothing of ours is broken."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tradebus", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (done.returncode, done.stderr) == (1, "error: input or output failed: No space left on device\n")


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """no-color.org: any text but the empty one."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert module._color() is False

    monkeypatch.setenv("NO_COLOR", "")
    assert module._color() is None


def test_the_shell_can_complete_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """By click's own protocol."""
    monkeypatch.setenv("_TRADEBUS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "tradebus back")
    monkeypatch.setenv("COMP_CWORD", "1")

    with pytest.raises(SystemExit):
        main([])

    assert "backtest" in capsys.readouterr().out


def test_an_unknown_command_is_none() -> None:
    """As click expects."""
    assert cli.get_command(click.Context(cli), "zzz") is None
