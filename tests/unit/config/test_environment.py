"""Tests of tradebus/config/environment.py."""

import pytest

from tradebus.config.environment import forget_secrets, has_environment, variable


@pytest.mark.parametrize(
    "name", ["ALPACA_API_KEY", "TRADING_DRY_RUN", "RISK_ALLOW_SHORT", "STOPLOSS_X", "TRADEBUS__CASH"]
)
def test_a_variable_of_ours_is_seen(name: str) -> None:
    """Any of the five prefixes bears on the configuration."""
    assert has_environment({"HOME": "/", name: ""})


@pytest.mark.parametrize("name", ["HOME", "TRADEBUS_DATA", "MY_RISK_X", "risk_x"])
def test_other_variables_are_not(name: str) -> None:
    """A variable that only looks similar costs no import."""
    assert not has_environment({name: "1"})


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (("trading", "api_key"), "ALPACA_API_KEY"),
        (("enable_trading",), "TRADING_ENABLE"),
        (("risk", "allow_short"), "RISK_ALLOW_SHORT"),
        (("stop_loss", "position_stop_pct"), "STOPLOSS_POSITION_STOP_PCT"),
        (("matching", "fill_at"), "TRADEBUS__MATCHING__FILL_AT"),
        (("cash",), "TRADEBUS__CASH"),
    ],
)
def test_a_key_has_a_variable(key: tuple[str, ...], name: str) -> None:
    """The name of its own comes before the general form."""
    assert variable(key) == name


def test_secrets_are_taken_out_of_an_environment() -> None:
    """A process started later inherits no key, in none of its forms."""
    environ = {
        "ALPACA_API_KEY": "a",
        "ALPACA_API_SECRET_FILE": "b",
        "TRADEBUS__TRADING__API_KEY": "c",
        "ALPACA_BASE_URL": "d",
    }

    forget_secrets(environ)

    assert environ == {"ALPACA_BASE_URL": "d"}
