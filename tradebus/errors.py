"""errors: every exception tradebus raises on purpose, in one tree.

    TradebusError                    exit 1
    ├── InputError                   exit 2   a value that a person gave
    │   ├── ConfigError              exit 3   in a file or in the environment
    │   ├── NotFoundError            exit 4   a symbol, strategy, run or range that is not there
    │   └── DataError                exit 1   rows that cannot be true
    ├── SignalError                  exit 1   a strategy returned what is not a signal
    ├── StrategyError                exit 1   a strategy or a sizer raised; the cause is the exception
    ├── OrderError                   exit 1   our own bookkeeping is wrong
    │   └── InvalidTransitionError
    ├── BusError                     exit 1   a wiring or flow mistake
    │   ├── WiringError
    │   ├── BusClosedError
    │   ├── RunawayCascadeError
    │   └── MailboxOverflowError
    ├── ServiceError                 exit 1
    │   ├── ServiceReturnedError
    │   └── RestartLimitError
    ├── TimeoutExceededError         exit 5
    ├── ReconciliationError          exit 6
    ├── RiskHaltError                exit 7
    └── VerificationError            exit 8

What the domain expects (a refused order, a stop that fires) is an event, not an exception.
"""

from typing import ClassVar


class TradebusError(Exception):
    """Base of all exceptions that tradebus raises on purpose; `exit_code` is what the command exits with."""

    exit_code: ClassVar[int] = 1


class InputError(TradebusError):
    """Raised for a value that a person gave and that cannot be used; shown as one line, never retried.

    Attributes:
        field: What was set, in the words of the one who set it (`--capital`, `risk.max_orders_per_minute`, `volume`).
        value: What it was set to, as given.
        problem: What is wrong with it.
        fix: What to do instead.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, field: str, value: object, problem: str, fix: str) -> None:
        self.field, self.value, self.problem, self.fix = field, value, problem, fix
        # What others wrote (a name, a file, an exception) ends up in all of them.
        super().__init__(f"{shown(field, 120)}={shown(value)}: {shown(problem, 300)}. Fix: {shown(fix, 400)}")


class ConfigError(InputError):
    """Raised for a configuration file or environment variable that cannot be used, before anything starts."""

    exit_code: ClassVar[int] = 3


class NotFoundError(InputError):
    """Raised when a symbol, strategy, file, run or range of data does not exist."""

    exit_code: ClassVar[int] = 4


class DataError(InputError):
    """Raised for market data that cannot be true: NaN, negative, high below low, duplicates, wrong order or zone."""

    exit_code: ClassVar[int] = 1


class SignalError(TradebusError):
    """Raised when a strategy returns something that is not a signal; names the key. The session halts."""


class StrategyError(TradebusError):
    """Raised when a strategy or its sizer raises; `__cause__` is the original exception. The session halts."""


class OrderError(TradebusError):
    """Raised when our own bookkeeping of an order contradicts itself. The session halts."""


class InvalidTransitionError(OrderError):
    """Raised when an order is asked to go where the state machine has no edge."""


class BusError(TradebusError):
    """Raised for a mistake in the wiring or in the flow of events. The session halts."""


class WiringError(BusError):
    """Raised when a service publishes or consumes what the wiring does not know."""


class BusClosedError(BusError):
    """Raised on a publish after the bus was closed or has failed."""


class RunawayCascadeError(BusError):
    """Raised when one published event causes more consequences than `Bus.max_cascade`."""


class MailboxOverflowError(BusError):
    """Raised when a full mailbox would have to drop an event of a type that is never dropped."""


class ServiceError(TradebusError):
    """Raised when a service cannot go on. The session ends."""


class ServiceReturnedError(ServiceError):
    """Raised when a core service returns although its session still runs."""


class RestartLimitError(ServiceError):
    """Raised when an edge service failed more often than its restart rule allows; the cause is its last failure."""


class TimeoutExceededError(TradebusError):
    """Raised when something did not happen within the time allowed for it."""

    exit_code: ClassVar[int] = 5


class ReconciliationError(TradebusError):
    """Raised when our books and the broker's do not agree and nobody may decide which is right."""

    exit_code: ClassVar[int] = 6


class RiskHaltError(TradebusError):
    """Raised when a risk limit or the kill switch ended the session."""

    exit_code: ClassVar[int] = 7


class VerificationError(TradebusError):
    """Raised when a recorded run and its re-run differ."""

    exit_code: ClassVar[int] = 8


def raised_at(error: BaseException) -> str:
    """Return where an exception was raised, as `path/to/file.py:12`; `an unknown place` if it never was."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return "an unknown place" if at is None else f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}"


def shown(value: object, limit: int = 80) -> str:
    """Return a value for a message: printable, on one line, cut at `limit` characters."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= limit else text[: limit - 3] + "..."
