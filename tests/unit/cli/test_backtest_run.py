"""Tests of tradebus/cli/backtest_run.py; tests/flow/ runs the command with every bad input and every output."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tradebus.cli.backtest import backtest
from tradebus.cli.backtest_run import run
from tradebus.config.environment import is_ours
from tradebus.errors import ConfigError, InputError, NotFoundError

type Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """A function that runs a backtest of AAPL in an empty folder and returns its manifest."""
    monkeypatch.chdir(tmp_path)
    for name in filter(is_ours, list(os.environ)):
        monkeypatch.delenv(name)

    def call(*arguments: str, **environ: str) -> dict[str, Any]:
        short = ["--symbol", "AAPL", "--end", "2011-03-15", "--quiet", *arguments]
        run(backtest.make_context("backtest", short).params, environ)
        manifest: dict[str, Any] = json.loads(Path("runs/latest/manifest.json").read_text())
        return manifest

    return call


def test_the_manifest_holds_the_settings_of_all_layers(call: Call) -> None:
    """Flags over the environment over files over defaults."""
    Path("a.yaml").write_text("cash: 5000\ntime_in_force: day\nmatching: {slippage_bps: 3}\n")

    config = call("--config", "a.yaml", "--tif", "ioc", TRADEBUS__CASH="6000")["config"]

    assert config["cash"] == "6000"
    assert config["time_in_force"] == "ioc"
    assert config["matching"]["slippage_bps"] == 3
    assert config["strategy"]["name"] == "macd"


def test_a_positions_size_is_the_first_parameter_of_the_sizer(call: Call) -> None:
    """Of the chosen one, wherever it was chosen."""
    Path("a.yaml").write_text("sizer: {name: fixed, params: {fixed_qty: 3}}\n")

    assert call("--position-size", "0.2")["config"]["sizer"]["params"] == {"pct": "0.2"}
    assert call("--sizer", "fixed", "--position-size", "5")["config"]["sizer"]["params"] == {"fixed_qty": "5"}
    assert call("--config", "a.yaml", "--position-size", "5")["config"]["sizer"]["params"] == {"fixed_qty": "5"}


def test_a_sizer_without_parameters_has_no_size(call: Call) -> None:
    """So the flag is refused, not ignored."""
    Path("mine.py").write_text("class Mine:\n    def calculate_qty(self, signal, portfolio, price): return 1\n")

    with pytest.raises(InputError, match=r"--position-size=5: mine\.py takes none"):
        call("--sizer", "mine.py", "--position-size", "5")
    assert call("--sizer", "mine.py")["config"]["sizer"]["name"] == "mine.py"


@pytest.mark.parametrize("flags", [(), ("--position-size", "0.1")])
def test_no_sizer_is_no_session(call: Call, flags: tuple[str, ...]) -> None:
    """There has to be one."""
    with pytest.raises(ConfigError, match=r"sizer\.name=none: there has to be a sizer"):
        call("--set", "sizer.name=none", *flags)


def test_an_error_has_the_name_and_kind_of_who_set_the_value(call: Call) -> None:
    """A file's is a configuration's, unless something is not there."""
    Path("a.yaml").write_text("strategy: {name: macd, params: {fast: 99}}\nsizer: {name: zz}\n")

    with pytest.raises(ConfigError, match=r"^a\.yaml: strategy\.params\.fast=99: "):
        call("--config", "a.yaml")
    with pytest.raises(NotFoundError, match=r"^a\.yaml: sizer\.name=zz: "):
        call("--config", "a.yaml", "--param", "fast=5")
    with pytest.raises(NotFoundError, match=r"^a\.yaml: sizer\.name=zz: "):
        call("--config", "a.yaml", "--position-size", "1")
    with pytest.raises(InputError, match=r"^--param fast=98: ") as caught:
        call("--config", "a.yaml", "--param", "fast=98")
    assert type(caught.value) is InputError


def test_a_place_for_runs_is_found_before_the_run(call: Call) -> None:
    """What cannot be written is said at once."""
    Path("runs").write_text("")

    with pytest.raises(InputError, match=r"^--out=runs/\.new-\d+: "):
        call("--strategy", "nowhere.py")


def test_several_timeframes_are_run_in_the_order_of_their_length(call: Call) -> None:
    """The shortest is the session's."""
    days = "".join(f"2011-01-{day:02},1,1,1,1,9\n" for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14))
    Path("bars").mkdir()
    Path("bars/AAPL_1Day.csv").write_text("date,open,high,low,close,volume\n" + days)
    Path("bars/AAPL_1Week.csv").write_text(
        "date,open,high,low,close,volume\n2011-01-03,1,1,1,1,9\n2011-01-10,1,1,1,1,9\n"
    )

    manifest = call("--data", "bars", "--timeframe", "1Week,1Day")

    assert manifest["run"]["timeframes"] == ["1Day", "1Week"]
    assert manifest["config"]["timeframe"] == "1Day"
