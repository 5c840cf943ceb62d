"""Tests of tradebus/analytics/results.py."""

import json
from decimal import Decimal
from typing import Any

from tests.unit.analytics.samples import curve, fill
from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.analytics.results import RunOutcome, build_results, build_summary, fill_record
from tradebus.analytics.trade_tracker import TradeTracker
from tradebus.model.position import Position
from tradebus.model.timeframe import Timeframe

SYSTEM_KEYS = {
    "symbol",
    "bar_count",
    "initial_capital",
    "final_value",
    "total_return_pct",
    "total_trades",
    "equity_curve",
    "trades",
}


def outcome(**changes: Any) -> RunOutcome:
    """Return the outcome of a run of two fills and one trade, with changes."""
    fills = [fill("10", "100", commission="1", reason="cross above"), fill("-10", "110", day=1, commission="1")]
    tracker = TradeTracker()
    for each in fills:
        tracker.on_fill(each)
    given: dict[str, Any] = {
        "symbols": ["AAPL", "MSFT"],
        "timeframe": Timeframe.DAY_1,
        "initial_capital": Decimal(1000),
        "bar_count": 4,
        "curve": curve(1000.0, 1098.0),
        "trades": tracker.trades,
        "fills": fills,
    }
    return RunOutcome(**(given | changes))


def test_systems_keys_are_there() -> None:
    """The dictionary has every key of SYSTEM's table, with its meaning."""
    results = build_results(outcome())

    assert set(results) >= SYSTEM_KEYS
    assert (results["symbol"], results["symbols"]) == ("AAPL", ["AAPL", "MSFT"])
    assert (results["bar_count"], results["total_trades"]) == (4, 1)
    assert (results["initial_capital"], results["final_value"]) == (1000.0, 1098.0)
    assert results["equity_curve"][-1] == {"timestamp": "2014-01-03T21:00:00Z", "value": 1098.0}
    assert results["trades"][0]["pnl"] == 98.0


def test_the_total_return_is_a_percentage() -> None:
    """9.8 is +9.8 %, while the figures are fractions."""
    results = build_summary(outcome())

    assert round(results["total_return_pct"], 9) == 9.8
    assert round(results["metrics"]["total_return"], 9) == 0.098


def test_a_summary_is_the_whole_without_the_curve() -> None:
    """Only the points are left out."""
    whole = build_results(outcome())
    del whole["equity_curve"]

    assert build_summary(outcome()) == whole


def test_results_are_one_json_document() -> None:
    """Every value is something that JSON can say, also of an empty run."""
    empty = outcome(symbols=[], curve=EquityTracker(), trades=[], fills=[], bar_count=0)

    for results in (build_results(outcome()), build_results(empty)):
        assert json.loads(json.dumps(results, allow_nan=False)) == results


def test_an_empty_run_ends_with_its_capital() -> None:
    """Without a point the value is the capital and the return is zero."""
    results = build_summary(outcome(symbols=[], curve=EquityTracker(), trades=[], fills=[], bar_count=0))

    assert (results["final_value"], results["total_return_pct"]) == (1000.0, 0.0)
    assert (results["symbol"], results["start"], results["end"]) == ("", None, None)


def test_refusals_are_told_by_code_with_an_example() -> None:
    """Steps and refusals are counted apart, and codes come in a fixed order."""
    results = build_summary(
        outcome(
            counts={"signals": 9, "orders": 5, "RATE_LIMIT_GLOBAL": 1, "INSUFFICIENT_CAPITAL": 2, "NO_SHORTS": 0},
            examples={"INSUFFICIENT_CAPITAL": "needs 2,000"},
        )
    )

    assert results["counts"] == {"signals": 9, "orders": 5, "canceled": 0, "expired": 0}
    assert list(results["rejections"].items()) == [
        ("INSUFFICIENT_CAPITAL", {"count": 2, "example": "needs 2,000"}),
        ("RATE_LIMIT_GLOBAL", {"count": 1, "example": ""}),
    ]


def test_open_positions_are_valued() -> None:
    """What is still held is told with its cost and its last price."""
    position = Position("MSFT", Decimal(5), Decimal(40))
    position.price = 42.0

    results = build_summary(outcome(positions=[("macd", position)]))

    assert results["open_positions"] == [
        {
            "symbol": "MSFT",
            "strategy_id": "macd",
            "quantity": 5.0,
            "average_cost": 40.0,
            "current_price": 42.0,
            "market_value": 210.0,
            "unrealized_pnl": 10.0,
        }
    ]


def test_a_fill_is_told_with_its_order_and_reason() -> None:
    """Every fill can be traced to the order that made it."""
    assert fill_record(fill("10", "100.25", day=1, commission="1", reason="cross above")) == {
        "time": "2014-01-03T21:00:00Z",
        "symbol": "AAPL",
        "strategy_id": "macd",
        "side": "buy",
        "quantity": 10.0,
        "price": 100.25,
        "commission": 1.0,
        "order_id": "order-1",
        "reason": "cross above",
        "is_exit": False,
    }


def test_a_crypto_year_is_for_crypto_alone() -> None:
    """A session that also trades an equity counts 252 days."""
    years = [
        build_summary(outcome(symbols=symbols))["metrics"]["periods_per_year"]
        for symbols in (["BTC/USD"], ["BTC/USD", "AAPL"], ["AAPL"])
    ]

    assert years == [365, 252, 252]


def test_what_the_session_knows_is_passed_on() -> None:
    """Assumptions, costs, benchmark and fingerprint stand as given."""
    results = build_summary(
        outcome(
            assumptions={"fills": "at the close"},
            first_price=10.0,
            last_price=12.0,
            slippage=3.5,
            event_count=7,
            event_hash="abc",
            warm_up_bars=34,
        )
    )

    assert results["assumptions"] == {"fills": "at the close"}
    assert round(results["metrics"]["buy_and_hold_return"], 9) == 0.2
    assert results["metrics"]["slippage"] == 3.5
    assert (results["event_count"], results["event_hash"], results["warm_up_bars"]) == (7, "abc", 34)
