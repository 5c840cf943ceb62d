"""breaker: the circuit breaker. Tripped, it refuses entries until a person resets it; exits pass."""

from tradebus.errors import InputError


class CircuitBreaker:
    """Closed, or tripped with a reason; nothing but `reset` closes it again.

    Attributes:
        reason: Why it tripped; None while it is closed.
        tripped_ns: When it tripped, market time, nanoseconds since the epoch, UTC; None while it is closed.
        reset_reason: Why it was closed last; None if it never was.
    """

    __slots__ = ("reason", "reset_reason", "tripped_ns")

    def __init__(self) -> None:
        self.reason: str | None = None
        self.tripped_ns: int | None = None
        self.reset_reason: str | None = None

    @property
    def is_tripped(self) -> bool:
        """Whether entries are refused."""
        return self.reason is not None

    def trip(self, reason: str, time_ns: int) -> bool:
        """Refuse entries from now on; return False if it was tripped before: the first reason stays."""
        if self.reason is not None:
            return False
        self.reason, self.tripped_ns = reason or "no reason given", time_ns
        return True

    def reset(self, reason: str) -> bool:
        """Allow entries again, by hand; return False if it was not tripped.

        Raises:
            InputError: If there is no reason.
        """
        if not reason.strip():
            raise InputError("reason", reason, "a breaker is reset with a reason", "say why it is safe to go on")
        if self.reason is None:
            return False
        self.reason = self.tripped_ns = None
        self.reset_reason = reason
        return True
