"""Tests of tradebus/risk/risk_manager.py."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import START_NS, bar
from tests.unit.risk.samples import SELL, fill
from tradebus.model.order import OrderSide
from tradebus.model.time import DAY_NS
from tradebus.risk.risk_manager import NO_BREACHES, NO_EXITS, Breach, ExitSignal, RiskManager, RiskSettings
from tradebus.risk.stops.drawdown import MaxDrawdown
from tradebus.risk.stops.position import PositionStop


def manager(
    position: float | None = None,
    trailing: float | None = None,
    daily: float | None = None,
    drawdown: float | None = None,
    *,
    breaker: bool = True,
) -> RiskManager:
    """Return a risk manager with some protections."""
    return RiskManager(
        RiskSettings(
            position_stop_pct=position,
            trailing_stop_pct=trailing,
            portfolio_stop_pct=daily,
            max_drawdown_pct=drawdown,
            enable_circuit_breaker=breaker,
        )
    )


def signals(exits: Sequence[ExitSignal]) -> list[tuple[str, float | None, float]]:
    """Return stop, level and price of exits."""
    return [(one.stop, one.level, one.price) for one in exits]


def test_without_positions_nothing_is_made() -> None:
    """A shared empty answer, for every bar of a backtest."""
    risk = manager(0.05, 0.1, 0.05, 0.1)

    assert risk.check_stops(bar()) is NO_EXITS
    assert risk.check_tick("AAPL", 1.0) is NO_EXITS
    assert risk.check_portfolio(START_NS, 100.0) is NO_BREACHES
    assert risk.check_portfolio(START_NS, 100.0) is NO_BREACHES
    assert risk.level("macd", "AAPL") is None


def test_a_bar_that_reaches_the_level_closes_the_position() -> None:
    """At the level; a cent above it does nothing."""
    risk = manager(position=0.05)
    risk.on_fill(fill(price="100"))

    assert risk.check_stops(bar(1, 97.0, low=95.01)) is NO_EXITS
    exits = risk.check_stops(bar(2, 97.0, low=95.0))

    assert exits == (ExitSignal("macd", "AAPL", "position_stop", 95.0, 95.0),)


def test_a_bar_that_opens_beyond_the_level_is_priced_at_its_open() -> None:
    """A gap is not filled at the stop."""
    risk = manager(position=0.05)
    risk.on_fill(fill(price="100"))

    assert signals(risk.check_stops(bar(1, 92.0, open=90.0))) == [("position_stop", 95.0, 90.0)]


def test_short_positions_are_closed_above() -> None:
    """Level and gap are mirrored."""
    touched, gapped = manager(position=0.05), manager(position=0.05)
    for risk in (touched, gapped):
        risk.on_fill(fill(price="100", side=SELL))

    assert touched.check_stops(bar(1, 100.0, high=104.99)) is NO_EXITS
    assert signals(touched.check_stops(bar(2, 100.0, high=105.0))) == [("position_stop", 105.0, 105.0)]
    assert signals(gapped.check_stops(bar(1, 108.0, open=110.0))) == [("position_stop", 105.0, 110.0)]


def test_the_mark_is_taken_after_the_check() -> None:
    """A bar that makes a new high and falls back is checked against the old level."""
    risk = manager(trailing=0.1)
    risk.on_fill(fill(price="100"))
    risk.check_stops(bar(1, 100.0))

    assert risk.check_stops(bar(2, 200.0, low=95.0)) is NO_EXITS
    assert risk.level("macd", "AAPL") == 180.0
    assert signals(risk.check_stops(bar(3, 190.0, low=180.0))) == [("trailing_stop", 180.0, 180.0)]


def test_the_close_of_the_entry_bar_is_the_first_mark() -> None:
    """Booked into the bar just seen, a fill has that bar's close, whatever its own price; later closes raise it."""
    risk = manager(trailing=0.1)
    entry = bar(1, 90.0, open=100.0)
    risk.check_stops(entry)

    risk.on_fill(fill(price="100", time_ns=entry.time_ns))

    assert risk.level("macd", "AAPL") == 81.0
    risk.check_stops(bar(2, 85.0, low=82.0))
    assert risk.level("macd", "AAPL") == 81.0


def test_a_bar_that_began_before_the_entry_is_not_checked() -> None:
    """Its low may be older than the position; its close is a mark all the same."""
    risk = manager(position=0.05, trailing=0.5)
    risk.check_stops(bar(0, 100.0))
    risk.on_fill(fill(price="100", time_ns=START_NS + DAY_NS // 2))
    assert risk.level("macd", "AAPL") == 95.0

    assert risk.check_stops(bar(1, 101.0, low=90.0)) is NO_EXITS
    assert signals(risk.check_stops(bar(2, 101.0, low=95.0))) == [("position_stop", 95.0, 95.0)]


def test_a_bar_from_before_the_entry_is_no_mark() -> None:
    """One that arrives late tells nothing about the position."""
    risk = manager(trailing=0.1)
    risk.on_fill(fill(price="100", time_ns=START_NS + DAY_NS))

    risk.check_stops(bar(0, 500.0))
    risk.mark("AAPL", 500.0, START_NS)

    assert risk.level("macd", "AAPL") == 90.0


def test_an_exit_is_asked_for_once() -> None:
    """Until the position is flat, or somebody says that it did not work."""
    risk = manager(position=0.05)
    risk.on_fill(fill("100", "100"))
    low = [bar(index, 90.0) for index in range(1, 6)]

    assert len(risk.check_stops(low[0])) == 1
    assert risk.check_stops(low[1]) is NO_EXITS
    assert risk.check_tick("AAPL", 90.0) is NO_EXITS
    risk.on_fill(fill("40", "90", side=SELL))
    assert risk.check_stops(low[2]) is NO_EXITS

    risk.rearm("other", "AAPL")
    assert risk.check_stops(low[3]) is NO_EXITS
    risk.rearm("macd", "AAPL")
    assert len(risk.check_stops(low[4])) == 1


def test_a_new_position_is_a_new_episode() -> None:
    """Flat ends one; the next has its own stop."""
    risk = manager(position=0.05)
    risk.on_fill(fill("100", "100"))
    risk.check_stops(bar(1, 90.0))
    risk.on_fill(fill("100", "90", side=SELL))
    assert risk.level("macd", "AAPL") is None

    risk.on_fill(fill("100", "90", time_ns=START_NS + DAY_NS))

    assert risk.level("macd", "AAPL") == 85.5
    assert len(risk.check_stops(bar(2, 80.0))) == 1


def test_strategies_have_their_own_positions() -> None:
    """In one symbol, with their own entries; closing one leaves the other."""
    risk = manager(position=0.05)
    risk.on_fill(fill(price="100"))
    risk.on_fill(fill(price="80", strategy_id="momentum"))

    exits = risk.check_stops(bar(1, 90.0))
    assert [one.strategy_id for one in exits] == ["macd"]
    risk.on_fill(fill(price="90", side=SELL))

    assert [one.strategy_id for one in risk.check_stops(bar(2, 70.0))] == ["momentum"]


def test_ticks_touch_levels_and_make_no_marks() -> None:
    """Marks are made of closes; a session without bars gives them itself."""
    risk = manager(position=0.05, trailing=0.1)
    risk.on_fill(fill(price="100"))

    assert risk.check_tick("AAPL", 200.0) is NO_EXITS
    assert risk.level("macd", "AAPL") == 95.0
    risk.mark("AAPL", 200.0, START_NS)
    risk.mark("MSFT", 200.0, START_NS)
    assert risk.level("macd", "AAPL") == 180.0

    assert signals(risk.check_tick("AAPL", 179.0)) == [("trailing_stop", 180.0, 179.0)]


def test_ticks_close_short_positions_above() -> None:
    """Mirrored."""
    risk = manager(position=0.05)
    risk.on_fill(fill(price="100", side=SELL))

    assert risk.check_tick("AAPL", 104.99) is NO_EXITS
    assert signals(risk.check_tick("AAPL", 105.0)) == [("position_stop", 105.0, 105.0)]


def test_a_breach_closes_everything_and_trips_the_breaker() -> None:
    """At the market, at the last prices known; one breach, one exit each."""
    risk = manager(drawdown=0.1)
    risk.on_fill(fill(price="100"))
    risk.on_fill(fill(price="50", symbol="MSFT", strategy_id="momentum"))
    risk.check_stops(bar(1, 88.0))
    risk.check_portfolio(START_NS, 100_000.0)

    (breach,) = risk.check_portfolio(START_NS + 1, 90_000.0)

    assert (breach.limit, breach.bound, breach.trips_breaker) == ("max_drawdown", 0.1, True)
    assert breach.value == pytest.approx(0.1)
    assert breach.reason == "max_drawdown: 10.00% of the equity lost, 10.00% allowed" == risk.halted
    assert breach.exits == (
        ExitSignal("macd", "AAPL", "max_drawdown", None, 88.0),
        ExitSignal("momentum", "MSFT", "max_drawdown", None, 50.0),
    )
    assert risk.check_portfolio(START_NS + 2, 89_000.0) is NO_BREACHES


def test_exits_that_are_on_their_way_are_not_asked_for_by_a_breach() -> None:
    """One exit in the life of a position, whoever asks; stops go on while the breaker is open."""
    risk = manager(position=0.05, drawdown=0.1)
    risk.on_fill(fill(price="100"))
    risk.check_portfolio(START_NS, 100_000.0)
    assert len(risk.check_stops(bar(1, 90.0))) == 1

    (breach,) = risk.check_portfolio(START_NS + 1, 80_000.0)
    assert breach.exits == ()

    risk.on_fill(fill(price="50", symbol="MSFT"))
    assert len(risk.check_stops(bar(2, 40.0, symbol="MSFT"))) == 1


def test_two_limits_may_be_breached_at_once() -> None:
    """The breaker trips for the first, which has the exits."""
    risk = manager(daily=0.05, drawdown=0.1)
    risk.on_fill(fill())
    risk.check_portfolio(START_NS, 100_000.0)

    first, second = risk.check_portfolio(START_NS + 1, 80_000.0)

    assert (first.limit, len(first.exits), first.trips_breaker) == ("portfolio_stop", 1, True)
    assert (second.limit, len(second.exits), second.trips_breaker) == ("max_drawdown", 0, False)


def test_without_a_breaker_positions_are_closed_and_entries_go_on() -> None:
    """A new position lives until a further loss."""
    risk = manager(drawdown=0.1, breaker=False)
    risk.on_fill(fill())
    risk.check_portfolio(START_NS, 100.0)

    (breach,) = risk.check_portfolio(START_NS + 1, 90.0)
    assert (risk.breaker, risk.halted, breach.trips_breaker) == (None, None, False)

    risk.on_fill(fill(side=SELL))
    risk.on_fill(fill())
    assert risk.check_portfolio(START_NS + 2, 89.0) is NO_BREACHES
    (again,) = risk.check_portfolio(START_NS + 3, 81.0)
    assert len(again.exits) == 1


def test_after_a_reset_the_loss_is_measured_anew() -> None:
    """A breaker that trips again at once could not be reset."""
    risk = manager(drawdown=0.1)
    risk.check_portfolio(START_NS, 100.0)
    risk.check_portfolio(START_NS + 1, 85.0)
    assert risk.breaker is not None
    assert risk.breaker.tripped_ns == START_NS + 1

    risk.breaker.reset("looked at it")

    assert risk.check_portfolio(START_NS + 2, 84.0) is NO_BREACHES
    assert risk.halted is None


@pytest.mark.parametrize("equity", [math.nan, math.inf, -math.inf, 0.0, -5.0])
def test_an_equity_that_cannot_be_valued_is_a_breach(equity: float) -> None:
    """It closes everything and trips the breaker, once; a position opened in spite of it is closed too."""
    risk = manager(drawdown=0.1)
    risk.on_fill(fill())
    risk.check_portfolio(START_NS, 100.0)

    (breach,) = risk.check_portfolio(START_NS + 1, equity)
    assert len(breach.exits) == 1
    assert risk.halted == breach.reason
    assert risk.check_portfolio(START_NS + 2, equity) is NO_BREACHES
    assert risk.check_portfolio(START_NS + 2, math.nan) is NO_BREACHES

    risk.on_fill(fill(symbol="MSFT"))
    (again,) = risk.check_portfolio(START_NS + 3, equity)
    assert [one.symbol for one in again.exits] == ["MSFT"]
    assert risk.check_portfolio(START_NS + 4, 99.0) is NO_BREACHES


def test_nan_is_a_breach_from_the_first_value_on() -> None:
    """It never silently disables a limit."""
    risk = manager(daily=0.05, drawdown=0.1)

    breaches: Sequence[Breach] = risk.check_portfolio(START_NS, math.nan)

    assert [one.limit for one in breaches] == ["portfolio_stop", "max_drawdown"]
    assert breaches[0].reason == "portfolio_stop: the equity cannot be valued"
    assert risk.check_portfolio(START_NS, 100.0) is NO_BREACHES
    assert len(risk.check_portfolio(START_NS, 80.0)) == 2


def test_further_protections_can_be_added() -> None:
    """Of the same kinds, from other packages."""
    risk = RiskManager(price_stops=[PositionStop(0.5)], equity_stops=[MaxDrawdown(0.5)])
    risk.on_fill(fill(price="100"))
    risk.check_portfolio(START_NS, 100.0)

    assert risk.level("macd", "AAPL") == 50.0
    assert len(risk.check_portfolio(START_NS, 50.0)) == 1


def test_only_open_positions_are_kept() -> None:
    """Memory does not grow with the number of trades."""
    risk = manager(position=0.05)
    for number in range(100):
        risk.on_fill(fill(symbol=f"S{number % 7}"))
        risk.on_fill(fill(symbol=f"S{number % 7}", side=SELL))

    assert risk._held == {}


PRICES = st.floats(1, 1000).map(lambda price: round(price, 2))


@given(st.sampled_from(list(OrderSide)), PRICES, st.lists(st.tuples(PRICES, PRICES, PRICES), max_size=30))
@settings(max_examples=100, deadline=None)
def test_stops_never_loosen(side: OrderSide, entry: float, prices: list[tuple[float, float, float]]) -> None:
    """From the first close on, a level only comes nearer; and what is touched is exactly what lies beyond it."""
    risk = manager(position=0.2, trailing=0.1)
    risk.check_stops(bar(0, entry))
    risk.on_fill(fill(price=str(entry), side=side))
    for index, (first, other, close) in enumerate(prices):
        level = risk.level("macd", "AAPL")
        assert level is not None
        high, low = max(first, other, close), min(first, other, close)

        exits = risk.check_stops(bar(index + 1, close, open=first, high=high, low=low))

        touched = low <= level if side is OrderSide.BUY else high >= level
        assert bool(exits) == touched
        if touched:
            beyond = min(first, level) if side is OrderSide.BUY else max(first, level)
            assert exits[0].price == beyond
            return
        now = risk.level("macd", "AAPL")
        assert now is not None
        assert now >= level if side is OrderSide.BUY else now <= level
