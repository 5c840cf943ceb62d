"""Tests of tradebus/analytics/trade_tracker.py."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.analytics.samples import fill
from tradebus.analytics.trade_tracker import TradeTracker, trade_record
from tradebus.model.fill import Fill
from tradebus.model.position import Position
from tradebus.model.trade import Trade


def track(*fills: Fill) -> TradeTracker:
    """Return a tracker that has seen the fills."""
    tracker = TradeTracker()
    for each in fills:
        tracker.on_fill(each)
    return tracker


def figures(trade: Trade) -> tuple[str, str, str, str, str]:
    """Return side, quantity, both prices and profit as text."""
    return trade.side, str(trade.quantity), str(trade.entry_price), str(trade.exit_price), str(trade.pnl)


def test_a_long_round_trip() -> None:
    """Profit is the rise times the quantity, less both commissions."""
    tracker = track(
        fill("100", "10", commission="1", reason="cross above"),
        fill("-100", "12", day=2, commission="1.5", reason="cross below"),
    )

    (trade,) = tracker.trades
    assert figures(trade) == ("long", "100", "10", "12", "197.5")
    assert (trade.entry_reason, trade.exit_reason) == ("cross above", "cross below")
    assert trade.commission == Decimal("2.5")
    assert trade.holding_days == 2.0


def test_a_short_round_trip() -> None:
    """A short earns the fall."""
    tracker = track(fill("-10", "50"), fill("10", "40", day=1))

    assert [figures(trade) for trade in tracker.trades] == [("short", "10", "50", "40", "100")]


def test_the_oldest_lot_closes_first() -> None:
    """An exit over several lots is a trade per lot, and the rest of the last one stays."""
    tracker = track(fill("10", "1"), fill("10", "2", day=1), fill("10", "3", day=2), fill("-15", "5", day=3))

    assert [figures(trade) for trade in tracker.trades] == [
        ("long", "10", "1", "5", "40"),
        ("long", "5", "2", "5", "15"),
    ]
    assert [(str(lot.qty), str(lot.price)) for lot in tracker.open_lots("macd", "AAPL")] == [("5", "2"), ("10", "3")]


def test_a_fill_through_zero_closes_and_opens() -> None:
    """What is left of the fill after the close is a lot of the other side, with its share of the commission."""
    tracker = track(fill("10", "100", commission="1"), fill("-30", "110", day=1, commission="3"))

    (trade,) = tracker.trades
    (lot,) = tracker.open_lots("macd", "AAPL")
    assert figures(trade) == ("long", "10", "100", "110", "98")
    assert (lot.sign, str(lot.qty), str(lot.price), str(lot.commission)) == (-1, "20", "110", "2")


def test_strategies_and_symbols_are_kept_apart() -> None:
    """One strategy's sell does not close another's lot, nor another symbol's."""
    tracker = track(fill("10", "1"), fill("-10", "2", strategy_id="momentum"), fill("-10", "3", symbol="MSFT"))

    assert tracker.trades == []
    assert tracker.open_lots("macd", "AAPL")[0].sign == 1
    assert tracker.open_lots("momentum", "AAPL")[0].sign == -1
    assert tracker.open_lots("nobody", "AAPL") == ()


def test_commissions_that_do_not_divide_add_up() -> None:
    """Thirds of a commission sum to the whole, for the last part takes the remainder."""
    tracker = track(fill("3", "10", commission="1"), *(fill("-1", "10", day=i, commission="0.1") for i in (1, 2, 3)))

    assert sum(trade.commission for trade in tracker.trades) == Decimal("1.3")
    assert tracker.pnl == Decimal("-1.3")


def test_a_fill_tells_what_it_closed() -> None:
    """Only closing fills return trades."""
    tracker = TradeTracker()

    assert tracker.on_fill(fill("1", "1")) == []
    assert tracker.on_fill(fill("-1", "2", day=1)) == tracker.trades


def test_forgotten_trades_stay_in_the_totals() -> None:
    """With a limit the oldest trades go, count and profit stay."""
    tracker = TradeTracker(max_trades=2)

    for i in range(5):
        tracker.on_fill(fill("1", "10", day=2 * i))
        tracker.on_fill(fill("-1", str(10 + i), day=2 * i + 1))

    assert [trade.pnl for trade in tracker.trades] == [3, 4]
    assert (tracker.closed_count, str(tracker.pnl)) == (5, "10")


def test_too_many_lots_are_averaged() -> None:
    """The number of lots is bounded, their quantity, cost and commission are all there."""
    tracker = TradeTracker(max_lots=2)

    for i, price in enumerate(["10", "20", "40"]):
        tracker.on_fill(fill("10", price, day=i, commission="1", reason=price))

    first, second = tracker.open_lots("macd", "AAPL")
    assert [str(first.qty), str(first.price), str(first.commission)] == ["10", "10", "1"]
    assert [str(second.qty), str(second.price), str(second.commission), second.reason] == ["20", "30", "2", "20"]


def test_a_record_has_systems_fields() -> None:
    """The dictionary is ready for JSON: ISO times in UTC and floats."""
    (trade,) = track(fill("4", "10", commission="2"), fill("-4", "15.5", day=3, reason="stop")).trades

    assert trade_record(trade) == {
        "symbol": "AAPL",
        "strategy_id": "macd",
        "side": "long",
        "entry_time": "2014-01-02T21:00:00Z",
        "exit_time": "2014-01-05T21:00:00Z",
        "entry_price": 10.0,
        "exit_price": 15.5,
        "quantity": 4.0,
        "pnl": 20.0,
        "return": 0.5,
        "holding_period": 3.0,
        "commission": 2.0,
        "entry_reason": "",
        "exit_reason": "stop",
    }


signed_quantities = st.one_of(st.integers(1, 10**9), st.integers(-(10**9), -1)).map(lambda i: Decimal(i).scaleb(-4))
prices = st.integers(1, 10**9).map(lambda i: Decimal(i).scaleb(-6))
commissions = st.integers(-(10**5), 10**7).map(lambda i: Decimal(i).scaleb(-5))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(signed_quantities, prices, commissions), max_size=30))
def test_nothing_is_lost_between_fills_and_trades(steps: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    """Cash moved by the fills = profits of the trades - cost and commissions of the open lots, to the last digit."""
    fills = [
        fill(str(qty), str(price), day=day, commission=str(commission))
        for day, (qty, price, commission) in enumerate(steps)
    ]
    tracker, position = TradeTracker(), Position("AAPL")
    cash = Decimal(0)

    for each in fills:
        tracker.on_fill(each)
        position.apply(each)
        cash -= each.side.sign * each.qty * each.price + each.commission

    lots = tracker.open_lots("macd", "AAPL")
    cost = sum(lot.sign * lot.qty * lot.price for lot in lots)
    unpaid = sum(lot.commission for lot in lots)
    assert cash == tracker.pnl - cost - unpaid
    assert sum(trade.commission for trade in tracker.trades) + unpaid == sum(each.commission for each in fills)
    assert sum(lot.sign * lot.qty for lot in lots) == position.qty
    assert len({lot.sign for lot in lots}) <= 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(signed_quantities, prices, commissions), min_size=1, max_size=12))
def test_when_flat_first_in_first_out_and_average_cost_agree(steps: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    """Once the position is closed the two ways of costing have earned the same, commissions apart."""
    tracker, position = TradeTracker(), Position("AAPL")
    held = sum(qty for qty, _, _ in steps)
    closing = [(-held, Decimal(100), Decimal(0))] if held else []

    for day, (qty, price, commission) in enumerate([*steps, *closing]):
        each = fill(str(qty), str(price), day=day, commission=str(commission))
        tracker.on_fill(each)
        position.apply(each)

    assert position.is_flat
    assert tracker.open_lots("macd", "AAPL") == ()
    assert float(tracker.pnl) == pytest.approx(float(position.realized_pnl - position.commission), rel=1e-12, abs=1e-6)


def test_reference_runs_have_the_same_round_trips(market_data: Path) -> None:
    """The count and the profit of backtrader's fills, matched first in first out, are those of the reference."""
    run = "equity_daily_splitadj.AAPL.sma_10_20.same_close.pct0.95.c0.001"
    rows = pl.read_parquet(market_data / "reference/fills.parquet").filter(pl.col("run_id") == run)

    tracker = TradeTracker()
    for day, (side, qty, price, commission) in enumerate(rows.select("side", "qty", "price", "commission").rows()):
        signed = f"{'-' if side == 'SELL' else ''}{qty}"
        tracker.on_fill(fill(signed, repr(price), day=day, commission=repr(commission)))

    assert tracker.closed_count == 86
    assert float(tracker.pnl) == pytest.approx(897679.8667340362, rel=1e-9)
    wins = sum(trade.pnl > 0 for trade in tracker.trades)
    assert 100 * wins / 86 == pytest.approx(45.348837209302324)
