"""Tests of tradebus/analytics/trade_stats.py."""

import json
from pathlib import Path

import polars as pl
import pytest

from tradebus.analytics import trade_stats as stats

MIXED = [10.0, -4.0, 0.0, 20.0, -6.0, -2.0]


def test_figures_are_quantstats(market_data: Path) -> None:
    """On daily returns the figures agree with QuantStats to 1e-9."""
    name = "returns_SPY_1993_2009.parquet"
    returns = pl.read_parquet(market_data / name)["return"].to_list()
    theirs = json.loads((market_data / "reference/metrics.json").read_text())["series"][name]["quantstats"]

    ours = {
        "win_rate": stats.positive_share(returns),
        "avg_win": stats.average_win(returns),
        "avg_loss": stats.average_loss(returns),
        "payoff_ratio": stats.payoff_ratio(returns),
        "profit_factor": stats.profit_factor(returns),
        "best": max(returns),
        "worst": min(returns),
    }

    assert ours == pytest.approx({key: theirs[key] for key in ours}, rel=1e-9)


def test_breaking_even_is_neither_win_nor_loss() -> None:
    """A trade of zero counts among all, and in no average of wins or losses."""
    assert stats.win_rate(MIXED) == pytest.approx(2 / 6)
    assert stats.positive_share(MIXED) == pytest.approx(2 / 5)
    assert stats.average_win(MIXED) == 15.0
    assert stats.average_loss(MIXED) == -4.0
    assert stats.payoff_ratio(MIXED) == 3.75
    assert stats.profit_factor(MIXED) == 2.5
    assert stats.expectancy(MIXED) == 3.0


def test_streaks_end_at_a_trade_of_the_other_kind() -> None:
    """A trade of zero ends both streaks."""
    assert stats.longest_streak([1.0, 2.0, 0.0, 3.0, -1.0, -1.0, -1.0], 1) == 2
    assert stats.longest_streak([1.0, 2.0, 0.0, 3.0, -1.0, -1.0, -1.0], -1) == 3
    assert stats.longest_streak([], 1) == 0


@pytest.mark.parametrize("profits", [[], [0.0]])
def test_nothing_won_or_lost_has_no_ratios(profits: list[float]) -> None:
    """Averages of nothing and ratios to nothing are None."""
    for figure in (stats.average_win, stats.average_loss, stats.payoff_ratio, stats.profit_factor):
        assert figure(profits) is None
    assert stats.positive_share(profits) is None


def test_no_profits_have_no_rate() -> None:
    """The rate and the mean of nothing are None."""
    assert stats.win_rate([]) is None
    assert stats.expectancy([]) is None


def test_only_losses_or_only_wins_leave_what_can_be_said() -> None:
    """All losses give a profit factor of zero; without a loss it would be infinite and is None."""
    assert stats.profit_factor([-1.0, -2.0]) == 0.0
    assert stats.payoff_ratio([-1.0, -2.0]) is None
    assert stats.profit_factor([1.0, 2.0]) is None
    assert stats.win_rate([1.0, 2.0]) == 1.0
