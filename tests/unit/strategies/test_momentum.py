"""Tests of tradebus/strategies/momentum.py."""

import pytest

from tests.unit.strategies.market import closes, last_signals, snapshot, wishes
from tradebus.errors import InputError
from tradebus.strategies.momentum import MomentumStrategy


def test_the_sign_of_the_change_decides_without_a_threshold() -> None:
    """Over two bars: flat, up, down; the first change of all cannot cross anything."""
    strategy = MomentumStrategy(lookback=2)

    found = wishes(strategy, [snapshot(each) for each in closes("AAPL", [10, 11, 12, 10, 11, 13, 13, 12])])

    # Changes from bar 2 on: +20 %, -9 %, -8 %, +30 %, +18 %, -8 %.
    assert strategy.warmup == 3
    assert found == [(3, "AAPL", "SELL"), (5, "AAPL", "BUY"), (7, "AAPL", "SELL")]


def test_nothing_is_said_between_the_thresholds() -> None:
    """A wish stands until the opposite line is crossed; a line that is only touched is not crossed."""
    strategy = MomentumStrategy(lookback=1, threshold=0.5)

    found = wishes(strategy, [snapshot(each) for each in closes("AAPL", [8, 8, 12, 20, 20, 16, 8, 3, 3, 6])])

    # Changes: 0, +50 % (touched), +67 %, 0, -20 %, -50 % (touched), -63 %, 0, +100 %.
    assert found == [(3, "AAPL", "BUY"), (7, "AAPL", "SELL"), (9, "AAPL", "BUY")]


def test_a_signal_carries_what_led_to_it() -> None:
    """The change and the line that it crossed."""
    strategy = MomentumStrategy(lookback=1, threshold=0.25)

    signals = last_signals(strategy, [snapshot(each) for each in closes("AAPL", [8, 8, 4])])

    assert signals[0]["indicators"] == {"roc": -0.5, "threshold": -0.25}
    assert signals[0]["reason"] == "1-bar rate of change -50.0000% crossed below -25.0000%"


def test_symbols_do_not_see_each_other() -> None:
    """Each has its own past."""
    one, other = closes("AAPL", [10, 10, 11, 11]), closes("MSFT", [10, 10, 10, 9])

    found = wishes(MomentumStrategy(lookback=1), [snapshot(*pair) for pair in zip(one, other, strict=True)])

    assert found == [(2, "AAPL", "BUY"), (3, "MSFT", "SELL")]


@pytest.mark.parametrize(
    ("lookback", "threshold", "field"),
    [(0, 0.0, "lookback=0"), (5, -0.1, "threshold="), (5, float("nan"), "threshold")],
)
def test_parameters_out_of_range_are_refused(lookback: int, threshold: float, field: str) -> None:
    """The message names the parameter and its value."""
    with pytest.raises(InputError, match=field):
        MomentumStrategy(lookback=lookback, threshold=threshold)
