"""Tests of tradebus/config/sections.py."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tradebus.config.sections import (
    DataConfig,
    InstrumentConfig,
    MatchingConfig,
    PluginConfig,
    RiskConfig,
    StopLossConfig,
)
from tradebus.risk.limits import Limits
from tradebus.risk.settings import RiskSettings

NUMBERS = [
    "max_position_size",
    "max_position_value",
    "max_total_exposure",
    "max_exposure_pct",
    "max_orders_per_minute",
    "max_orders_per_symbol_per_minute",
]


def test_limits_are_off_unless_they_are_set() -> None:
    """None is no limit; short sales and odd hours are refused by default."""
    assert RiskConfig().model_dump() == {
        **dict.fromkeys(NUMBERS),
        "max_price_deviation_pct": None,
        "allow_short": False,
        "regular_hours_only": True,
    }


def test_limits_and_stops_are_what_the_checks_and_stops_take() -> None:
    """Every key of a section is an argument of what it configures."""
    assert Limits(**RiskConfig().model_dump()) == Limits()
    assert RiskSettings(**StopLossConfig().model_dump()) == RiskSettings()


@pytest.mark.parametrize("name", NUMBERS)
@given(
    value=st.one_of(
        st.floats(max_value=0),
        st.integers(max_value=0),
        st.just(float("nan")),
        st.floats(min_value=1e13),
        st.booleans(),
    )
)
def test_a_limit_that_limits_nothing_is_refused(name: str, value: float) -> None:
    """Zero, negative, NaN, absurd and boolean limits are mistakes."""
    with pytest.raises(ValidationError):
        RiskConfig.model_validate({name: value})


@given(value=st.floats(min_value=1e-9, max_value=10, exclude_max=True))
def test_a_limit_above_zero_is_taken_as_it_is(value: float) -> None:
    """Nothing is rounded."""
    assert RiskConfig(max_position_value=value).max_position_value == value


def test_a_count_is_a_whole_number() -> None:
    """Two and a half orders are a mistake; 30.0 is 30."""
    assert RiskConfig(max_orders_per_minute=30).max_orders_per_minute == 30
    with pytest.raises(ValidationError):
        RiskConfig.model_validate({"max_orders_per_minute": 2.5})


@pytest.mark.parametrize("section", [RiskConfig, StopLossConfig, PluginConfig, MatchingConfig, DataConfig])
def test_an_unknown_key_is_refused(section: type[Any]) -> None:
    """Also where a section is made without a file."""
    with pytest.raises(ValidationError, match="Extra inputs"):
        section(max_ordrs=1)


def test_a_section_never_changes() -> None:
    """What was checked is what is used."""
    config = RiskConfig()

    with pytest.raises(ValidationError, match="frozen"):
        config.allow_short = True


def test_matching_has_the_engines_defaults() -> None:
    """Close, a tenth of the volume, no slippage, no commission."""
    config = MatchingConfig()

    assert (config.fill_at, config.max_volume_pct, config.slippage_bps) == ("close", 0.1, 0.0)
    assert config.commission == PluginConfig(name=None, params={})


@pytest.mark.parametrize(
    "value", [{"max_volume_pct": 0}, {"max_volume_pct": 1.1}, {"slippage_bps": -1}, {"slippage_bps": 1001}]
)
def test_matching_refuses_what_cannot_be(value: dict[str, float]) -> None:
    """More than the whole volume, or a gain from slippage."""
    with pytest.raises(ValidationError):
        MatchingConfig.model_validate(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": 1}, [[1]], object()])
def test_a_parameter_is_a_plain_value(value: object) -> None:
    """Text, finite numbers, booleans and lists of these; the constructor checks the rest."""
    with pytest.raises(ValidationError, match="must be text, a finite number"):
        PluginConfig(name="macd", params={"fast": value})


def test_parameters_are_kept_as_they_are() -> None:
    """No conversion before the constructor's own."""
    params = {"a": 1, "b": 0.5, "c": "x", "d": None, "e": [1, 2], "f": True}

    assert PluginConfig(name="macd", params=params).params == params


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", None])
def test_a_zone_that_exists_is_taken(zone: str | None) -> None:
    """None refuses times without a zone later."""
    assert DataConfig(timezone=zone).timezone == zone


@pytest.mark.parametrize("zone", ["America/Atlantis", "../../etc/passwd", "/etc/passwd", "America"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    """No name reaches outside the zone data."""
    with pytest.raises(ValidationError, match="is no time zone"):
        DataConfig(timezone=zone)


def test_steps_of_an_instrument_are_exact() -> None:
    """A tenth is a tenth."""
    config = InstrumentConfig.model_validate({"lot": 0.1, "tick": "0.05", "fractional": True})

    assert (config.lot, config.tick) == (Decimal("0.1"), Decimal("0.05"))


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"fractional": False, "lot": 0.5}, "is a fraction, but fractional is false"),
        ({"fractional": True, "lot": 1}, "is a whole number, but fractional is true"),
        ({"lot": 0}, "greater than 0"),
        ({"tick": -1}, "greater than 0"),
    ],
)
def test_steps_that_contradict_are_refused(value: dict[str, object], problem: str) -> None:
    """A lot and `fractional` have to agree."""
    with pytest.raises(ValidationError, match=problem):
        InstrumentConfig.model_validate(value)
