"""Tests of tradebus/config/problems.py."""

import pytest

from tradebus.config.problems import problem_of, shown_value, together
from tradebus.errors import ConfigError


def test_several_problems_are_one_error_of_several_lines() -> None:
    """Its fields are the first one's, its code is 3."""
    error = together([ConfigError("a", 1, "is bad", "do this"), ConfigError("b", 2, "is worse", "do that")])

    assert str(error) == "a=1: is bad. Fix: do this\nb=2: is worse. Fix: do that"
    assert (error.field, error.exit_code) == ("a", 3)


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        (("trading", "api_key"), "canary", "***"),
        (("trading", "api_secret"), None, "***"),
        (("trading", "base_url"), "https://user:canary@host/x?k=canary", "https://***@host/x?***"),
        (("trading", "base_url"), "https://host#canary", "https://host#***"),
        (("trading", "base_url"), 5, 5),
        (("cash",), -1, -1),
        (("symbols",), ["A", True], ["A", True]),
        (("symbols",), {"a": 1}, "..."),
        (("symbols",), [["canary"]], "..."),
    ],
)
def test_a_message_shows_a_value_without_its_secrets(key: tuple[str, ...], value: object, shown: object) -> None:
    """Keys never, addresses without what stands before the host and after the path."""
    assert shown_value(key, value) == shown


def test_a_percentage_by_mistake_gets_the_fraction_as_its_fix() -> None:
    """The error that costs most is named when it is seen."""
    details = {"type": "less_than", "ctx": {"lt": 1.0}}

    error = problem_of(details, ("stop_loss", "trailing_stop_pct"), 7.5, "a.yaml:1: x")

    assert str(error) == "a.yaml:1: x=7.5: must be < 1. Fix: write 0.075 for 7.5 %"


def test_an_error_of_an_unknown_kind_says_what_is_allowed() -> None:
    """Whatever the library calls it."""
    error = problem_of({"type": "new_kind"}, ("cash",), [], "x")

    assert error.problem == "must be a number > 0 and <= 1,000,000,000,000"
