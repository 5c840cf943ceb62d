"""Tests of tradebus/config/flags.py."""

import pytest

from tradebus.cli.backtest import backtest
from tradebus.config.flags import FLAGS, PARAM_FLAGS, flag_of, parts_of

LATER = {"--dry-run", "--paper"}
"""Flags of commands that are not there yet."""


@pytest.mark.parametrize(
    ("key", "flag"),
    [
        ("cash", "--capital"),
        ("sizer.params.pct", "--position-size"),
        ("sizer.params.qty", "--sizer-param qty"),
        ("strategy.params.fast", "--param fast"),
        ("matching.commission.params.bps", "--commission-param bps"),
        ("risk.allow_short", "--set risk.allow_short"),
    ],
)
def test_a_key_has_the_name_of_its_flag(key: str, flag: str) -> None:
    """The flag's own name, that of its plug-in's parameters, or --set."""
    assert flag_of(key) == flag


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("cash", ("cash",)),
        ("matching.fill_at", ("matching", "fill_at")),
        ("instruments.BRK.B.lot", ("instruments", "BRK.B", "lot")),
        ("instruments.AAPL.lot", ("instruments", "AAPL", "lot")),
        ("instruments.AAPL", ("instruments", "AAPL")),
        ("strategy.params.../x", ("strategy", "params", "../x")),
        ("matching.commission.params.bps", ("matching", "commission", "params", "bps")),
    ],
)
def test_dots_of_symbols_and_parameters_are_their_own(key: str, parts: tuple[str, ...]) -> None:
    """BRK.B is one symbol, and what is after `params.` is one name."""
    assert parts_of(key) == parts


def test_the_command_has_these_flags() -> None:
    """A message never names a flag that is not there."""
    known = {name for parameter in backtest.params for name in parameter.opts}

    assert {*FLAGS.values(), *PARAM_FLAGS.values()} - LATER <= known
