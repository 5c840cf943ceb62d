"""Tests of tradebus/cli/flow.py; tests/flow/test_command.py runs every mode."""

import json

import pytest

from tradebus.cli.main import main


def test_the_graph_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """The mode, and each service with what it hears and says, the feed first."""
    assert main(["flow", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["mode"] == "backtest"
    assert document["services"][0]["name"] == "feed"
    assert set(document["services"][0]) == {"name", "kind", "hears", "says"}


def test_the_graph_is_text_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Or Graphviz source."""
    assert main(["flow"]) == 0
    assert capsys.readouterr().out.startswith("feed (edge)\n")

    assert main(["flow", "--mode", "dry-run", "--dot"]) == 0
    assert capsys.readouterr().out.startswith("digraph flow {\n")
