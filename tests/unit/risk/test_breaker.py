"""Tests of tradebus/risk/breaker.py."""

import pytest

from tradebus.errors import InputError
from tradebus.risk.breaker import CircuitBreaker


def test_it_begins_closed_and_trips_with_reason_and_time() -> None:
    """The first reason stays."""
    breaker = CircuitBreaker()
    was_tripped = breaker.is_tripped

    assert breaker.trip("drawdown", 5)
    assert not breaker.trip("daily loss", 6)

    assert (was_tripped, breaker.is_tripped) == (False, True)
    assert (breaker.reason, breaker.tripped_ns) == ("drawdown", 5)


def test_it_trips_without_a_reason_too() -> None:
    """An empty reason must not leave it closed."""
    breaker = CircuitBreaker()

    breaker.trip("", 5)

    assert breaker.is_tripped
    assert breaker.reason == "no reason given"


def test_it_is_reset_by_hand_with_a_reason() -> None:
    """Nothing else closes it."""
    breaker = CircuitBreaker()
    assert not breaker.reset("too early")
    breaker.trip("drawdown", 5)

    assert breaker.reset("looked at it")

    assert (breaker.is_tripped, breaker.tripped_ns, breaker.reset_reason) == (False, None, "looked at it")
    assert breaker.trip("again", 7)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reset_without_a_reason_is_refused(reason: str) -> None:
    """Somebody must say why it is safe to go on."""
    breaker = CircuitBreaker()
    breaker.trip("drawdown", 5)

    with pytest.raises(InputError, match="say why"):
        breaker.reset(reason)

    assert breaker.is_tripped
