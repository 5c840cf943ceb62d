"""Tests of tradebus/cli/exit_codes.py."""

from tradebus import errors
from tradebus.cli.exit_codes import EPILOG


def test_the_epilog_names_every_code_that_an_error_has() -> None:
    """What a script may see is documented."""
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.TradebusError)]
    named = {int(line.split()[0]) for line in EPILOG.splitlines()[2:]}

    assert {kind.exit_code for kind in kinds} | {0, 130} == named
