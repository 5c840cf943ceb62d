"""Tests of tradebus/config/reference.py."""

import json
from pathlib import Path

import pytest

from tradebus.config.keys import all_keys, dotted
from tradebus.config.loader import load
from tradebus.config.reference import json_schema, reference_table, shown_values

ROOT = Path(__file__).parents[3]
CANARY = "PKCANARY1234567890"


def test_the_documentation_has_exactly_the_table_of_the_models() -> None:
    """To write it anew: replace everything below "Every key" by `reference_table()`."""
    text = (ROOT / "docs" / "configuration.md").read_text()

    assert text.partition("## Every key\n\n")[2] == reference_table()


def test_the_table_has_a_row_for_every_key() -> None:
    """With meaning, what is allowed, default and variable."""
    rows = reference_table().splitlines()[2:]

    assert [row.split("`")[1] for row in rows] == [dotted(key) for key, _ in all_keys()]
    assert all(row.count(" | ") == 4 for row in rows)


def test_shown_values_are_plain_and_without_secrets() -> None:
    """They can be written as JSON."""
    environ = {"ALPACA_API_KEY": CANARY, "TRADEBUS__INSTRUMENTS__AAPL__LOT": "0.5"}

    rows = {key: (value, origin) for key, value, origin in shown_values(load([], environ, {}))}

    assert CANARY not in json.dumps(rows)
    assert rows["trading.api_key"] == ("***", "env ALPACA_API_KEY")
    assert rows["instruments.AAPL.lot"] == ("0.5", "env TRADEBUS__INSTRUMENTS__AAPL__LOT")
    assert rows["symbols"] == ([], "default")


def test_the_schema_is_closed_and_explains_itself() -> None:
    """Editors complete keys, and mark those that do not exist."""
    schema = json_schema()

    assert schema["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())
    assert schema["properties"]["cash"]["description"].startswith("Dollars")
    assert "Attributes" not in json.dumps(schema)


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_loads_and_comments_each_key(path: Path) -> None:
    """An example that does not explain a line teaches nothing."""
    config = load([path], {}, {}).config

    assert config.symbols
    assert config.strategy.name == path.stem.partition("_")[0]
    headings = {"params:", "commission:", "strategy:", "sizer:", "BTC/USD:", "instruments:"}
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    bare = [line for line in lines if "#" not in line and line not in headings]
    assert len(bare) <= len(lines) // 4, bare


def test_there_are_three_examples() -> None:
    """One for each strategy that comes with the package."""
    names = sorted(path.name for path in (ROOT / "configs").glob("*.yaml"))

    assert names == ["alpha_basket.yaml", "macd_daily.yaml", "momentum_hourly.yaml"]
