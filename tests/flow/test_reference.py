"""The figures of the reference runs, fill by fill.

Rule differences, none of which changes a figure beyond the tolerances here:

* Fill prices are exact decimals at 1e-12, where the reference has binary floats: equity agrees to 1e-8 of itself.
* Our protective stops are watched by the risk manager and not resting orders at the venue; they fill by the same rule.
* The reference's crypto quantities are floored with floats at 1e-8, ours with decimals: they differ by a unit at most,
  and commissions by 1e-5 dollars.
* The reference never fills a signal of the last bar. We do where fills are at the close of that bar.
"""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.flow.reference import ReferenceStrategy, load_table, reference_engine, replay
from tradebus.analytics.returns import sharpe
from tradebus.engine.backtest import BacktestEngine
from tradebus.features.sma import SMA
from tradebus.model.bar import MarketSnapshot
from tradebus.sizers.percent import PercentSizer


def runs() -> list[str]:
    """Return the names of the runs, which are fixed, so that each is a test of its own."""
    return (Path(__file__).parent / "reference_runs.txt").read_text().split()


@pytest.mark.parametrize("run_id", runs())
def test_a_reference_run_is_reproduced(run_id: str, market_data: Path) -> None:
    """Every fill, the equity of every bar and the summary figures agree with the third-party engines."""
    known = {run["run_id"]: run for run in json.loads((market_data / "reference" / "runs.json").read_text())}
    run = known[run_id]
    table = load_table(market_data, run["file"].removesuffix(".parquet"), run["symbol"])

    done = replay(reference_engine(run), table)

    expected = pl.read_parquet(market_data / "reference" / "fills.parquet").filter(pl.col("run_id") == run_id)
    fills = done.trackers.fills
    extra = run["fill"] == "same_close" and len(fills) > expected.height
    if extra:
        assert fills[-1].time_ns == table[2]["time_ns"][-1]
        fills = fills[:-1]
    assert_fills_agree(fills, expected, table)
    curve = pl.read_parquet(market_data / "reference" / "equity.parquet").filter(pl.col("run_id") == run_id)
    assert list(done.trackers.equity.equity) == pytest.approx(curve["equity"].to_list(), rel=1e-8)
    summary = run["backtrader"]
    assert done.results["final_value"] == pytest.approx(summary["final_equity"], rel=1e-8)
    assert done.results["total_return_pct"] == pytest.approx(summary["total_return_pct"], abs=1e-6)
    assert done.results["metrics"]["max_drawdown"] * 100 == pytest.approx(-summary["max_drawdown_pct"], abs=1e-6)
    assert done.results["total_trades"] == summary["round_trips_fifo"] + extra
    assert done.results["metrics"]["total_commission"] == pytest.approx(summary["gross_commission"], rel=1e-9)


def assert_fills_agree(fills: list[Any], expected: pl.DataFrame, table: Any) -> None:
    """Compare fills by bar, side, quantity, price and commission."""
    starts = dict(zip(table[2]["time_ns"].to_list(), table[2]["start_ns"].to_list(), strict=True))
    assert len(fills) == expected.height
    for fill, row in zip(fills, expected.iter_rows(named=True), strict=True):
        assert starts[fill.time_ns] == int(row["timestamp"].timestamp()) * 1_000_000_000
        assert fill.side.value == row["side"].lower()
        assert float(fill.qty) == pytest.approx(row["qty"], rel=1e-12, abs=1.5e-8)
        assert float(fill.price) == pytest.approx(row["price"], rel=1e-10)
        assert float(fill.commission) == pytest.approx(row["commission"], rel=1e-9, abs=1e-5)


def test_signals_of_the_rules_agree(market_data: Path) -> None:
    """Our indicators give every signal that the reference has, and no other."""
    recorded = pl.read_parquet(market_data / "reference" / "signals.parquet")
    for (series, rule), rows in recorded.group_by("series", "signal_rule", maintain_order=True):
        file, symbol = str(series).split(".")
        _, _, frame = load_table(market_data, file, symbol)
        strategy = ReferenceStrategy(str(rule))
        ours = [
            (start, signal)
            for start, close in frame.select("start_ns", "close").iter_rows()
            if (signal := strategy._rule.signal(close))
        ]
        theirs = list(zip((rows["timestamp"].cast(pl.Int64) * 1000).to_list(), rows["signal"].to_list(), strict=True))
        assert ours == theirs, (series, rule)


class CrossOver:
    """Buys when the close crosses above its average, sells when it crosses below: the published sample."""

    name = "cross over"

    def __init__(self, period: int) -> None:
        self._average = SMA(period)
        self._before: float | None = None

    def generate_signals(self, snapshot: MarketSnapshot) -> list[dict[str, Any]]:
        """Look at the one bar of the moment."""
        (bar,) = snapshot.bars.values()
        average = self._average.push(bar.close)
        before, self._before = self._before, None if average is None else bar.close - average
        if before is None or self._before is None:
            return []
        action = "BUY" if before <= 0 < self._before else "SELL" if before >= 0 > self._before else "HOLD"
        return [{"action": action, "symbol": bar.symbol, "price": bar.close, "timestamp": snapshot.timestamp}]


def test_a_published_figure_is_reproduced(market_data: Path) -> None:
    """PyAlgoTrade's sma_crossover sample on AAPL 2011-2012: two fills, 1,565,167.20 dollars, Sharpe 1.12 at 5 %."""
    symbol, timeframe, raw = load_table(market_data, "equity_daily_raw", "AAPL", "2011-01-01", "2012-12-31")
    adjusted = pl.read_parquet(market_data / "equity_daily_raw.parquet").filter(
        (pl.col("symbol") == "AAPL") & (pl.col("timestamp").dt.year() < 2013)
    )
    factor = adjusted["adj_close"] / adjusted["close"]
    frame = raw.with_columns([(pl.col(name) * factor).alias(name) for name in ("open", "high", "low", "close")])
    engine = BacktestEngine(
        gateway=None,  # type: ignore[arg-type]
        strategy=CrossOver(163),
        init_capital=1_000_000,
        position_sizer=PercentSizer(0.9),
        fill_at="open",
        max_volume_pct=None,
        keep_open=True,
    )

    done = replay(engine, (symbol, timeframe, frame))

    assert len(done.trackers.fills) == 2
    assert done.results["final_value"] == pytest.approx(1_565_167.20, abs=0.01)
    equity = [1_000_000.0, *done.trackers.equity.equity]
    daily = [after / before - 1 for before, after in pairwise(equity)]
    assert sharpe(daily, periods=252, risk_free=0.05) == pytest.approx(1.12, abs=0.005)
