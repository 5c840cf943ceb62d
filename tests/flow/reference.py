"""The rules of the reference runs, as a strategy, and the bars they ran on.

The engines that made the figures let a strategy ask whether it is flat and whether an order works; here it knows from
the fills and orders it hears of.
"""

import asyncio
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from tradebus.engine.backtest import BacktestEngine, BacktestRun, Table
from tradebus.features.macd import MACD
from tradebus.features.rsi import RSI
from tradebus.features.sma import SMA
from tradebus.matching.commissions.bps import Bps
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.fill import Fill
from tradebus.model.instrument import AssetClass, Instrument, Instruments, TradingHours, parse_symbol
from tradebus.model.order import OrderSide
from tradebus.model.timeframe import Timeframe
from tradebus.risk.settings import RiskSettings
from tradebus.sizers.fixed import FixedSizer
from tradebus.sizers.percent import PercentSizer

HOUR_NS = 3_600_000_000_000
FRAMES = {
    "equity_daily_splitadj": (Timeframe.DAY_1, 16 * HOUR_NS),
    "equity_daily_raw": (Timeframe.DAY_1, 16 * HOUR_NS),
    "equity_1min_rth": (Timeframe.MIN_1, HOUR_NS // 60),
    "crypto_4h": (Timeframe.HOUR_4, 4 * HOUR_NS),
}


class SignalRule:
    """One number a bar: +1, -1 or 0."""

    def __init__(self, name: str) -> None:
        self._push: Callable[[float], float | None]
        kind, *numbers = name.split("_")
        self._name = kind
        self._bars = 0
        self._before: float | None = None
        if kind == "sma":
            fast, slow = (SMA(int(number)) for number in numbers)
            self._push = lambda close: _difference(fast.push(close), slow.push(close))
        elif kind == "macd":
            lines = MACD(*map(int, numbers))
            self._push = lambda close: (value := lines.push(close)) and value[2]
        elif kind == "rsi":
            self._push = RSI(int(numbers[0])).push
            self._low, self._high = map(int, numbers[1:])

    def signal(self, close: float) -> int:
        """Return the signal of the next close."""
        self._bars += 1
        if self._name == "buy":
            return 1 if self._bars == 2 else 0
        value = self._push(close)
        if value is None:
            return 0
        if self._name == "rsi":
            return 1 if value < self._low else -1 if value > self._high else 0
        before, self._before = self._before, value
        if before is None:
            return 0
        return 1 if before <= 0 < value else -1 if before >= 0 > value else 0


def _difference(fast: float | None, slow: float | None) -> float | None:
    return None if fast is None or slow is None else fast - slow


class ReferenceStrategy:
    """Buys when the rule says so and it is flat with no order working; sells when long and no order works."""

    name = "reference"

    def __init__(self, rule: str) -> None:
        self._rule = SignalRule(rule)
        self._held = Decimal(0)
        self._left = Decimal(0)
        self.signals: list[tuple[int, int]] = []

    def generate_signals(self, snapshot: MarketSnapshot) -> list[dict[str, Any]]:
        """Apply the rule to the one bar of the moment."""
        wishes = []
        for bar in snapshot.bars.values():
            signal = self._rule.signal(bar.close)
            if signal:
                self.signals.append((bar.start_ns, signal))
            if (signal > 0 and not self._held and not self._left) or (signal < 0 and self._held and not self._left):
                wishes.append(self._wish(snapshot, bar, "BUY" if signal > 0 else "SELL"))
        return wishes

    @staticmethod
    def _wish(snapshot: MarketSnapshot, bar: Bar, action: str) -> dict[str, Any]:
        return {"action": action, "symbol": bar.symbol, "price": bar.close, "timestamp": snapshot.timestamp}

    def on_order(self, event: Any) -> None:
        """Take note of what works."""
        if type(event).__name__ == "OrderAcked":
            self._left = event.order.qty
        else:
            self._left = Decimal(0)

    def on_fill(self, fill: Fill) -> None:
        """Take note of what is held."""
        self._held += fill.qty if fill.side is OrderSide.BUY else -fill.qty
        self._left -= fill.qty


def load_table(folder: Path, file: str, symbol: str, start: str | None = None, end: str | None = None) -> Table:
    """Return the bars of a file of the data sets as a bar table, as they are."""
    timeframe, length = FRAMES[file]
    rows = pl.read_parquet(folder / f"{file}.parquet").filter(pl.col("symbol") == symbol).sort("timestamp")
    if start is not None and end is not None:
        days = pl.col("timestamp").dt.date().cast(pl.String)
        rows = rows.filter((days >= start) & (days <= end))
    stamps = pl.col("timestamp").cast(pl.Int64) * 1000
    prices = [pl.col(name).cast(pl.Float64) for name in ("open", "high", "low", "close", "volume")]
    none = [pl.lit(None, pl.Int64).alias("trade_count"), pl.lit(None, pl.Float64).alias("vwap")]
    frame = rows.select((stamps + length).alias("time_ns"), stamps.alias("start_ns"), *prices, *none)
    return parse_symbol(symbol), timeframe, frame


def reference_engine(run: Mapping[str, Any]) -> BacktestEngine:
    """Return an engine set to the rules of a reference run."""
    options = run["options"]
    kind, amount, unit = run["sizer"]
    symbol = parse_symbol(run["symbol"])
    crypto = "/" in symbol
    instrument = Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO if crypto else AssetClass.US_EQUITY,
        lot=Decimal(repr(unit)),
        # The engines of the reference keep prices as floats: nothing is rounded.
        price_step=Decimal("1E-12"),
        hours=TradingHours.ALWAYS if crypto else TradingHours.REGULAR,
    )
    volume = options.get("volpct")
    return BacktestEngine(
        gateway=None,  # type: ignore[arg-type]
        strategy=ReferenceStrategy(run["signal_rule"]),
        init_capital=run["start_cash"],
        position_sizer=FixedSizer(amount) if kind == "fixed" else PercentSizer(amount),
        slippage_bps=options.get("slip", 0.0) * 10_000,
        fill_at="open" if run["fill"] == "next_open" else "close",
        max_volume_pct=None if volume is None else volume / 100,
        commission=Bps(run["commission_rate"] * 10_000) if run["commission_rate"] else None,
        risk=RiskSettings(position_stop_pct=options.get("stop"), trailing_stop_pct=options.get("trail")),
        instruments=Instruments(instrument),
        keep_open=True,
        skip_repeats=False,
    )


def replay(engine: BacktestEngine, table: Table) -> BacktestRun:
    """Run an engine over one bar table."""
    return asyncio.run(engine.replay([table]))
