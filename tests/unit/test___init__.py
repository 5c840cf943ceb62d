"""Tests of tradebus/__init__.py."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import tradebus


@pytest.mark.parametrize("name", tradebus.__all__)
def test_every_name_can_be_imported(name: str) -> None:
    """From its home, under its own name."""
    found = getattr(tradebus, name)

    assert found.__name__ == name
    assert found.__module__.startswith("tradebus.")


def test_the_tables_of_names_agree() -> None:
    """What is exported has a home, and the other way round; sorted, so that it can be read."""
    assert sorted(tradebus._HOME_OF) == sorted(tradebus.__all__)
    assert len(set(tradebus.__all__)) == len(tradebus.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As of any module, so that `hasattr` and `from tradebus import x` work."""
    assert not hasattr(tradebus, "LiveTradingEnigne")
    with pytest.raises(AttributeError, match="module 'tradebus' has no attribute 'x'"):
        _ = tradebus.x


def test_a_submodule_is_itself() -> None:
    """Names do not get in the way of modules."""
    import tradebus.errors

    assert tradebus.errors.TradebusError.__module__ == "tradebus.errors"


def test_the_version_is_that_of_the_distribution() -> None:
    """It stands in two places."""
    assert tradebus.__version__ == version("tradebus")


def test_importing_it_costs_nothing() -> None:
    """No library and none of its own modules is loaded before a name is used."""
    code = (
        "import sys; before = set(sys.modules); import tradebus\n"
        "print(*sorted(name for name in set(sys.modules) - before if name.startswith(('tradebus', 'msgspec', 'polars',"
        " 'numpy', 'click', 'pydantic', 'asyncio', 'decimal'))))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["tradebus"]
