"""Tests of tradebus/cli/backtest.py; tests/flow/ runs the command."""

from typing import Any

import pytest

from tradebus.cli import backtest_run
from tradebus.cli.backtest import backtest
from tradebus.cli.main import main


def test_every_flag_says_what_it_is_for() -> None:
    """And what holds without it, where something does."""
    assert [option.opts for option in backtest.params if not getattr(option, "help", "")] == []


def test_flags_are_passed_on_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they mean is read in one place, so that each has a complaint of its own."""
    seen: list[Any] = []
    monkeypatch.setattr(backtest_run, "run", lambda flags, environ: seen.append(flags))

    code = main(["backtest", "--symbol", "AAPL", "--symbols", "MSFT", "--capital", "x", "--param", "a=1", "-vv"])

    (flags,) = seen
    assert code == 0
    assert flags["symbols"] == ("AAPL", "MSFT")
    assert flags["capital"] == "x"
    assert flags["params"] == ("a=1",)
    assert flags["verbose"] == 2
    assert flags["out"] is None
    assert flags["keep_open"] is False
