"""Tests of tradebus/cli/config.py."""

import json
import os
from pathlib import Path

import pytest

from tradebus.cli.config import parse_settings
from tradebus.cli.main import main
from tradebus.config.environment import is_ours
from tradebus.errors import InputError

CANARY = "PKCANARY1234567890"
CONFIGS = sorted((Path(__file__).parents[3] / "configs").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out what the developer's own environment may say."""
    for name in filter(is_ours, list(os.environ)):
        monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small configuration."""
    path = tmp_path / "a.yaml"
    path.write_text("symbols: [AAPL, MSFT]\nrisk: {max_position_size: 5}\n")
    return path


def test_show_says_where_each_value_is_from(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Key, value, origin in columns; secrets are masked."""
    monkeypatch.setenv("ALPACA_API_KEY", CANARY)
    monkeypatch.setenv("RISK_ALLOW_SHORT", "true")

    assert main(["config", "show", str(file), "--set", "cash=5000"]) == 0

    output = capsys.readouterr().out
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in output.splitlines()}
    assert CANARY not in output
    assert rows["trading.api_key"].split() == ["***", "env", "ALPACA_API_KEY"]
    assert rows["symbols"].split() == ["AAPL,", "MSFT", "file", str(file)]
    assert rows["risk.allow_short"].split() == ["true", "env", "RISK_ALLOW_SHORT"]
    assert rows["cash"].split() == ["5000", "flag", "--capital"]
    assert rows["risk.max_total_exposure"].split() == ["none", "default"]


def test_show_as_json_is_one_document(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts."""
    assert main(["config", "show", "--config", str(file), "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["risk.max_position_size"] == {"value": 5.0, "origin": f"file {file}"}
    assert document["symbols"]["value"] == ["AAPL", "MSFT"]


def test_show_without_anything_is_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    """What a session does when nobody says otherwise."""
    assert main(["config", "show"]) == 0

    assert all(line.endswith("default") for line in capsys.readouterr().out.splitlines())


def test_show_of_a_mistake_is_exit_code_3(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the flag that made it."""
    assert main(["config", "show", str(file), "--set", "cash=-1"]) == 3

    assert capsys.readouterr().err.startswith("error: --capital=-1: must be > 0.")


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_examples_check(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Keys, values, strategy, sizer and commission."""
    assert main(["config", "check", str(path)]) == 0

    assert capsys.readouterr().out == f"{path}: ok\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("strategy: {name: mcad}", "no such strategy"),
        ("strategy: {name: macd, params: {fats: 3}}", "strategy.params.fats=3"),
        ("strategy: {name: macd, params: {fast: 0}}", "fast=0"),
        ("sizer: {name: fixed, params: {pct: 1}}", "sizer.params.pct=1"),
        ("matching: {commission: {name: free}}", "commission=free"),
        ("matching: {commission: {name: bps, params: {bps: -1}}}", "bps=-1"),
        ("cash: 0", ":1: cash=0: must be > 0."),
    ],
)
def test_check_makes_what_the_file_names(
    text: str, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plug-in that is not there, or refuses its parameters, is found before a session is."""
    path = tmp_path / "a.yaml"
    path.write_text(text)

    assert main(["config", "check", str(path)]) == 3

    line = capsys.readouterr().err
    assert line.startswith(f"error: {path}")
    assert problem in line
    assert ". Fix: " in line


def test_check_names_every_problem_of_every_file(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file by itself, good ones are said to be."""
    bad = tmp_path / "b.yaml"
    bad.write_text("cash: 0\nfoo: 1\n")

    assert main(["config", "check", str(bad), str(file), str(tmp_path / "none.yaml")]) == 3

    captured = capsys.readouterr()
    assert captured.out == f"{file}: ok\n"
    assert len(captured.err.splitlines()) == 3


def test_check_looks_at_the_environment_too(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether the session would start, is the question."""
    monkeypatch.setenv("TRADING_PAPER_MODE", "false")

    assert main(["config", "check", str(file)]) == 3
    assert "is not the live account" in capsys.readouterr().err


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """For editors."""
    assert main(["config", "schema"]) == 0

    assert json.loads(capsys.readouterr().out)["title"] == "tradebus configuration"


def test_settings_are_keys_and_values() -> None:
    """A value may have a `=` of its own."""
    assert parse_settings(["cash=5", "data.path=a=b"]) == {"cash": "5", "data.path": "a=b"}


@pytest.mark.parametrize("settings", [["cash"], [f"{CANARY}"], ["=5"], ["cash=1", "cash=2"], ["cash=1", " cash=2"]])
def test_a_setting_that_is_none_is_refused(settings: list[str]) -> None:
    """And not shown where it may be a secret."""
    with pytest.raises(InputError) as caught:
        parse_settings(settings)

    assert CANARY not in str(caught.value)
