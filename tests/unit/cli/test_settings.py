"""Tests of tradebus/cli/settings.py."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tradebus.cli import settings
from tradebus.cli.settings import origin, read_cash, read_day, read_pairs, read_path, refuse_empty, resolve
from tradebus.engine.build import DEFAULTS
from tradebus.errors import ConfigError, InputError
from tradebus.model.timeframe import Timeframe


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small configuration."""
    path = tmp_path / "a.yaml"
    path.write_text("cash: 5000\nstrategy: {name: momentum, params: {lookback: 7}}\n")
    return path


def test_without_anything_the_defaults_hold() -> None:
    """And they are a copy, so that a run cannot change the next one's."""
    made = resolve([], {}, {"cash": None})

    assert made == DEFAULTS
    made["matching"]["commission"]["params"]["x"] = 1
    assert resolve([], {}, {}) == DEFAULTS


def test_the_defaults_are_those_of_the_configuration(file: Path) -> None:
    """They stand in two places, for the models take longer to load than a backtest takes."""
    file.write_text("")

    loaded = resolve([file], {}, {})

    for key, value in DEFAULTS.items():
        if key in ("risk", "stop_loss"):
            continue
        assert loaded[key] == value, key


def test_flags_win_over_the_environment_and_that_over_files(file: Path) -> None:
    """Each layer goes over the one before."""
    environ = {"TRADEBUS__CASH": "6000", "RISK_MAX_POSITION_SIZE": "5"}

    assert resolve([file], {}, {})["cash"] == 5000
    assert resolve([file], environ, {})["cash"] == 6000
    assert resolve([file], environ, {"cash": Decimal(7000)})["cash"] == 7000
    assert resolve([file], environ, {"cash": Decimal(7000)}, {"cash": "8000"})["cash"] == 8000
    assert resolve([], environ, {})["risk"]["max_position_size"] == 5


def test_a_new_strategy_takes_the_old_ones_parameters_with_it(file: Path) -> None:
    """But not its own, wherever they stand on the command line."""
    assert resolve([file], {}, {"strategy.name": "macd"})["strategy"] == {"name": "macd", "params": {}}
    own = {"strategy.params.fast": "8"}
    assert resolve([file], {}, own, {"strategy.name": "macd"})["strategy"] == {"name": "macd", "params": {"fast": 8}}
    assert resolve([], {}, {"sizer.params.qty": "5", "sizer.name": "fixed"})["sizer"]["params"] == {"qty": "5"}
    assert resolve([], {}, {"sizer.name": "percent"})["sizer"]["params"] == {"pct": 0.1}


def test_a_parameter_may_have_any_name() -> None:
    """What it means is the plug-in's business, and it refuses what it does not know."""
    for sets in ({}, {"cash": "5"}):
        made = resolve([], {}, {"strategy.params.../x": "1"}, sets)
        assert str(made["strategy"]["params"]["../x"]) == "1"


@pytest.mark.parametrize(
    "key", ["cashh", "foo.bar.baz", "risk", "cash.x", "strategy.params", "time_in_force.x", ".", ""]
)
def test_set_takes_known_keys_only(key: str) -> None:
    """A slip is no setting, and a section is no value."""
    with pytest.raises(ConfigError):
        resolve([], {}, {}, {key: "5"})


def test_flags_alone_do_not_load_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take longer than a whole backtest of ten years of daily bars."""

    def load(*_: object) -> None:
        pytest.fail("the models were asked for")

    monkeypatch.setattr("tradebus.config.load", load, raising=False)

    assert resolve([], {}, {"cash": Decimal(5), "strategy.params.fast": "8"})["cash"] == 5


def test_who_set_a_key_is_known(file: Path) -> None:
    """A flag by its name, a file by its own, and a variable by its own."""
    overrides, sets, environ = {"time_in_force": "day"}, {"matching.fill_at": "open"}, {"TRADEBUS__DATA__PATH": "x"}

    def found(key: str) -> tuple[str, bool]:
        return origin(key, [file], environ, overrides, sets)

    assert found("time_in_force") == ("--tif", False)
    assert found("matching.fill_at") == ("--set matching.fill_at", True)
    assert found("cash") == (f"{file}: cash", True)
    assert found("strategy.params.lookback") == (f"{file}: strategy.params.lookback", True)
    assert found("data.path") == ("TRADEBUS__DATA__PATH", True)
    assert found("timeframe") == ("--timeframe", False)
    assert origin("timeframe", [], {}, {}) == ("--timeframe", False)
    assert origin("sizer.params.pct", [], {}, {"sizer.params.pct": "2"}) == ("--sizer-param pct", False)


def test_an_empty_flag_is_refused() -> None:
    """An empty shell variable must not mean the default."""
    refuse_empty({"out": None, "params": (), "verbose": 0, "symbols": ("AAPL",), "data": "x"})

    given: list[tuple[dict[str, object], str]] = [
        ({"data": " "}, "--data"),
        ({"max_volume": ""}, "--max-volume"),
        ({"sets": ("a", "")}, "--set"),
    ]
    for flags, field in given:
        with pytest.raises(InputError) as caught:
            refuse_empty(flags)
        assert caught.value.field == field


def test_a_path_is_one_that_can_exist(tmp_path: Path) -> None:
    """Whether it does is another question."""
    assert read_path("--out", None) is None
    for path in (tmp_path, tmp_path / "new", tmp_path / "a" / "b"):
        assert read_path("--out", str(path)) == path
    for text in ("a\0b", "a" * 5000):
        with pytest.raises(InputError, match="--out="):
            read_path("--out", text)


def test_pairs_have_a_key_and_are_given_once() -> None:
    """The rest of the text is the value, equal signs too."""
    assert read_pairs("--param", ["fast = 8", "reason=a=b", "empty="]) == {"fast": "8", "reason": "a=b", "empty": ""}
    for pairs in (["fast"], ["=8"], ["fast=8", "fast=9"]):
        with pytest.raises(InputError, match="--param="):
            read_pairs("--param", pairs)


def test_days_and_moments_are_told_apart() -> None:
    """A moment has a zone."""
    assert read_day("--start", None) is None
    assert read_day("--start", "2023-01-31") == date(2023, 1, 31)
    assert read_day("--start", "2023-01-31T09:30:00-05:00") == datetime.fromisoformat("2023-01-31T14:30:00+00:00")
    for text in ("2023-02-30", "yesterday", "2023-01-31T09:30:00", "2023-01-31T25:00:00Z"):
        with pytest.raises(InputError, match="--start="):
            read_day("--start", text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1e400", "ten", "1e13"])
def test_cash_is_dollars(text: str) -> None:
    """Above 0 and no more than there is."""
    with pytest.raises(InputError, match="--capital="):
        read_cash(text)


@pytest.mark.parametrize(
    ("read", "good", "value", "bad"),
    [
        (settings.read_volume, "0.5", 0.5, ["0", "1.1", "nan", "x"]),
        (lambda text: settings.read_number("--slippage", text, 0, 1000, "10"), "10", 10.0, ["-1", "1e9", "nan", "x"]),
        (lambda text: settings.read_choice("--tif", text, settings.TIMES_IN_FORCE), " GTC ", "gtc", ["forever"]),
        (settings.read_cash, "1e3", Decimal(1000), ["0"]),
    ],
)
def test_a_value_is_read_or_refused(
    read: Callable[[str | None], object], good: str, value: object, bad: list[str]
) -> None:
    """And None stays None: the flag was not given."""
    assert read(None) is None
    assert read(good) == value
    for text in bad:
        with pytest.raises(InputError, match="Fix: "):
            read(text)


def test_several_symbols_and_timeframes_come_in_one_flag() -> None:
    """Separated by commas, each once."""
    assert settings.read_symbols(["aapl, msft", "AAPL", "btc-usd,"]) == ("AAPL", "MSFT", "BTC/USD")
    assert settings.read_timeframes(None) == []
    assert settings.read_timeframes("1day, 1Hour") == [Timeframe.DAY_1, Timeframe.HOUR_1]
