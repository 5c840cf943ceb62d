"""Tests of tradebus/matching/outcome.py."""

import pytest

from tradebus import events
from tradebus.matching import outcome


@pytest.mark.parametrize("name", ["Accepted", "Filled", "Canceled", "Expired", "Rejected"])
def test_an_outcome_has_the_fields_of_its_broker_event(name: str) -> None:
    """So the executor hands them on one by one; only the order's id has the venue's name for it."""
    fields = getattr(outcome, name).__struct_fields__
    told = getattr(events, f"Broker{name}").__struct_fields__

    assert [field.replace("venue_", "broker_") for field in fields] == list(told)


def test_an_outcome_does_not_change() -> None:
    """Outcomes are values."""
    told = outcome.Expired(1, "o1")

    with pytest.raises(AttributeError):
        told.time_ns = 2  # type: ignore[misc]
