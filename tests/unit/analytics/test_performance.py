"""Tests of tradebus/analytics/performance.py."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.samples import START_NS
from tests.unit.analytics.samples import curve, fill
from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.analytics.performance import Basis, buy_and_hold_return, curve_metrics, performance
from tradebus.analytics.trade_tracker import TradeTracker
from tradebus.model.fill import Fill
from tradebus.model.instrument import AssetClass
from tradebus.model.time import MINUTE_NS
from tradebus.model.timeframe import Timeframe
from tradebus.model.trade import Trade

DAILY = Basis(100.0, Timeframe.DAY_1, AssetClass.US_EQUITY)


def trades_of(*fills: Fill) -> list[Trade]:
    """Return the round trips of fills."""
    tracker = TradeTracker()
    return [trade for each in fills for trade in tracker.on_fill(each)]


def numbers(metrics: dict[str, Any]) -> list[float]:
    """Return the figures that are numbers."""
    return [value for value in metrics.values() if isinstance(value, int | float)]


def test_a_curve_is_summed_up() -> None:
    """Return, drawdown and time in market are those of the points."""
    metrics = curve_metrics(curve(100.0, 120.0, 90.0, 126.0, exposure=50.0), DAILY)

    assert metrics["total_return"] == pytest.approx(0.26)
    assert metrics["max_drawdown"] == pytest.approx(0.25)
    assert metrics["max_drawdown_dollars"] == 30.0
    assert metrics["max_drawdown_peak"] == "2014-01-03T21:00:00Z"
    assert metrics["max_drawdown_trough"] == "2014-01-04T21:00:00Z"
    assert metrics["max_drawdown_recovery"] == "2014-01-05T21:00:00Z"
    assert metrics["longest_drawdown_days"] == 2.0
    assert metrics["time_in_market"] == 1.0
    assert metrics["periods"] == 3
    assert metrics["best_period"] == pytest.approx(0.4)
    assert metrics["worst_period"] == pytest.approx(-0.25)
    assert metrics["positive_periods"] == pytest.approx(2 / 3)


def test_time_in_market_is_a_share_of_the_points() -> None:
    """Only points with exposure count."""
    tracker = curve(100.0, 100.0)
    tracker.record(tracker.times[-1] + 1, 100.0, 50.0, 50.0)
    tracker.record(tracker.times[-1] + 1, 100.0, 50.0, 50.0)

    assert curve_metrics(tracker, DAILY)["time_in_market"] == 0.5


def test_trades_and_fills_are_summed_up() -> None:
    """Costs, turnover and the figures of trades are those of the fills."""
    fills = [
        fill("10", "5", commission="1"),
        fill("-10", "8", day=1, commission="1"),
        fill("10", "8", day=2, commission="1"),
        fill("-10", "7", day=4, commission="1"),
    ]

    metrics = performance(curve(100.0, 128.0, 128.0, 128.0, 116.0), trades_of(*fills), fills, DAILY)

    assert metrics["trades"] == 2
    assert metrics["fills"] == 4
    assert metrics["total_commission"] == 4.0
    assert metrics["traded_value"] == 280.0
    assert metrics["turnover"] == pytest.approx(130 / 120)
    assert metrics["win_rate"] == 0.5
    assert metrics["expectancy"] == 8.0
    assert (metrics["best_trade"], metrics["worst_trade"]) == (28.0, -12.0)
    assert (metrics["average_win"], metrics["average_loss"]) == (28.0, -12.0)
    assert metrics["profit_factor"] == pytest.approx(28 / 12)
    assert metrics["average_holding_days"] == 1.5
    assert (metrics["longest_winning_streak"], metrics["longest_losing_streak"]) == (1, 1)


@pytest.mark.parametrize(
    ("equity", "capital"),
    [
        ([], 100.0),
        ([100.0], 100.0),
        ([100.0, 100.0, 100.0], 100.0),
        ([100.0, 50.0, 0.0], 100.0),
        ([100.0, -50.0, -60.0], 100.0),
        ([1e308, 1e308], 1e-300),
        ([100.0], 0.0),
    ],
)
def test_every_figure_is_finite_or_none(equity: list[float], capital: float) -> None:
    """No curve, however bad, makes a number that JSON cannot say."""
    metrics = performance(curve(*equity), [], [], DAILY._replace(initial_capital=capital))

    assert all(math.isfinite(value) for value in numbers(metrics))
    json.dumps(metrics, allow_nan=False)


def test_equity_that_is_gone_still_has_a_return_and_a_drawdown() -> None:
    """Ratios of days are None, the loss itself is told."""
    metrics = performance(curve(100.0, -50.0), [], [], DAILY)

    assert metrics["total_return"] == -1.5
    assert metrics["max_drawdown"] == 1.5
    assert metrics["cagr"] is metrics["sharpe"] is metrics["sortino"] is metrics["calmar"] is None


def test_no_trades_have_no_averages() -> None:
    """Counts are zero and averages are None."""
    metrics = performance(curve(100.0, 100.0), [], [], DAILY)

    assert (metrics["trades"], metrics["fills"], metrics["total_commission"], metrics["turnover"]) == (0, 0, 0.0, 0.0)
    assert metrics["win_rate"] is metrics["expectancy"] is metrics["best_trade"] is None
    assert metrics["average_holding_days"] is None


def test_all_losses_have_a_profit_factor_of_zero() -> None:
    """What can be said about losing only is said."""
    fills = [fill("1", "10"), fill("-1", "9", day=1), fill("1", "9", day=2), fill("-1", "8", day=3)]

    metrics = performance(curve(100.0, 99.0, 99.0, 98.0), trades_of(*fills), fills, DAILY)

    assert (metrics["win_rate"], metrics["profit_factor"], metrics["average_win"]) == (0.0, 0.0, None)
    assert metrics["longest_losing_streak"] == 2
    assert metrics["max_drawdown_recovery"] is None


def test_a_thinned_curve_reports_the_deepest_fall() -> None:
    """The drawdown of points that are no longer kept is in the figures."""
    tracker = EquityTracker(capacity=4)
    for i, value in enumerate([100.0, 50.0, *[100.0] * 8]):
        tracker.record(START_NS + i, value, 0.0, 0.0)

    assert curve_metrics(tracker, DAILY)["max_drawdown"] == 0.5


def test_buying_and_holding_is_the_change_of_the_price() -> None:
    """Without prices, or from a price of nothing, there is no such return."""
    assert buy_and_hold_return(80.0, 100.0) == 0.25
    assert buy_and_hold_return(None, 100.0) is None
    assert buy_and_hold_return(80.0, None) is None
    assert buy_and_hold_return(0.0, 100.0) is None


@pytest.mark.parametrize("index", range(6))
def test_daily_reference_runs_have_the_same_figures(market_data: Path, index: int) -> None:
    """Return, drawdown and Sharpe ratio of the third-party engines' daily curves, to 1e-9."""
    run = json.loads((market_data / "reference/runs.json").read_text())[index]
    rows = pl.read_parquet(market_data / "reference/equity.parquet").filter(pl.col("run_id") == run["run_id"])
    tracker = EquityTracker()
    for time_ns, equity in zip(rows["timestamp"].dt.epoch("ns"), rows["equity"], strict=True):
        tracker.record(time_ns, equity, equity, 0.0)

    metrics = curve_metrics(tracker, Basis(run["start_cash"], Timeframe.DAY_1, AssetClass.US_EQUITY))

    theirs = run["backtrader"]
    assert metrics["total_return"] == pytest.approx(theirs["total_return_pct"] / 100, rel=1e-9)
    assert metrics["max_drawdown"] == pytest.approx(-theirs["max_drawdown_pct"] / 100, rel=1e-9)
    assert metrics["sharpe"] == pytest.approx(theirs["sharpe_rf0"], rel=1e-9)


def test_a_long_intraday_curve_has_daily_ratios() -> None:
    """The ratios of a minute curve are made of its days."""
    tracker = EquityTracker()
    for i in range(200_000):
        tracker.record(START_NS + i * MINUTE_NS, 100.0 + i % 977 / 100, 100.0, 0.0)

    metrics = curve_metrics(tracker, DAILY._replace(timeframe=Timeframe.MIN_1))

    assert metrics["periods"] == 140


def test_figures_need_neither_numpy_nor_polars() -> None:
    """Importing the figures of a run loads no slow library."""
    code = (
        "import sys, tradebus.analytics.results, tradebus.cli.render;"
        "sys.exit(bool({'numpy', 'polars', 'rich'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
