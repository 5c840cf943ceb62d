"""What must hold after every event of every session: conservation, determinism, no look-ahead."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.sessions import RandomStrategy, make_parts, run_parts
from tests.samples import StubCore, random_bars
from tradebus.bus import Publish
from tradebus.engine.wiring import Parts
from tradebus.events import (
    BarEvent,
    BrokerAccepted,
    Event,
    FillEvent,
    OrderApproved,
    OrderRejected,
    OrderSized,
    SignalEvent,
    SnapshotEvent,
)
from tradebus.matching.commissions.alpaca_fees import AlpacaFees
from tradebus.matching.commissions.bps import Bps
from tradebus.matching.price import FillAt
from tradebus.model.order import OrderSide, TimeInForce
from tradebus.risk.limits import Limits
from tradebus.risk.settings import RiskSettings
from tradebus.services.order_book import OrderBook
from tradebus.sizers.fixed import FixedSizer
from tradebus.sizers.percent import PercentSizer
from tradebus.sizers.risk_based import RiskBasedSizer
from tradebus.strategies.macd import MACDStrategy

setups = st.fixed_dictionaries(
    {
        "fill_at": st.sampled_from([FillAt.CLOSE, FillAt.OPEN]),
        "max_volume_pct": st.sampled_from([None, 0.1, 0.0005]),
        "slippage_bps": st.sampled_from([0.0, 7.5]),
        "commission": st.sampled_from([None, Bps(10), AlpacaFees()]),
        "time_in_force": st.sampled_from(list(TimeInForce)),
        "sizer": st.sampled_from([PercentSizer(0.25), PercentSizer(1.0), FixedSizer(30), RiskBasedSizer(0.01, 0.05)]),
        "limits": st.sampled_from(
            [
                Limits(),
                Limits(allow_short=True),
                Limits(max_position_size=100, max_orders_per_minute=1, allow_short=True),
            ]
        ),
        "risk": st.sampled_from(
            [
                RiskSettings(),
                RiskSettings(position_stop_pct=0.02, trailing_stop_pct=0.03),
                RiskSettings(portfolio_stop_pct=0.01, max_drawdown_pct=0.03),
            ]
        ),
        "flatten": st.booleans(),
    }
)


def market(seed: int, days: int = 40, symbols: Sequence[str] = ("AAPL", "MSFT")) -> list[BarEvent]:
    """Return bars of several symbols in the order of their ends."""
    bars = [bar for number, symbol in enumerate(symbols) for bar in random_bars(days, seed + number, symbol)]
    return sorted(bars, key=lambda bar: bar.time_ns)


class Auditor:
    """Hears everything, last in line, and checks the books against sums of its own."""

    def __init__(self, parts: Parts) -> None:
        self._portfolio = parts.portfolio
        self._cash = parts.portfolio.initial_cash
        self._held: dict[str, Decimal] = {}
        self._approved: dict[str, Decimal] = {}
        self._accepted: set[str] = set()
        self._filled: dict[str, Decimal] = {}
        self.service = StubCore("auditor", (Event,), (), self._check)

    def _check(self, event: Event, publish: Publish) -> None:
        match event:
            case OrderApproved(_, order):
                for one in (order, *order.children()):
                    self._approved[one.client_order_id] = one.qty
            case BrokerAccepted():
                self._accepted.add(event.client_order_id)
            case FillEvent():
                self._book(event)
        portfolio = self._portfolio
        value = float(portfolio.cash) + sum(
            float(position.qty) * position.price for _, position in portfolio.positions()
        )
        assert math.isclose(portfolio.equity, value, rel_tol=1e-12, abs_tol=1e-6)
        for symbol, qty in self._held.items():
            assert portfolio.position(symbol) == qty
        assert portfolio.cash == self._cash

    def _book(self, fill: FillEvent) -> None:
        order_id = fill.client_order_id
        assert order_id in self._approved, "a fill without an approved order"
        assert order_id in self._accepted, "a fill before the venue accepted the order"
        filled = self._filled[order_id] = self._filled.get(order_id, Decimal(0)) + fill.qty
        assert filled <= self._approved[order_id], "more was filled than ordered"
        sign = 1 if fill.side is OrderSide.BUY else -1
        self._held[fill.symbol] = self._held.get(fill.symbol, Decimal(0)) + sign * fill.qty
        self._cash -= sign * fill.qty * fill.price + fill.commission


@settings(max_examples=60, deadline=None)
@given(setups, st.integers(0, 10_000))
def test_the_books_balance_after_every_event(setup: dict[str, Any], seed: int) -> None:
    """Cash, positions, fills and orders agree with sums kept beside them, whatever the settings."""
    parts = make_parts(market(seed), RandomStrategy(seed), **setup)
    auditor = Auditor(parts)

    session, _, _ = run_parts(parts, auditor.service)

    book = next(service for service in session.bus.services if isinstance(service, OrderBook))
    for order in book._orders.values():
        assert order.filled_qty + order.remaining_qty == order.request.qty
    if setup["flatten"]:
        assert not list(parts.portfolio.positions())


@settings(max_examples=25, deadline=None)
@given(setups, st.integers(0, 10_000))
def test_two_runs_are_the_same_event_for_event(setup: dict[str, Any], seed: int) -> None:
    """The same input gives the same hash."""
    hashes = {run_parts(make_parts(market(seed), RandomStrategy(seed), **setup))[1].hexdigest() for _ in range(2)}

    assert len(hashes) == 1


def decisions(events: list[Event], until_ns: int) -> list[Event]:
    """Return what was decided and done up to a moment."""
    return [
        event
        for event in events
        if isinstance(event, SignalEvent | OrderSized | OrderApproved | OrderRejected | FillEvent)
        and event.time_ns <= until_ns
        and getattr(event, "reason", "") != "session end"
        and getattr(getattr(event, "order", None), "reason", "") != "session end"
    ]


def poison(bar: BarEvent) -> BarEvent:
    """Return a bar of the future that is quite different."""
    high = bar.high * 7
    return BarEvent(
        bar.time_ns,
        bar.symbol,
        bar.timeframe,
        bar.open * 5,
        high,
        bar.low / 3,
        bar.close * 2,
        1.0,
        bar.start_ns,
        3,
        high,
    )


@settings(max_examples=30, deadline=None)
@given(setups, st.integers(0, 10_000), st.integers(5, 35))
def test_no_decision_looks_ahead(setup: dict[str, Any], seed: int, cut: int) -> None:
    """Cut or poison all bars after a moment: everything decided up to it stays the same."""
    bars = market(seed)
    until = sorted({bar.time_ns for bar in bars})[cut]
    past = [bar for bar in bars if bar.time_ns <= until]
    poisoned = past + [poison(bar) for bar in bars if bar.time_ns > until]

    whole, short, other = (
        decisions(run_parts(make_parts(some, RandomStrategy(seed), **setup))[2], until)
        for some in (bars, past, poisoned)
    )

    assert short == whole == other


@pytest.mark.parametrize("fill_at", [FillAt.CLOSE, FillAt.OPEN])
def test_macd_does_not_look_ahead(fill_at: FillAt) -> None:
    """The shipped strategy, over enough bars to trade."""
    bars = random_bars(160, 3)
    until = bars[120].time_ns
    whole = decisions(run_parts(make_parts(bars, MACDStrategy(), fill_at=fill_at))[2], until)
    short = decisions(run_parts(make_parts(bars[:121], MACDStrategy(), fill_at=fill_at))[2], until)

    assert whole
    assert whole == short


def test_backtest_and_dry_run_decide_the_same() -> None:
    """The two modes over stored bars are the same services: equal events, but for the name of the mode."""
    runs = [
        run_parts(make_parts(market(1), RandomStrategy(1)), mode=mode, tells="any")[1].hexdigest()
        for mode in ("backtest", "dry-run")
    ]

    assert runs[0] == runs[1]


def test_a_snapshot_is_not_changed_by_later_bars() -> None:
    """A strategy may keep what it was shown."""
    kept = []

    class Keeper:
        name = "keeper"

        def generate_signals(self, snapshot: Any) -> list[Any]:
            kept.append((snapshot, dict(snapshot.prices), dict(snapshot.bars)))
            return []

    run_parts(make_parts(market(2), Keeper()))

    assert all(snapshot.prices == prices and snapshot.bars == bars for snapshot, prices, bars in kept)
    assert all(bar.time_ns == snapshot.time_ns for snapshot, _, bars in kept for bar in bars.values())


def test_snapshots_come_once_a_moment() -> None:
    """Every moment has one snapshot, after all its bars."""
    _, _, events = run_parts(make_parts(market(4), RandomStrategy(4)))
    shape = [event for event in events if isinstance(event, BarEvent | SnapshotEvent)]

    assert [type(event).__name__ for event in shape[:6]] == ["BarEvent", "BarEvent", "SnapshotEvent"] * 2
