"""Tests of tradebus/risk/stops/portfolio.py."""

import math
from datetime import UTC, datetime

import pytest

from tradebus.errors import InputError
from tradebus.model.instrument import default_instrument
from tradebus.model.time import DAY_NS, to_ns
from tradebus.risk.stops.portfolio import PortfolioStop, utc_day

NOON = DAY_NS // 2


def test_a_loss_of_exactly_the_limit_is_a_breach() -> None:
    """And a cent less is none."""
    stop = PortfolioStop(0.05)
    assert stop.check(NOON, 100_000.0) is None

    assert stop.check(NOON + 1, 95_000.01) is None
    assert stop.check(NOON + 2, 95_000.0) == pytest.approx(0.05)


def test_a_day_begins_with_the_last_equity_of_the_day_before() -> None:
    """So that a gap over night counts, and one value a day is enough to see a loss."""
    stop = PortfolioStop(0.05)

    assert stop.check(0 * DAY_NS, 100_000.0) is None
    assert stop.check(1 * DAY_NS, 96_000.0) is None
    assert stop.check(2 * DAY_NS, 92_000.0) is None
    assert stop.check(3 * DAY_NS, 87_000.0) == pytest.approx(1 - 87_000 / 92_000)


def test_gains_of_the_day_may_be_lost_again() -> None:
    """The start of the day is what counts, not its best moment."""
    stop = PortfolioStop(0.05)
    for equity in (100_000.0, 120_000.0, 95_001.0):
        assert stop.check(NOON, equity) is None


def test_after_a_breach_the_loss_is_measured_anew() -> None:
    """It is not reported again and again, but a further loss is."""
    stop = PortfolioStop(0.1)
    stop.check(NOON, 100.0)

    assert stop.check(NOON, 90.0) is not None
    assert stop.check(NOON, 89.0) is None
    assert stop.check(NOON, 81.0) == pytest.approx(0.1)


@pytest.mark.parametrize("equity", [math.nan, math.inf, -math.inf, 0.0, -5.0])
def test_an_equity_that_cannot_be_is_a_breach(equity: float) -> None:
    """At the start and later; it never becomes what losses are measured from."""
    assert PortfolioStop(0.1).check(NOON, equity) is not None

    stop = PortfolioStop(0.1)
    stop.check(NOON, 100.0)
    assert stop.check(NOON, equity) is not None
    assert stop.check(NOON, equity) is not None
    assert stop.check(NOON + DAY_NS, equity) is not None
    assert stop.check(NOON + DAY_NS, 95.0) is None
    assert stop.check(NOON + DAY_NS, 90.0) is not None


def test_a_first_equity_that_comes_late_is_no_loss() -> None:
    """It is what losses are measured from."""
    stop = PortfolioStop(0.1)
    assert stop.check(NOON, math.nan) is not None

    assert stop.check(NOON, 100.0) is None
    assert stop.check(NOON, 90.0) == pytest.approx(0.1)


def test_the_day_may_be_new_yorks() -> None:
    """19:59 and 20:00 UTC are one session there, midnight UTC too."""
    stop = PortfolioStop(0.05, default_instrument("AAPL").session_day)
    stop.check(to_ns(datetime(2014, 6, 9, 20, tzinfo=UTC)), 100.0)
    stop.check(to_ns(datetime(2014, 6, 10, 0, 30, tzinfo=UTC)), 96.0)

    assert stop.check(to_ns(datetime(2014, 6, 10, 3, 59, tzinfo=UTC)), 95.0) is not None


def test_the_day_is_asked_for_once_an_hour() -> None:
    """Days begin on full hours everywhere that trades."""
    asked = []

    def day_of(time_ns: int) -> int:
        asked.append(time_ns)
        return utc_day(time_ns)

    stop = PortfolioStop(0.05, day_of)
    for minute in range(180):
        stop.check(minute * 60 * 10**9, 100.0 + minute)

    assert len(asked) == 3


@pytest.mark.parametrize("pct", [0, 1, 5, math.nan])
def test_it_is_a_fraction(pct: float) -> None:
    """5 is not 5 %."""
    with pytest.raises(InputError, match="portfolio_stop_pct"):
        PortfolioStop(pct)
