"""Tests of tradebus/log.py."""

import io
import json
import logging
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tradebus import log

TIME_NS = 1_700_000_000_123_456_789


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Put the log back as it was."""
    yield
    root = logging.getLogger()
    root.handlers[:] = [one for one in root.handlers if type(one).__name__ != "_Bridge"]
    root.setLevel(logging.WARNING)
    log._state = log._State()


def records(stream: io.StringIO) -> list[dict[str, object]]:
    """Return the records of JSON lines."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_importing_and_asking_for_a_logger_loads_nothing() -> None:
    """A service may ask for one at import; structlog comes with the first line that is written."""
    program = (
        "import sys; from tradebus.log import configure, get_logger; configure(0); get_logger('x').info('no');"
        "print(*(m for m in ('structlog', 'rich', 'asyncio') if m in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize(
    ("verbosity", "levels"),
    [
        (0, ["warning", "error"]),
        (1, ["info", "warning", "error"]),
        (2, ["debug", "info", "warning", "error"]),
        (9, ["debug", "info", "warning", "error"]),
        (-1, ["warning", "error"]),
    ],
)
def test_each_v_shows_one_level_more(verbosity: int, levels: list[str]) -> None:
    """Nothing below a warning unless it is asked for."""
    stream, logger = io.StringIO(), log.get_logger("a")
    log.configure(verbosity, stream=stream)

    for write in (logger.debug, logger.info, logger.warning, logger.error):
        write("event")

    assert [record["level"] for record in records(stream)] == levels
    assert log.is_verbose() == (verbosity >= 2)


def test_market_time_comes_first() -> None:
    """From the record, else from the session's clock; microseconds, UTC."""
    stream, logger = io.StringIO(), log.get_logger("a")
    log.configure(0, stream=stream, now_ns=lambda: 0)

    logger.warning("order sent", symbol="AAPL", time_ns=TIME_NS)
    logger.warning("other")

    first, second = stream.getvalue().splitlines()
    assert first == (
        '{"time": "2023-11-14T22:13:20.123456Z", "level": "warning", "logger": "a", "event": "order sent",'
        ' "symbol": "AAPL"}'
    )
    assert json.loads(second)["time"] == "1970-01-01T00:00:00.000000Z"


def test_without_a_clock_there_is_no_time() -> None:
    """The wall clock never stands in for the market's."""
    stream = io.StringIO()
    log.configure(0, stream=stream)

    log.get_logger("a").warning("event")

    assert "time" not in records(stream)[0]


NASTY = 'A\nCRITICAL fake\r\x1b[31m\x00\u2028"'


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["json", "console"])
def test_no_value_can_start_a_line_or_move_the_cursor(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control characters are made visible, in values, names and events."""
    monkeypatch.setenv("NO_COLOR", "1")
    log.configure(0, stream=stream)

    log.get_logger(NASTY).warning(NASTY, symbol=NASTY, nested=[NASTY], **{NASTY: 1})

    text = stream.getvalue()
    assert text.count("\n") == 1
    assert text.removesuffix("\n").isprintable()


def test_json_keeps_the_value_itself() -> None:
    """Escaping is the format's; what is read back is what was written."""
    stream = io.StringIO()
    log.configure(0, stream=stream)

    log.get_logger("a").warning("event", symbol=NASTY, ratio=float("nan"), count=3, flag=True, nothing=None)

    record = records(stream)[0]
    assert record["symbol"] == NASTY
    assert (record["ratio"], record["count"], record["flag"], record["nothing"]) == ("nan", 3, True, None)


@pytest.mark.parametrize(("environ", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_gets_colours_unless_it_asks_for_none(
    environ: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR and TERM=dumb are honoured."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    log.configure(0, stream=stream)

    log.get_logger("a").warning("event")

    assert ("\x1b[" in stream.getvalue()) == colored


def test_a_format_can_be_asked_for() -> None:
    """JSON on a terminal, words in a pipe."""
    terminal, pipe = Terminal(), io.StringIO()

    log.configure(0, json=True, stream=terminal)
    log.get_logger("a").warning("event")
    log.configure(0, json=False, stream=pipe)
    log.get_logger("a").warning("event", symbol="AAPL")

    assert records(terminal)[0]["event"] == "event"
    assert pipe.getvalue() == "[warning] event [a] symbol=AAPL\n"


def raised() -> ValueError:
    """Return an error with a traceback."""
    try:
        raise ValueError("bad\n2023 [error] forged")
    except ValueError as error:
        return error


def test_a_traceback_is_part_of_its_record() -> None:
    """In JSON in the same line, on a terminal below it and marked."""
    pipe, terminal = io.StringIO(), io.StringIO()

    log.configure(0, stream=pipe)
    log.get_logger("a").error("failed", exc_info=raised())
    log.configure(0, json=False, stream=terminal)
    log.get_logger("a").error("failed", exc_info=raised())

    assert "Traceback" in str(records(pipe)[0]["exception"])
    first, *rest = terminal.getvalue().splitlines()
    assert first == "[error] failed [a]"
    assert all(line.startswith("    | ") for line in rest)
    assert rest[-1] == "    | 2023 [error] forged"


def test_the_libraries_records_go_the_same_way() -> None:
    """What the standard library's logging is told, with its traceback."""
    stream = io.StringIO()
    log.configure(1, stream=stream)

    logging.getLogger("lib").info("hello %s", "you")
    logging.getLogger("lib").debug("not this")
    logging.getLogger("lib").error("failed", exc_info=raised())

    first, second = records(stream)
    assert (first["logger"], first["event"]) == ("lib", "hello you")
    assert "Traceback" in str(second["exception"])


def test_a_concealed_text_is_in_no_line() -> None:
    """Neither as it is nor in the forms in which it travels, nor in a traceback."""
    secret, stream = "s3cr/t+key=", io.StringIO()
    log.configure(0, stream=stream)
    log.conceal(secret)
    log.conceal("error")
    forms = [secret, quote(secret, safe=""), b64encode(secret.encode()).decode(), secret[::-1]]

    for form in forms:
        log.get_logger("a").error(f"key {form}", key=form, nested={"key": form}, exc_info=ValueError(form))
        logging.getLogger("lib").error("header %s", form)

    text = stream.getvalue().replace("\\", "")
    assert [form for form in forms if form in text] == []
    assert text.count("***") >= 4 * len(forms)
    assert "error" in text


def test_standard_error_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Results go to standard output, the log does not."""
    log.configure(0)

    log.get_logger("a").warning("event")

    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err)["event"] == "event"


def test_configuring_twice_writes_each_line_once() -> None:
    """The last call counts."""
    stream = io.StringIO()
    log.configure(0, stream=io.StringIO())
    log.configure(0, stream=stream)

    logging.getLogger("lib").warning("event")

    assert len(records(stream)) == 1
