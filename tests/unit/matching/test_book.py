"""Tests of tradebus/matching/book.py, through the engine that keeps it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS, bar
from tests.unit.matching.samples import accepted, after, brief, fills, order, reason, sell, venue
from tradebus.matching import book
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.model.order import OrderSide, OrderType, TimeInForce

SHORT: dict[str, Any] = {"side": OrderSide.SELL, "take_profit": 90, "stop_loss": 110}


def _bracket(**engine: Any) -> DeterministicMatchingEngine:
    """Return an engine with a filled entry at 100, whose stop is at 90 and target at 110."""
    matcher = venue(**engine)
    outcomes = matcher.match(order(take_profit=110, stop_loss=90))
    assert brief(outcomes) == ["o1 accepted", "o1 100 @ 100", "o1-sl accepted", "o1-tp accepted"]
    return matcher


def _pair() -> DeterministicMatchingEngine:
    matcher = venue()
    matcher.match(sell(take_profit=110, stop_loss=90))
    return matcher


@pytest.mark.parametrize(
    ("of_bar", "expected"),
    [
        ({"low": 95, "high": 105}, []),
        ({"low": 90, "high": 105}, ["o1-sl 100 @ 90", "o1-tp canceled"]),
        ({"low": 95, "high": 110}, ["o1-tp 100 @ 110", "o1-sl canceled"]),
        ({"low": 80, "high": 105, "open": 85.0}, ["o1-sl 100 @ 85", "o1-tp canceled"]),
        # Both are touched: the stop, unless the bar opens at the target or beyond.
        ({"low": 90, "high": 110}, ["o1-sl 100 @ 90", "o1-tp canceled"]),
        ({"low": 90, "high": 112, "open": 111.0}, ["o1-tp 100 @ 111", "o1-sl canceled"]),
        ({"low": 90, "high": 112, "open": 110.0}, ["o1-tp 100 @ 110", "o1-sl canceled"]),
    ],
)
def test_a_bracket_closes_a_long_once(of_bar: dict[str, Any], expected: list[str]) -> None:
    """One child fills and the other ends; where the bar does not tell which was first, the stop was."""
    assert brief(_bracket().on_bar(after(1, **of_bar))) == expected


@pytest.mark.parametrize(
    ("of_bar", "expected"),
    [
        ({"low": 90, "high": 110}, ["o1-sl 100 @ 110", "o1-tp canceled"]),
        ({"low": 88, "high": 110, "open": 89.0}, ["o1-tp 100 @ 89", "o1-sl canceled"]),
    ],
)
def test_a_bracket_closes_a_short_alike(of_bar: dict[str, Any], expected: list[str]) -> None:
    """Everything is the other way round."""
    matcher = venue()
    matcher.match(order(**SHORT))

    assert brief(matcher.on_bar(after(1, **of_bar))) == expected


def test_protection_begins_with_the_bar_after_the_entry() -> None:
    """The rest of the bar that filled the entry is not used against it or for it."""
    matcher = venue(fill_at="open")
    matcher.match(order(take_profit=110, stop_loss=90))

    assert brief(matcher.on_bar(after(1, 80, 120))) == ["o1 100 @ 100", "o1-sl accepted", "o1-tp accepted"]
    assert brief(matcher.on_bar(after(2, 95, 120, open=100.0))) == ["o1-tp 100 @ 110", "o1-sl canceled"]


def test_protection_waits_until_the_entry_is_complete() -> None:
    """A part of an entry that still works is not guarded, as at Alpaca."""
    matcher = venue(bar(0, volume=400.0))

    first = matcher.match(order(stop_loss=90))
    second = matcher.on_bar(after(1, 80, 120))

    assert brief(first) == ["o1 accepted", "o1 40 @ 100"]
    assert brief(second) == ["o1 60 @ 100", "o1-sl accepted"]
    assert [resting.client_order_id for resting in matcher.resting] == ["o1-sl"]


def test_protection_of_a_part_is_for_that_part() -> None:
    """An entry that ends in part frees its children; what they were announced with beyond it is cancelled."""
    matcher = venue(bar(0, volume=400.0))
    matcher.match(order(take_profit=110, stop_loss=90))

    assert brief(matcher.cancel("o1", "enough")) == ["o1 canceled", "o1-sl accepted", "o1-tp accepted"]
    assert brief(matcher.on_bar(after(1, 90, 101))) == ["o1-sl 40 @ 90", "o1-sl canceled", "o1-tp canceled"]
    assert matcher.resting == ()


def test_protection_of_an_expired_entry_is_there_for_the_next_session() -> None:
    """The entry ended with its session, so its children rest when the next one opens."""
    matcher = venue(bar(0, volume=400.0))
    matcher.match(order(stop_loss=90, time_in_force=TimeInForce.DAY))
    matcher.on_bar(bar(1, volume=0.0))

    outcomes = matcher.on_bar(after(4, 80, 101, open=95.0))

    assert brief(outcomes) == ["o1 expired", "o1-sl accepted", "o1-sl 40 @ 90", "o1-sl canceled"]


@pytest.mark.parametrize("policy", [TimeInForce.IOC, TimeInForce.FOK])
def test_an_immediate_entry_that_fails_takes_its_children_with_it(policy: TimeInForce) -> None:
    """Children of an entry without a fill never work."""
    matcher = venue(bar(0, volume=0.0))

    outcomes = matcher.match(order(take_profit=110, stop_loss=90, time_in_force=policy))

    assert brief(outcomes) == ["o1 accepted", "o1 canceled", "o1-sl canceled", "o1-tp canceled"]


def test_a_cancelled_entry_takes_its_children_with_it() -> None:
    """They were never accepted, and are not now."""
    matcher = venue(fill_at="open")
    matcher.match(order(take_profit=110, stop_loss=90))

    outcomes = matcher.cancel("o1", "changed my mind")

    assert brief(outcomes) == ["o1 canceled", "o1-sl canceled", "o1-tp canceled"]
    assert not matcher.on_bar(bar(1))


def test_a_part_of_one_child_shrinks_the_other() -> None:
    """Together they sell what was bought, never more."""
    matcher = _bracket()

    first = matcher.on_bar(after(1, 95, 110, volume=300.0))
    second = matcher.on_bar(after(2, 89, 100))

    assert brief(first) == ["o1-tp 30 @ 110"]
    assert brief(second) == ["o1-sl 70 @ 90", "o1-sl canceled", "o1-tp canceled"]
    assert sum(fill.last_qty for fill in fills([*first, *second])) == 100


def test_the_rest_of_a_stop_goes_before_its_target() -> None:
    """Once the stop is triggered it is a market order that no open at the target overtakes."""
    matcher = _bracket()

    assert brief(matcher.on_bar(after(1, 90, 100, volume=300.0))) == ["o1-sl 30 @ 90"]
    outcomes = matcher.on_bar(after(2, 100, 120, open=115.0, close=118.0))
    assert brief(outcomes) == ["o1-sl 70 @ 118", "o1-tp canceled"]


def test_a_cancel_of_one_child_cancels_the_other() -> None:
    """As at Alpaca; the reason says why the other ended."""
    outcomes = _bracket().cancel("o1-tp", "signal")

    assert brief(outcomes) == ["o1-tp canceled", "o1-sl canceled"]
    assert reason(outcomes[1:]) == "the other of its pair was cancelled: signal"


def test_a_cancel_of_a_child_that_waits_leaves_the_entry() -> None:
    """The entry goes on without protection."""
    matcher = venue(fill_at="open")
    matcher.match(order(take_profit=110, stop_loss=90))

    assert brief(matcher.cancel("o1-sl", "")) == ["o1-sl canceled", "o1-tp canceled"]
    assert brief(matcher.on_bar(bar(1))) == ["o1 100 @ 100"]


def test_a_cancel_of_a_filled_entry_leaves_its_protection() -> None:
    """A late cancel must not take the stop away."""
    matcher = _bracket()

    assert not matcher.cancel("o1", "too late")
    assert len(matcher.resting) == 2


def test_an_exit_with_both_prices_is_a_pair() -> None:
    """Its children work from the next bar on; itself it is never matched."""
    matcher = venue(after(0, 80, 120))

    outcomes = matcher.match(sell(take_profit=110, stop_loss=90))

    assert brief(outcomes) == ["o1 accepted", "o1-sl accepted", "o1-tp accepted", "o1 canceled"]
    assert [terms.side for terms in matcher.resting] == [OrderSide.SELL, OrderSide.SELL]
    assert brief(matcher.on_bar(after(1, 95, 111))) == ["o1-tp 100 @ 110", "o1-sl canceled"]


def test_a_cancel_of_a_pair_by_its_own_id_ends_both() -> None:
    """Whoever sent the pair knows that id."""
    assert brief(_pair().cancel("o1", "signal")) == ["o1-sl canceled", "o1-tp canceled"]


def test_an_unknown_id_cancels_no_pair() -> None:
    """Only the exact id does."""
    assert not _pair().cancel("o", "signal")


def test_children_get_ids_of_the_venue() -> None:
    """Every order that works has one, counted from 1."""
    outcomes = venue().match(order(take_profit=110, stop_loss=90))

    assert accepted(outcomes) == ["o1", "o1-sl", "o1-tp"]
    assert [outcome.venue_order_id for outcome in outcomes if hasattr(outcome, "venue_order_id")] == ["v1", "v2", "v3"]


def test_orders_fill_in_the_order_in_which_they_came() -> None:
    """Prices do not matter for the turn."""
    matcher = venue(fill_at="open")
    for name in ("c", "a", "b"):
        matcher.match(order(client_order_id=name, order_type=OrderType.LIMIT, limit_price=101))

    assert brief(matcher.on_bar(bar(1))) == ["c 100 @ 100", "a 100 @ 100", "b 100 @ 100"]


def test_only_so_many_ended_orders_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of ids has a cap; what still works is known beyond it."""
    monkeypatch.setattr(book, "_SEEN_MAX", 2)
    matcher = venue()
    matcher.match(order(client_order_id="rests", order_type=OrderType.LIMIT, limit_price=90))
    for name in ("a", "b", "c"):
        matcher.match(order(client_order_id=name))

    assert brief(matcher.match(order(client_order_id="rests"))) == ["rests rejected"]
    assert brief(matcher.match(order(client_order_id="c"))) == ["c rejected"]
    assert brief(matcher.match(order(client_order_id="a")))[0] == "a accepted"


def test_a_trailing_entry_hands_no_trail_to_its_stop() -> None:
    """A protective stop stands still."""
    matcher = venue()
    matcher.match(order(order_type=OrderType.TRAILING_STOP, trail_pct=0.05, stop_loss=80))
    matcher.on_bar(after(1, 95, 110, close=109.0))

    matcher.on_bar(after(2, 100, 130, close=125.0))

    assert brief(matcher.on_bar(after(3, 80, 120))) == ["o1-sl 100 @ 80"]


def test_room_is_measured_once_a_bar() -> None:
    """What was used of a bar stays used."""
    market = book.Market(venue()._instruments["AAPL"])
    first, pct = bar(0, volume=1000.0), Decimal("0.1")
    assert market.room(first, pct) == 100

    market.use(Decimal(30))

    assert market.room(first, pct) == 70
    assert market.room(bar(1, volume=500.0), pct) == 50


def test_the_engine_can_be_walked_while_it_changes() -> None:
    """Iterating over the book sees the orders as they were when it began."""
    matcher = venue(fill_at="open")
    for name in ("a", "b"):
        matcher.match(order(client_order_id=name, time_ns=START_NS))

    for resting in matcher._book:
        matcher.cancel(resting.order.client_order_id, "")

    assert matcher.resting == ()
