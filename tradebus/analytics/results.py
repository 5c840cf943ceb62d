"""results: SYSTEM's results dictionary, ready for JSON.

Every number is a float or an int and finite; prices and quantities are the nearest floats of the exact decimals, which
the tables of the run folder keep. Nothing in it depends on the wall clock, so two runs on the same input give the same
results byte by byte.

Mind one name: `total_return_pct` is a percentage (14.6 for +14.6 %), as SYSTEM has it. All other figures are fractions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.analytics.performance import Basis, buy_and_hold_return, performance
from tradebus.analytics.trade_tracker import trade_record
from tradebus.model.fill import Fill
from tradebus.model.instrument import AssetClass, default_instrument
from tradebus.model.position import Position
from tradebus.model.time import iso
from tradebus.model.timeframe import Timeframe
from tradebus.model.trade import Trade

STEPS = ("signals", "orders", "canceled", "expired")
"""The names in `RunOutcome.counts` that count steps of the flow; every other name is the code of a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What a session leaves behind.

    Attributes:
        symbols: What was traded, canonical; the first is the one that is compared with buying and holding.
        timeframe: Length of the bars.
        initial_capital: Dollars.
        bar_count: Bars of all symbols.
        curve: The equity curve.
        trades, fills: Round trips and executions, oldest first.
        positions: (strategy id, position) of what is still held.
        counts: How many `STEPS`, and how many refusals by code.
        examples: The first refusal of each code, as one line.
        assumptions: What the simulation took for granted, by topic.
        first_price, last_price: First and last close of the first symbol, dollars; None if not known.
        risk_free: Risk-free rate of a year, a fraction.
        warm_up_bars: Bars that the strategy needs before its first signal; None if it does not say.
        slippage: Dollars lost to slippage; None if not known.
        event_count, event_hash: Of the event stream, for comparing runs.
    """

    symbols: Sequence[str]
    timeframe: Timeframe
    initial_capital: Decimal
    bar_count: int
    curve: EquityTracker
    trades: Sequence[Trade] = ()
    fills: Sequence[Fill] = ()
    positions: Iterable[tuple[str, Position]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
    assumptions: Mapping[str, str] = field(default_factory=dict)
    first_price: float | None = None
    last_price: float | None = None
    risk_free: float = 0.0
    warm_up_bars: int | None = None
    slippage: float | None = None
    event_count: int = 0
    event_hash: str = ""

    @property
    def basis(self) -> Basis:
        """What the figures are measured against: crypto's year only where nothing but crypto is traded."""
        classes = {default_instrument(symbol).asset_class for symbol in self.symbols}
        asset_class = AssetClass.CRYPTO if classes == {AssetClass.CRYPTO} else AssetClass.US_EQUITY
        return Basis(float(self.initial_capital), self.timeframe, asset_class, self.risk_free)


def build_results(outcome: RunOutcome) -> dict[str, Any]:
    """Return the whole dictionary, `equity_curve` as a list of timestamp and value pairs.

    A million points take a second and 400 MB; `build_summary` leaves them out.
    """
    return build_summary(outcome) | {"equity_curve": outcome.curve.points()}


def build_summary(outcome: RunOutcome) -> dict[str, Any]:
    """Return the dictionary without `equity_curve`; the run folder writes the curve from its columns."""
    curve = outcome.curve
    final_value = curve.equity[-1] if len(curve) else float(outcome.initial_capital)
    metrics = performance(curve, outcome.trades, outcome.fills, outcome.basis)
    metrics["buy_and_hold_return"] = buy_and_hold_return(outcome.first_price, outcome.last_price)
    metrics["slippage"] = outcome.slippage
    total_return = metrics["total_return"]
    return {
        "symbol": outcome.symbols[0] if outcome.symbols else "",
        "symbols": list(outcome.symbols),
        "timeframe": outcome.timeframe.value,
        "start": iso(curve.times[0]) if len(curve) else None,
        "end": iso(curve.times[-1]) if len(curve) else None,
        "bar_count": outcome.bar_count,
        "warm_up_bars": outcome.warm_up_bars,
        "initial_capital": float(outcome.initial_capital),
        "final_value": final_value,
        "total_return_pct": 100 * total_return if isinstance(total_return, float) else 0.0,
        "total_trades": len(outcome.trades),
        "metrics": metrics,
        "assumptions": dict(outcome.assumptions),
        "counts": {step: outcome.counts.get(step, 0) for step in STEPS},
        "rejections": _rejections(outcome),
        "open_positions": [_position_record(*held) for held in outcome.positions],
        "trades": [trade_record(trade) for trade in outcome.trades],
        "fills": [fill_record(fill) for fill in outcome.fills],
        "event_count": outcome.event_count,
        "event_hash": outcome.event_hash,
    }


def fill_record(fill: Fill) -> dict[str, str | float | bool]:
    """Return a fill as a dictionary, ready for JSON; time is ISO 8601 in UTC, money is dollars."""
    return {
        "time": iso(fill.time_ns),
        "symbol": fill.symbol,
        "strategy_id": fill.strategy_id,
        "side": fill.side.value,
        "quantity": float(fill.qty),
        "price": float(fill.price),
        "commission": float(fill.commission),
        "order_id": fill.client_order_id,
        "reason": fill.reason,
        "is_exit": fill.is_exit,
    }


def _rejections(outcome: RunOutcome) -> dict[str, dict[str, str | int]]:
    codes = sorted(code for code, count in outcome.counts.items() if code not in STEPS and count)
    return {code: {"count": outcome.counts[code], "example": outcome.examples.get(code, "")} for code in codes}


def _position_record(strategy_id: str, position: Position) -> dict[str, str | float]:
    return {
        "symbol": position.symbol,
        "strategy_id": strategy_id,
        "quantity": position.size,
        "average_cost": float(position.avg_price),
        "current_price": position.price,
        "market_value": position.market_value,
        "unrealized_pnl": position.unrealized_pnl,
    }
