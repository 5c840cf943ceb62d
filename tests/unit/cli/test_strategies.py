"""Tests of tradebus/cli/strategies.py."""

import json
from pathlib import Path

import pytest

from tradebus.cli.main import main
from tradebus.plugins import names


def test_all_strategies_are_listed_with_their_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    """Name and meaning, then a line for each parameter."""
    assert main(["strategies"]) == 0

    output = capsys.readouterr().out
    assert [name for name in names("strategy") if f"{name}: " not in output] == []
    assert "  fast=12" in output
    assert "  timeframe=1Day" in output


def test_one_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """By its name."""
    assert main(["strategies", "macd"]) == 0

    output = capsys.readouterr().out
    assert output.startswith("macd: ")
    assert "momentum" not in output


def test_a_file_of_ones_own_is_described_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Required parameters are marked, and words are those of a configuration."""
    path = tmp_path / "mine.py"
    path.write_text(
        "class Mine:\n"
        "    def __init__(self, pct: float, limit: float | None = None, loud: bool = True) -> None: ...\n"
        "    def generate_signals(self, snapshot): return []\n"
    )

    assert main(["strategies", str(path)]) == 0

    assert capsys.readouterr().out.splitlines() == [f"{path}:", "  pct=(required)", "  limit=none", "  loud=true"]


def test_other_plugins_are_listed_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    """Sizers are chosen in the same way."""
    assert main(["strategies", "--kind", "sizer"]) == 0

    assert "percent: " in capsys.readouterr().out


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts: types, defaults and what is required."""
    assert main(["strategies", "--json"]) == 0

    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    fast = next(one for one in found["macd"]["parameters"] if one["name"] == "fast")
    assert (fast["type"], fast["default"], fast["required"]) == ("int", 12, False)


def test_a_strategy_that_is_not_there_is_exit_code_4(capsys: pytest.CaptureFixture[str]) -> None:
    """With the nearest that is."""
    assert main(["strategies", "mcad"]) == 4

    assert "did you mean macd" in capsys.readouterr().err
