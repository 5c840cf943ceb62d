"""Tests of tradebus/config/settings.py."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tradebus.config.settings import LiveEngineConfig
from tradebus.engine.build import DEFAULTS
from tradebus.errors import ConfigError


def test_defaults_are_those_of_a_session_without_configuration() -> None:
    """The fast path of the command line and the models never differ."""
    dumped = LiveEngineConfig().model_dump()

    expected = {key: value for key, value in DEFAULTS.items() if key not in ("risk", "stop_loss")}

    assert {key: dumped[key] for key in expected} == expected


def test_systems_defaults() -> None:
    """Paper, orders on, 100,000 dollars."""
    config = LiveEngineConfig()

    assert (config.enable_trading, config.trading.paper_mode, config.cash) == (True, True, Decimal(100_000))


def test_a_yaml_file_is_read_with_the_environment_over_it(tmp_path: Path) -> None:
    """As SYSTEM says: from_yaml, and the variables."""
    path = tmp_path / "live.yaml"
    path.write_text("symbols: [AAPL]\nrisk: {max_position_size: 5}\n")

    config = LiveEngineConfig.from_yaml(str(path), {"RISK_MAX_POSITION_SIZE": "6"})

    assert (config.symbols, config.risk.max_position_size) == (("AAPL",), 6.0)


def test_the_processs_own_environment_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """from_env() and from_yaml() need no argument for it."""
    monkeypatch.setenv("STOPLOSS_POSITION_STOP_PCT", "0.07")
    path = tmp_path / "live.yaml"
    path.write_text("")

    assert LiveEngineConfig.from_env().stop_loss.position_stop_pct == 0.07
    assert LiveEngineConfig.from_yaml(path).stop_loss.position_stop_pct == 0.07


def test_a_mistake_is_a_config_error() -> None:
    """Exit code 3."""
    with pytest.raises(ConfigError) as caught:
        LiveEngineConfig.from_env({"RISK_ALLOW_SHORT": "x"})

    assert caught.value.exit_code == 3


def test_instruments_are_keyed_by_canonical_symbols() -> None:
    """Two spellings of one pair are the same instrument."""
    config = LiveEngineConfig.model_validate({"instruments": {"btc-usd": {"lot": 0.1}}})

    assert list(config.instruments) == ["BTC/USD"]
    with pytest.raises(ValidationError, match="has a symbol twice"):
        LiveEngineConfig.model_validate({"instruments": {"btc-usd": {}, "BTC/USD": {}}})


def test_no_symbols_is_an_empty_list() -> None:
    """What to trade may come later, from a flag."""
    assert LiveEngineConfig.model_validate({"symbols": None}).symbols == ()


@given(
    cash=st.decimals(min_value=1, max_value=10**11, places=2),
    share=st.floats(min_value=0.01, max_value=8),
)
def test_a_dollar_limit_has_to_be_within_reach_of_the_account(cash: Decimal, share: float) -> None:
    """Above four times the cash it limits nothing, below it is taken."""
    limit = float(cash) * share
    values = {"cash": cash, "risk": {"max_total_exposure": limit}}

    if limit > 4 * cash:
        with pytest.raises(ValidationError, match="limits nothing"):
            LiveEngineConfig.model_validate(values)
    else:
        assert LiveEngineConfig.model_validate(values).risk.max_total_exposure == limit
