"""Tests of tradebus/engine/fingerprint.py."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import tradebus
from tradebus.engine.fingerprint import code_hash, config_hash
from tradebus.plugins import load
from tradebus.strategies.macd import MACDStrategy

HASH = re.compile(r"[0-9a-f]{64}")


def strategy(path: Path, text: str) -> Any:
    """Write a file with a strategy and return one of it."""
    path.write_text(text + "\n\n    def generate_signals(self, snapshot): return []\n")
    return load("strategy", str(path))()


def test_the_same_code_has_the_same_hash() -> None:
    """Our own classes are in it already."""
    assert HASH.fullmatch(code_hash())
    assert code_hash() == code_hash() == code_hash(MACDStrategy())


def test_a_users_file_counts_by_its_text(tmp_path: Path) -> None:
    """A changed strategy is other code, wherever the file lies."""
    first = code_hash(strategy(tmp_path / "a.py", "class Mine:\n    x = 1"))

    assert first == code_hash(strategy(tmp_path / "b.py", "class Mine:\n    x = 1"))
    assert first != code_hash(strategy(tmp_path / "c.py", "class Mine:\n    x = 2"))
    assert first != code_hash()


def test_a_class_without_a_file_counts_by_its_name() -> None:
    """It was made at a prompt."""
    names: dict[str, Any] = {"__name__": "prompt"}
    exec("class One: pass\nclass Two: pass", names)

    assert code_hash(names["One"]()) == code_hash(names["One"]())
    assert code_hash(names["One"]()) != code_hash(names["Two"]())


def test_a_change_of_the_package_is_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of every module counts, and where it lies."""
    monkeypatch.setattr(tradebus, "__file__", str(tmp_path / "__init__.py"))
    hashes = []
    for name, text in (("a.py", "x = 1"), ("a.py", "x = 2"), ("b.py", "x = 2")):
        for old in tmp_path.iterdir():
            old.unlink()
        (tmp_path / name).write_text(text)
        hashes.append(code_hash())

    assert len(set(hashes)) == 3


def test_the_order_of_settings_does_not_matter() -> None:
    """Their values do."""
    first = config_hash({"a": 1, "b": {"c": Decimal("1.5"), "d": [1, 2]}})

    assert HASH.fullmatch(first)
    assert first == config_hash({"b": {"d": [1, 2], "c": Decimal("1.5")}, "a": 1})
    assert first != config_hash({"a": 1, "b": {"c": Decimal("1.5"), "d": [2, 1]}})
