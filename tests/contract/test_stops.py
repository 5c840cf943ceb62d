"""What stops promise in a market: the exits that another engine made of the same rules, fill for fill."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tradebus.model.bar import Bar
from tradebus.model.fill import Fill
from tradebus.model.order import OrderSide
from tradebus.model.time import SECOND_NS, to_ns
from tradebus.model.timeframe import Timeframe
from tradebus.risk.risk_manager import RiskManager, RiskSettings

RUNS = [
    "equity_daily_splitadj.AAPL.sma_10_20.next_open.fixed100.c0.stop0.05",
    "equity_daily_splitadj.AAPL.sma_10_20.next_open.fixed100.c0.trail0.1",
    "equity_daily_splitadj.SPY.sma_10_20.next_open.fixed100.c0.stop0.05",
    "equity_daily_splitadj.SPY.sma_10_20.next_open.fixed100.c0.trail0.1",
    "equity_1min_rth.AAPL.sma_10_30.next_open.fixed100.c0.stop0.005",
    "equity_1min_rth.MSFT.sma_10_30.next_open.fixed100.c0.stop0.005",
    "crypto_4h.BTC-USD.sma_10_20.next_open.fixed0.5.c0.trail0.05",
]
"""The runs with a protective stop, made with backtrader 1.9.78.123."""

LENGTHS_S = {"equity_daily_splitadj": 16 * 3600, "equity_1min_rth": 60, "crypto_4h": 4 * 3600}

type Bought = list[tuple[datetime, str, float]]


@pytest.mark.parametrize("run_id", RUNS)
def test_stops_close_when_and_where_another_engine_did(run_id: str, market_data: Path) -> None:
    """A fixed stop rests from the bar after the entry, a trailing one follows the closes, and gaps fill at the open."""
    import polars as pl

    runs = json.loads((market_data / "reference" / "runs.json").read_text())
    run = next(run for run in runs if run["run_id"] == run_id)
    table = pl.read_parquet(market_data / run["file"]).filter(pl.col("symbol") == run["symbol"]).sort("timestamp")
    series = f"{run['file'].removesuffix('.parquet')}.{run['symbol']}"
    signals = pl.read_parquet(market_data / "reference" / "signals.parquet").filter(
        (pl.col("series") == series) & (pl.col("signal_rule") == run["signal_rule"])
    )
    fills = pl.read_parquet(market_data / "reference" / "fills.parquet").filter(pl.col("run_id") == run_id).sort("n")

    rows = table.select("timestamp", "open", "high", "low", "close").rows()
    made = trade(
        rows,
        dict(signals.select("timestamp", "signal").rows()),
        RiskManager(
            RiskSettings(position_stop_pct=run["options"].get("stop"), trailing_stop_pct=run["options"].get("trail"))
        ),
        LENGTHS_S[run["file"].removesuffix(".parquet")] * SECOND_NS,
    )

    expected: Bought = fills.select("timestamp", "side", "price").rows()
    assert [(time, side) for time, side, _ in made] == [(time, side) for time, side, _ in expected]
    assert [price for *_, price in made] == pytest.approx([price for *_, price in expected], rel=1e-9)


def trade(
    rows: list[tuple[datetime, float, float, float, float]],
    signals: dict[datetime, int],
    risk: RiskManager,
    length_ns: int,
) -> Bought:
    """Return the fills of a long-only strategy that trades one unit at the next open, with the stops of a manager."""
    fills: Bought = []
    holds, pending = False, 0
    for time, first, high, low, close in rows:
        start_ns = to_ns(time)
        bar = Bar(start_ns + length_ns, "X", Timeframe.DAY_1, first, high, low, close, 1.0, start_ns)
        side, price = (OrderSide.BUY if pending > 0 else OrderSide.SELL), first
        # An order that fills at the open has left before the bar can touch a stop; its fill is booked after the check.
        exits = risk.check_stops(bar)
        if not pending and exits:
            pending, side, price = -1, OrderSide.SELL, exits[0].price
        if pending:
            fills.append((time, side.upper(), price))
            risk.on_fill(
                Fill(
                    time_ns=bar.time_ns,
                    client_order_id="x",
                    strategy_id="sma",
                    symbol="X",
                    side=side,
                    qty=Decimal(1),
                    price=Decimal(repr(price)),
                )
            )
            holds, pending = pending > 0, 0
        wish = signals.get(time, 0)
        if (wish > 0 and not holds) or (wish < 0 and holds):
            pending = wish
    return fills
