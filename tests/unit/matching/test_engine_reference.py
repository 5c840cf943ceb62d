"""Tests of tradebus/matching/engine.py against the fills of two other engines on recorded data."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.matching.samples import order
from tradebus.matching.commissions.bps import Bps
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.outcome import Filled
from tradebus.model.bar import Bar
from tradebus.model.instrument import default_instrument, parse_symbol
from tradebus.model.order import OrderRequest, OrderSide, OrderType
from tradebus.model.time import to_ns
from tradebus.model.timeframe import Timeframe

_RUNS = [
    "equity_daily_splitadj.AAPL.sma_10_20.next_open.fixed100.c0",
    "equity_daily_splitadj.AAPL.sma_10_20.same_close.pct0.95.c0.001",
    "equity_daily_splitadj.AAPL.macd_12_26_9.next_open.pct0.95.c0.001",
    "equity_daily_splitadj.AAPL.sma_10_20.next_open.fixed100.c0.slip0.001",
    "equity_daily_splitadj.AAPL.sma_10_20.next_open.fixed100.c0.stop0.05",
    "equity_daily_splitadj.AAPL.sma_10_20.next_open.fixed100.c0.trail0.1",
    "equity_daily_splitadj.SPY.sma_10_20.next_open.fixed100.c0.stop0.05",
    "equity_daily_splitadj.SPY.sma_10_20.next_open.fixed100.c0.trail0.1",
    "equity_1min_rth.AAPL.sma_10_30.next_open.fixed100.c0.stop0.005",
    "equity_1min_rth.AAPL.macd_12_26_9.next_open.pct0.95.c0.volpct1",
    "equity_1min_rth.MSFT.macd_12_26_9.next_open.pct0.95.c0.volpct1",
]


class _Trader:
    """Trades the signals of a run by the reference's rules: one position, long only, one order at a time."""

    def __init__(self, run: dict[str, Any]) -> None:
        options = run["options"]
        self.cash, self.held, self.count = Decimal(str(run["start_cash"])), Decimal(0), 0
        self.sizer, self.symbol = run["sizer"], parse_symbol(run["symbol"])
        self.stop, self.trail = options.get("stop"), options.get("trail")
        self.working: OrderRequest | None = None
        self.guard: OrderRequest | None = None
        self.fills: list[Filled] = []
        volume = options.get("volpct")
        self.engine = DeterministicMatchingEngine(
            fill_at="open" if run["fill"] == "next_open" else "close",
            max_volume_pct=None if volume is None else volume / 100,
            slippage_bps=options.get("slip", 0.0) * 1e4,
            commission=Bps.from_pct(run["commission_rate"]),
            buying_power=lambda: self.cash,
        )

    def on_bar(self, bar: Bar, signal: int) -> None:
        """Take a bar and the signal at its close."""
        self._book(self.engine.on_bar(bar), bar)
        if self.working is not None:
            return
        if signal > 0 and not self.held:
            self.working = self._order(bar, OrderSide.BUY, self._size(bar.close))
        elif signal < 0 and self.held:
            if self.guard is not None:
                self._book(self.engine.cancel(self.guard.client_order_id, "signal"), bar)
            self.working = self._order(bar, OrderSide.SELL, self.held)
        if self.working is not None:
            self._book(self.engine.match(self.working), bar)

    def _size(self, close: float) -> Decimal:
        kind, size, _ = self.sizer
        qty = size if kind == "fixed" else (float(self.cash) + float(self.held) * close) * size / close
        return default_instrument(self.symbol).quantize_qty(qty)

    def _order(self, bar: Bar, side: OrderSide, qty: Decimal, **terms: Any) -> OrderRequest:
        self.count += 1
        return order(
            client_order_id=f"o{self.count}",
            symbol=self.symbol,
            side=side,
            qty=qty,
            is_exit=side is OrderSide.SELL,
            time_ns=bar.time_ns,
            **terms,
        )

    def _book(self, outcomes: Any, bar: Bar) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Filled):
                self._fill(outcome)
        working = {resting.client_order_id for resting in self.engine.resting}
        if self.guard is not None and self.guard.client_order_id not in working:
            self.guard = None
        was = self.working
        if was is not None and was.client_order_id not in working:
            self.working = None
            if was.side is OrderSide.BUY and self.held and (self.stop or self.trail):
                self._protect(bar)

    def _fill(self, fill: Filled) -> None:
        self.fills.append(fill)
        guards = self.guard is not None and fill.client_order_id == self.guard.client_order_id
        sells = guards or (self.working is not None and self.working.side is OrderSide.SELL)
        sign = -1 if sells else 1
        self.held += sign * fill.last_qty
        self.cash -= sign * fill.last_qty * fill.last_price + fill.commission

    def _protect(self, bar: Bar) -> None:
        price = float(self.fills[-1].last_price)
        terms = {"order_type": OrderType.TRAILING_STOP, "trail_pct": self.trail}
        if self.stop:
            terms = {"order_type": OrderType.STOP, "stop_price": price * (1 - self.stop)}
        self.guard = self._order(bar, OrderSide.SELL, self.held, **terms)
        self._book(self.engine.match(self.guard), bar)


def _bars(path: Path, symbol: str) -> Iterator[Bar]:
    import polars as pl

    intraday = "1min" in path.name
    length = (60 if intraday else 16 * 3600) * 10**9
    rows = pl.read_parquet(path).filter(pl.col("symbol") == symbol)
    timeframe = Timeframe.MIN_1 if intraday else Timeframe.DAY_1
    columns = rows.select("timestamp", "open", "high", "low", "close", "volume")
    for time, first, high, low, close, volume in columns.iter_rows():
        start = to_ns(time)
        yield Bar(start + length, parse_symbol(symbol), timeframe, first, high, low, close, float(volume), start)


@pytest.mark.parametrize("run_id", _RUNS)
def test_the_fills_are_those_of_other_engines(market_data: Path, run_id: str) -> None:
    """Every fill of a reference run comes out with the same bar, quantity, price and commission."""
    import polars as pl

    runs = json.loads((market_data / "reference" / "runs.json").read_text())
    run = next(run for run in runs if run["run_id"] == run_id)
    series, rule = f"{run['file'].removesuffix('.parquet')}.{run['symbol']}", run["signal_rule"]
    table = pl.read_parquet(market_data / "reference" / "signals.parquet")
    chosen = table.filter((pl.col("series") == series) & (pl.col("signal_rule") == rule))
    signals = {to_ns(time): signal for time, signal in chosen.select("timestamp", "signal").iter_rows()}
    fills = pl.read_parquet(market_data / "reference" / "fills.parquet").filter(pl.col("run_id") == run_id).sort("n")

    trader, starts = _Trader(run), {}
    bars = list(_bars(market_data / run["file"], run["symbol"]))
    for bar in bars:
        starts[bar.time_ns] = bar.start_ns
        # A signal on the last bar of a run is never filled.
        trader.on_bar(bar, 0 if bar is bars[-1] else signals.get(bar.start_ns, 0))

    assert [(starts[f.time_ns], float(f.last_qty)) for f in trader.fills] == [
        (to_ns(time), qty) for time, qty in fills.select("timestamp", "qty").iter_rows()
    ]
    assert [float(f.last_price) for f in trader.fills] == pytest.approx(fills["price"].to_list(), abs=1.1e-6)
    assert [float(f.commission) for f in trader.fills] == pytest.approx(fills["commission"].to_list(), abs=0.01)
    equity = float(trader.cash) + float(trader.held) * bars[-1].close
    assert equity == pytest.approx(run["backtrader"]["final_equity"], abs=0.1)
