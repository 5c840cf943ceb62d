"""Tests of tradebus/config/__init__.py."""

import subprocess
import sys

import pytest

import tradebus.config


def test_importing_the_package_loads_neither_models_nor_libraries() -> None:
    """A command without a configuration never pays for pydantic and YAML."""
    program = (
        "import sys, tradebus.config as c; c.has_environment({'RISK_X': '1'});"
        "print(*(m for m in ('pydantic', 'yaml', 'asyncio', 'numpy') if m in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", tradebus.config.__all__)
def test_every_name_can_be_imported(name: str) -> None:
    """What `__all__` promises is there."""
    assert getattr(tradebus.config, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The lazy module behaves like any other."""
    with pytest.raises(AttributeError, match="has no attribute nothing"):
        _ = tradebus.config.nothing
