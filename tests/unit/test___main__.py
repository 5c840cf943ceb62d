"""Tests of tradebus/__main__.py."""

import subprocess
import sys


def test_a_module_run_is_the_command() -> None:
    """`python -m tradebus` exits with the code."""
    done = subprocess.run([sys.executable, "-m", "tradebus", "zzz"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith("Usage: tradebus")
