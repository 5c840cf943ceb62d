"""Tests of tradebus/config/keys.py."""

from decimal import Decimal

import pytest

from tradebus.config.keys import all_keys, allowed, dotted, field_of, leaves, plain
from tradebus.config.settings import LiveEngineConfig


def test_every_key_has_a_meaning() -> None:
    """Nothing is configurable that is not explained."""
    assert [dotted(key) for key, field in all_keys() if not field.description] == []


def test_the_leaves_of_a_configuration_are_its_keys() -> None:
    """Parameters and symbols one by one."""
    config = LiveEngineConfig.model_validate({"instruments": {"AAPL": {"lot": 1}}, "strategy": {"params": {"fast": 1}}})

    found = dict(leaves(config))

    assert found[("instruments", "AAPL", "lot")] == Decimal(1)
    assert found[("strategy", "params", "fast")] == 1
    assert found[("cash",)] == Decimal(100_000)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (("risk", "max_position_size"), "a number > 0 and <= 1,000,000,000, or none"),
        (("risk", "max_orders_per_minute"), "a whole number > 0 and <= 10,000, or none"),
        (("stop_loss", "position_stop_pct"), "a number > 0 and < 1, or none"),
        (("matching", "slippage_bps"), "a number >= 0 and <= 1,000"),
        (("matching", "fill_at"), "one of open, close, vwap"),
        (("risk", "allow_short"), "true or false"),
        (("instruments", "AAPL", "lot"), "a number > 0 and <= 1,000,000, or none"),
        (("trading", "api_key"), "a key, or none"),
        (("symbols",), "a list of symbols"),
        (("strategy", "params"), "a mapping"),
        (("data", "path"), "text, or none"),
    ],
)
def test_what_a_key_allows_is_told_for_people(key: tuple[str, ...], text: str) -> None:
    """The same words in the table and in the fix of an error."""
    field = field_of(key)

    assert field is not None
    assert allowed(field) == text


def test_below_params_there_are_no_fields() -> None:
    """There the constructor decides."""
    assert field_of(("strategy", "params", "fast")) is None


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1"), (10_000, "10,000"), (0.5, "0.5"), (1e9, "1,000,000,000"), (Decimal(100), "100")]
)
def test_numbers_have_no_exponent(number: float, text: str) -> None:
    """As people write them."""
    assert plain(number) == text
