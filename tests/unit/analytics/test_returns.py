"""Tests of tradebus/analytics/returns.py."""

import json
import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.samples import START_NS
from tradebus.analytics import returns as r
from tradebus.analytics.drawdown import find_drawdown
from tradebus.model.instrument import AssetClass
from tradebus.model.time import DAY_NS, MINUTE_NS, NEW_YORK, to_ns
from tradebus.model.timeframe import Timeframe

EQUITY, CRYPTO = AssetClass.US_EQUITY, AssetClass.CRYPTO
SERIES = (
    "returns_SPY_1993_2009.parquet",
    "equity_daily_splitadj.parquet:AAPL:adj_close",
    "equity_daily_splitadj.parquet:AAPL:close",
    "equity_daily_splitadj.parquet:SPY:adj_close",
)


def new_york(day: int, hour: int, minute: int = 0) -> int:
    """Return a moment of January 2023."""
    return to_ns(datetime(2023, 1, day, hour, minute, tzinfo=NEW_YORK))


def reference_returns(market_data: Path, name: str) -> list[float]:
    """Return the daily returns that the reference figures were computed from."""
    file, *column = name.split(":")
    frame = pl.read_parquet(market_data / file)
    if not column:
        values: list[float] = frame["return"].to_list()
        return values
    symbol, price = column
    closes = frame.filter(pl.col("symbol") == symbol)[price]
    return [float(value) for value in closes.pct_change().drop_nulls()]


@pytest.fixture(scope="module")
def reference(market_data: Path) -> dict[str, dict[str, Any]]:
    """The figures of empyrical-reloaded and QuantStats, by series."""
    figures: dict[str, dict[str, Any]] = json.loads((market_data / "reference/metrics.json").read_text())["series"]
    return figures


@pytest.mark.parametrize("name", SERIES)
def test_ratios_are_empyricals(market_data: Path, reference: dict[str, dict[str, Any]], name: str) -> None:
    """Every ratio agrees with empyrical-reloaded and QuantStats to 1e-9."""
    returns = reference_returns(market_data, name)
    curve = [1.0]
    for value in returns:
        curve.append(curve[-1] * (1 + value))
    fall = find_drawdown(range(len(curve)), curve, 1.0)
    assert fall is not None
    empyrical, quantstats = reference[name]["empyrical"], reference[name]["quantstats"]

    annual = r.cagr(returns, 252)

    assert len(returns) == reference[name]["rows"]
    for ours, theirs in [
        (r.cumulative_return(returns), empyrical["cum_returns_final"]),
        (annual, empyrical["annual_return"]),
        (annual, quantstats["cagr"]),
        (r.annual_volatility(returns, 252), empyrical["annual_volatility"]),
        (r.sharpe(returns, 252), empyrical["sharpe_ratio"]),
        (r.sharpe(returns, 252), quantstats["sharpe"]),
        (r.sortino(returns, 252), empyrical["sortino_ratio"]),
        (r.sortino(returns, 252), quantstats["sortino"]),
        (fall.depth, -empyrical["max_drawdown"]),
        (r.calmar(annual, fall.depth), empyrical["calmar_ratio"]),
        (r.calmar(annual, fall.depth), quantstats["calmar"]),
    ]:
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_pyalgotrades_published_sharpe_is_reproduced(market_data: Path) -> None:
    """PyAlgoTrade's sma_crossover on AAPL 2011-2012 has a published Sharpe ratio of 1.12 and a known final value."""
    year = pl.col("timestamp").dt.year()
    bars = pl.read_parquet(market_data / "equity_daily_raw.parquet").filter(
        (pl.col("symbol") == "AAPL") & year.is_between(2011, 2012)
    )
    closes = bars["adj_close"].to_list()
    opens = (bars["open"] * bars["adj_close"] / bars["close"]).to_list()
    cash, shares, order, before = 1_000_000.0, 0, 0, math.nan
    equity = []
    for i, (first, close) in enumerate(zip(opens, closes, strict=True)):
        cash, shares, order = cash - order * first, shares + order, 0
        above = close - sum(closes[i - 162 : i + 1]) / 163 if i >= 162 else math.nan
        if before <= 0 < above and not shares:
            order = int(0.9 * cash / close)
        elif before >= 0 > above:
            order = -shares
        before = above
        equity.append(cash + shares * close)

    returns = [0.0] + [new / old - 1 for old, new in pairwise(equity)]

    assert equity[-1] == pytest.approx(1565167.20, abs=0.005)
    assert round(r.sharpe(returns, 252, risk_free=0.05) or 0.0, 2) == 1.12


def test_a_risk_free_rate_comes_off_by_the_period() -> None:
    """Sharpe and Sortino subtract the yearly rate over the periods from every return."""
    returns = [0.02, -0.01, 0.03, -0.02]

    sharpe, sortino = r.sharpe(returns, 4, 0.02), r.sortino(returns, 4, 0.02)

    deviation = math.sqrt(sum((value - 0.005) ** 2 for value in returns) / 3)
    assert sharpe == pytest.approx((0.005 - 0.005) / deviation * 2)
    assert sortino == pytest.approx(0.0)
    assert (r.sharpe(returns, 4, 0.01) or 0.0) > 0


@pytest.mark.parametrize(
    ("returns", "defined"),
    [([], ()), ([0.01], ("cagr",)), ([0.0, 0.0, 0.0], ("cagr", "volatility")), ([0.01] * 50, ("cagr", "volatility"))],
)
def test_a_ratio_without_meaning_is_none(returns: list[float], defined: tuple[str, ...]) -> None:
    """Nothing to divide by is None: never NaN, infinite or an exception."""
    found = {
        "cagr": r.cagr(returns, 252),
        "volatility": r.annual_volatility(returns, 252),
        "sharpe": r.sharpe(returns, 252),
        "sortino": r.sortino(returns, 252),
    }

    assert {name for name, value in found.items() if value is not None} == set(defined)


def test_growth_without_variance_is_found_beneath_rounding() -> None:
    """A curve that always grows by the same rate has no Sharpe ratio, though its returns differ in the last bit."""
    curve = [100_000 * 1.0001**i for i in range(500)]
    returns = [new / old - 1 for old, new in pairwise(curve)]

    assert len(set(returns)) > 1
    assert r.sharpe(returns, 252) is None


def test_a_growth_that_no_float_can_hold_is_none() -> None:
    """A year made of one fabulous day overflows, and a loss beyond everything has no root."""
    assert r.cagr([99.0], 252) is None
    assert r.cagr([1e306, 1e306], 3) is None
    assert r.cagr([-1.5], 252) is None
    assert r.cagr([-1.0], 252) == -1.0


def test_calmar_needs_a_return_and_a_drawdown() -> None:
    """Without either it has no meaning."""
    assert r.calmar(0.2, 0.1) == 2.0
    assert r.calmar(0.2, 0.0) is None
    assert r.calmar(None, 0.1) is None


@pytest.mark.parametrize(
    ("timeframe", "asset_class", "periods"),
    [
        (Timeframe.DAY_1, EQUITY, 252),
        (Timeframe.DAY_1, CRYPTO, 365),
        (Timeframe.MIN_1, EQUITY, 252),
        (Timeframe.HOUR_4, CRYPTO, 365),
        (Timeframe.WEEK_1, EQUITY, 52),
        (Timeframe.WEEK_1, CRYPTO, 52),
        (Timeframe.MONTH_1, CRYPTO, 12),
    ],
)
def test_periods_of_a_year(timeframe: Timeframe, asset_class: AssetClass, periods: int) -> None:
    """Days by market, weeks and months by the calendar; intraday counts as days."""
    assert r.periods_per_year(timeframe, asset_class) == periods


def test_a_new_york_day_ends_at_its_midnight() -> None:
    """After-hours bars belong to the day, the point at midnight too, the next one does not."""
    times = [
        new_york(3, 10),
        new_york(3, 20),
        new_york(4, 0),
        new_york(4, 0, 1),
        new_york(4, 16),
    ]

    assert r.day_ends(times, EQUITY) == [2, 4]


def test_a_utc_day_ends_at_its_midnight() -> None:
    """The bar that ends at 00:00 UTC is the last of its day."""
    first = 19_000 * DAY_NS

    assert r.day_ends([first + DAY_NS - MINUTE_NS, first + DAY_NS, first + DAY_NS + MINUTE_NS], CRYPTO) == [1, 2]


@pytest.mark.parametrize("day", [datetime(2023, 3, 12, tzinfo=NEW_YORK), datetime(2023, 11, 5, tzinfo=NEW_YORK)])
def test_days_on_which_the_clock_changes_are_whole(day: datetime) -> None:
    """Every minute around a change of the clock falls on its New York date."""
    begin = day.astimezone(UTC) - timedelta(hours=30)
    times = [to_ns(begin + timedelta(minutes=5 * i)) for i in range(12 * 80)]

    ends = r.day_ends(times, EQUITY)

    dates = [(begin + timedelta(minutes=5 * i, microseconds=-1)).astimezone(NEW_YORK).date() for i in range(len(times))]
    expected = [i for i in range(len(dates)) if i + 1 == len(dates) or dates[i] != dates[i + 1]]
    assert ends == expected


def test_no_points_have_no_days() -> None:
    """An empty curve has neither days nor returns."""
    assert r.day_ends([], EQUITY) == []
    assert r.curve_returns([], [], 100.0, Timeframe.DAY_1, EQUITY) == []


def test_intraday_returns_are_those_of_day_closes() -> None:
    """Only the last point of a day counts, and the first day against the capital."""
    times = [START_NS - 60 * MINUTE_NS, START_NS, START_NS + DAY_NS - MINUTE_NS, START_NS + DAY_NS]

    returns = r.curve_returns(times, [101.0, 110.0, 50.0, 99.0], 100.0, Timeframe.MIN_1, EQUITY)

    assert returns == pytest.approx([0.10, -0.10])


def test_the_first_bar_is_the_base_while_nothing_has_happened() -> None:
    """A daily curve of n points has n - 1 returns, as the reference engines count them."""
    times = [START_NS, START_NS + DAY_NS]

    assert r.curve_returns(times, [100.0, 110.0], 100.0, Timeframe.DAY_1, EQUITY) == pytest.approx([0.1])
    assert r.curve_returns(times, [99.0, 110.0], 100.0, Timeframe.DAY_1, EQUITY) == pytest.approx([-0.01, 11 / 99])


def test_weeks_are_not_read_by_the_day() -> None:
    """Each weekly point is a close of its own."""
    times = [START_NS, START_NS + MINUTE_NS, START_NS + 2 * MINUTE_NS]

    assert r.curve_returns(times, [100.0, 110.0, 121.0], 100.0, Timeframe.WEEK_1, EQUITY) == pytest.approx([0.1, 0.1])


@pytest.mark.parametrize("equity", [[100.0, 0.0], [100.0, -5.0], [-5.0, 100.0]])
def test_equity_that_is_gone_has_no_returns(equity: list[float]) -> None:
    """Zero or negative equity cannot be divided by."""
    assert r.curve_returns([START_NS, START_NS + DAY_NS], equity, 100.0, Timeframe.DAY_1, EQUITY) is None
