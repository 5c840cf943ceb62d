"""log: one line for each record, market time first.

JSON where nobody looks, words and colours on a terminal, with a traceback indented below its line. The journal is the
record of what happened; the log tells an operator where to look. structlog is loaded by the first line that is
written, so that a quiet command never pays for it.
"""

import logging
import math
import sys
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

from tradebus.errors import shown

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
_TEXT_MAX = 20_000
_SECRET_MIN = 8
_FIRST = ("time", "level", "logger", "event")


class _State:
    """What `configure` set."""

    threshold: int = logging.WARNING
    as_json: bool | None = None
    stream: TextIO | None = None
    now_ns: Callable[[], int] | None = None
    secrets: tuple[str, ...] = ()
    written: Any = None


_state = _State()


class Logger:
    """Writes records under a name. An event name and fields, never prose: `info("order sent", symbol="AAPL")`.

    A field `time_ns` (market time, nanoseconds since the epoch, UTC) becomes the time of the line; without it the line
    has that of the clock given to `configure`, and without a clock none.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def debug(self, event: str, **fields: object) -> None:
        """Write what only helps to find a fault."""
        if _state.threshold <= logging.DEBUG:
            _write(logging.DEBUG, self._name, event, fields)

    def info(self, event: str, **fields: object) -> None:
        """Write a step in the life of an order or of the session."""
        if _state.threshold <= logging.INFO:
            _write(logging.INFO, self._name, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Write what may need a look."""
        _write(logging.WARNING, self._name, event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Write what needs a person. `exc_info=error` adds its traceback."""
        _write(logging.ERROR, self._name, event, fields)


def get_logger(name: str) -> Logger:
    """Return a logger; costs nothing until it writes."""
    return Logger(name)


def configure(
    verbosity: int,
    json: bool | None = None,
    stream: TextIO | None = None,
    now_ns: Callable[[], int] | None = None,
) -> None:
    """Say what is written, and where.

    Args:
        verbosity: 0 for warnings and errors, 1 for steps (-v), 2 for everything (-vv).
        json: Whether lines are JSON; None for yes unless the stream is a terminal.
        stream: Where to; None for standard error.
        now_ns: Market time of lines that have none of their own; None leaves it out.
    """
    _state.threshold = _LEVELS[min(max(verbosity, 0), len(_LEVELS) - 1)]
    _state.as_json, _state.stream, _state.now_ns = json, stream, now_ns
    _state.written = None
    # What the libraries say goes the same way.
    root = logging.getLogger()
    root.handlers[:] = [_Bridge(), *(handler for handler in root.handlers if not isinstance(handler, _Bridge))]
    root.setLevel(_state.threshold)


def is_verbose() -> bool:
    """Return whether tracebacks are wanted (-vv)."""
    return _state.threshold <= logging.DEBUG


def conceal(secret: str) -> None:
    """Replace a text by `***` in every line from now on, also in its base64 and URL forms.

    One of less than 8 characters is left alone: it would take words out of lines, and no broker gives such keys.
    """
    if len(secret) < _SECRET_MIN:
        return
    from base64 import b64encode, urlsafe_b64encode
    from urllib.parse import quote

    raw = secret.encode()
    forms = {secret, quote(secret, safe=""), b64encode(raw).decode(), urlsafe_b64encode(raw).decode(), secret[::-1]}
    # The longest first: a form may contain another.
    _state.secrets = tuple(sorted({*_state.secrets, *forms}, key=len, reverse=True))


class _Bridge(logging.Handler):
    """Brings the records of the standard library's logging here."""

    def emit(self, record: logging.LogRecord) -> None:
        fields = {"exc_info": record.exc_info[1]} if record.exc_info else {}
        _write(record.levelno, record.name, record.getMessage(), fields)


def _write(level: int, name: str, event: str, fields: Mapping[str, object]) -> None:
    record: dict[str, Any] = {**fields, "event": event, "level": logging.getLevelName(level).lower(), "logger": name}
    if _state.written is None:
        _state.written = _writer()
    _state.written(record)


def _writer() -> Callable[[dict[str, Any]], None]:
    """Return what turns a record into a line: structlog's processors, in their order."""
    import structlog

    stream = sys.stderr if _state.stream is None else _state.stream
    as_json = not stream.isatty() if _state.as_json is None else _state.as_json
    processors: list[Any] = [_market_time, structlog.processors.format_exc_info, _without_secrets, _in_order]
    if as_json:
        processors.append(structlog.processors.JSONRenderer(default=str))
    else:
        console = structlog.dev.ConsoleRenderer(
            colors=_has_colors(stream), timestamp_key="time", sort_keys=False, pad_event_to=0, pad_level=False
        )
        processors += [_escaped, _with_traceback(console)]

    def write(record: dict[str, Any]) -> None:
        method, line = record["level"], record
        for processor in processors:
            line = processor(None, method, line)
        stream.write(f"{line}\n")
        stream.flush()

    return write


def _has_colors(stream: TextIO) -> bool:
    from os import environ

    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _market_time(_logger: object, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    time_ns = record.pop("time_ns", None)
    if time_ns is None and _state.now_ns is not None:
        time_ns = _state.now_ns()
    if time_ns is not None:
        seconds, rest = divmod(int(time_ns), 1_000_000_000)
        moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        record["time"] = f"{moment.isoformat()}.{rest // 1000:06}Z"
    return record


def _without_secrets(_logger: object, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _clean(value) for key, value in record.items()}


def _clean(value: Any) -> Any:
    # JSON has no NaN and no infinity.
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    text = str(value)[:_TEXT_MAX]
    for secret in _state.secrets:
        text = text.replace(secret, "***")
    return text


def _escaped(_logger: object, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Make control characters visible, so that no value can start a line or move the cursor; JSON does so itself."""
    return {
        shown(key): shown(value, _TEXT_MAX) if isinstance(value, str) and key != "exception" else value
        for key, value in record.items()
    }


def _with_traceback(console: Callable[..., str]) -> Callable[..., str]:
    """Put a traceback below its line, each of its lines escaped and marked, so that none passes for a record."""

    def render(logger: object, method: str, record: MutableMapping[str, Any]) -> str:
        traceback = str(record.pop("exception", ""))
        line = console(logger, method, record)
        return "\n".join([line, *(f"    | {shown(one, _TEXT_MAX)}" for one in traceback.splitlines())])

    return render


def _in_order(_logger: object, _method: str, record: MutableMapping[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in (*_FIRST, *record) if key in record}
