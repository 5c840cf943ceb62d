"""One bar that could close a position twice closes it once, and what is left of a position stays guarded."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.sessions import RandomStrategy, make_parts, run_parts
from tests.flow.test_invariants import market
from tests.samples import StubCore, bar
from tradebus.bus import Publish
from tradebus.events import Event, FillEvent
from tradebus.model.bar import MarketSnapshot
from tradebus.model.position import Position
from tradebus.risk.limits import Limits
from tradebus.risk.settings import RiskSettings


class Plan:
    """Wishes what is planned for each bar by number."""

    name = "plan"

    def __init__(self, plan: dict[int, dict[str, Any]]) -> None:
        self._plan = plan
        self._bar = -1

    def generate_signals(self, snapshot: MarketSnapshot) -> list[dict[str, Any]]:
        """Return the wish of this bar."""
        self._bar += 1
        (now,) = snapshot.bars.values()
        wish = self._plan.get(self._bar)
        basics = {"symbol": now.symbol, "price": now.close, "timestamp": snapshot.timestamp}
        return [] if wish is None else [{**basics, **wish}]


ENTRY: dict[str, Any] = {"action": "BUY", "quantity": 100.0}
BARS = [
    bar(0, 100.0, high=101.0, low=99.0),
    bar(1, 104.0, open=102.0, high=105.0, low=98.0),
    bar(4, 109.0, open=103.0, high=110.0, low=95.0),
    bar(5, 92.0, open=90.0, high=95.0, low=85.0),
]


@pytest.mark.parametrize(
    "protection",
    [
        {"take_profit": 109.0, "stop_loss": 80.0},
        {"take_profit": 120.0, "stop_loss": 97.0},
        {"stop_loss": 96.5},
        {"take_profit": 108.0},
    ],
)
def test_a_bracket_and_a_protective_stop_in_one_bar_sell_once(protection: dict[str, float]) -> None:
    """Whichever fills first, the other finds nothing to close."""
    parts = make_parts(BARS, Plan({0: {**ENTRY, **protection}}), risk=RiskSettings(position_stop_pct=0.04))

    session, _, _ = run_parts(parts)

    assert [(fill.side.value, float(fill.qty)) for fill in session.trackers.fills] == [("buy", 100), ("sell", 100)]


def test_what_one_bar_adds_is_sold_by_the_stop_that_bar_touches() -> None:
    """A resting limit fills and a stop fires in one bar: all of the position goes, and nothing is left unguarded."""
    plan: dict[int, dict[str, Any]] = {
        0: ENTRY,
        1: {"action": "HOLD"},
        2: {"action": "BUY", "quantity": 50.0, "limit_price": 88.0},
    }
    falling = [*BARS, bar(6, 65.0, open=70.0, high=75.0, low=60.0), bar(7, 45.0, open=50.0, high=55.0, low=40.0)]
    parts = make_parts(falling, Plan(plan), risk=RiskSettings(position_stop_pct=0.08))

    session, _, _ = run_parts(parts)

    fills = [(fill.side.value, float(fill.qty), fill.reason) for fill in session.trackers.fills]
    assert fills == [("buy", 100, "BUY signal"), ("buy", 50, "BUY signal"), ("sell", 150, "position_stop")]


def test_nothing_is_bought_when_trading_is_not_enabled() -> None:
    """Everything is decided, and refused by name."""
    parts = make_parts(BARS, Plan({0: ENTRY}), enable_trading=False)

    session, _, _ = run_parts(parts)

    assert session.trackers.fills == []
    assert session.trackers.counts["TRADING_HALTED"] == 1
    assert "enable_trading is false" in session.trackers.examples["TRADING_HALTED"]


def test_a_buy_that_the_cash_no_longer_pays_is_reported() -> None:
    """The open gaps up over what the sizer reckoned with."""
    from tradebus.matching.price import FillAt

    gap = [bar(0, 100.0), bar(1, 120.0, open=115.0)]
    parts = make_parts(gap, Plan({0: {"action": "BUY", "quantity": 990.0}}), fill_at=FillAt.OPEN)

    session, _, _ = run_parts(parts)

    assert session.trackers.counts["INSUFFICIENT_BUYING_POWER"] == 1
    assert "990 AAPL" in session.trackers.examples["INSUFFICIENT_BUYING_POWER"]


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_a_long_only_account_is_never_short(seed: int) -> None:
    """Not after any fill, with every kind of order and protective stops on, and every position has an entry before."""
    parts = make_parts(
        market(seed),
        RandomStrategy(seed, rate=0.6),
        risk=RiskSettings(position_stop_pct=0.01, trailing_stop_pct=0.015),
        limits=Limits(regular_hours_only=False),
    )
    shorts: list[Position] = []

    def look(event: Event, publish: Publish) -> None:
        shorts.extend(position for _, position in parts.portfolio.positions() if position.qty < 0)

    run_parts(parts, StubCore("watch", (FillEvent,), (), look))

    assert shorts == []
