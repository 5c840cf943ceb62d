"""Tests of tradebus/engine/backtest.py."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.samples import bar, random_bars
from tests.unit.engine.memory import BUY, SELL, MemoryGateway, Plan
from tradebus.bus import Batch
from tradebus.engine import backtest as module
from tradebus.engine.backtest import BacktestEngine
from tradebus.errors import InputError, NotFoundError, StrategyError
from tradebus.events import BarEvent, Event, SessionEnded, SessionStarted
from tradebus.gateways.file_data import FileDataGateway
from tradebus.model.order import TimeInForce
from tradebus.model.time import NEW_YORK
from tradebus.model.timeframe import Timeframe
from tradebus.risk.settings import RiskSettings
from tradebus.sizers.fixed import FixedSizer
from tradebus.strategies.macd import MACDStrategy

SNIPPET = """
from datetime import UTC, datetime
from tradebus import BacktestEngine, FileDataGateway, MACDStrategy, PercentSizer, TimeInForce, Timeframe

gateway = FileDataGateway()
start, end = datetime(2011, 1, 3, 5, tzinfo=UTC), datetime(2014, 12, 31, 5, tzinfo=UTC)
engine = BacktestEngine(
    gateway=gateway,
    strategy=MACDStrategy(gateway, Timeframe.DAY_1),
    init_capital=100_000,
    position_sizer=PercentSizer(0.10),
    slippage_bps=10,
    time_in_force=TimeInForce.IOC,
)
results = engine.run(symbol="AAPL", timeframe=Timeframe.DAY_1, start=start, end=end)
"""


@pytest.fixture(scope="module")
def documented() -> dict[str, Any]:
    """Results of the system's own example over the bundled bars."""
    names: dict[str, Any] = {}
    exec(SNIPPET, names)
    results: dict[str, Any] = names["results"]
    return results


def engine(*series: list[BarEvent], plan: dict[int, Any] | None = None, **settings: Any) -> BacktestEngine:
    """Return an engine over bars of ours that buys ten shares at bar 1 and sells them at bar 3."""
    strategy = Plan({1: BUY, 3: SELL} if plan is None else plan)
    gateway = MemoryGateway(*(series or ([bar(index, 100 + index) for index in range(6)],)))
    return BacktestEngine(gateway, strategy, position_sizer=FixedSizer(10), **settings)


# The system's example


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("symbol", str),
        ("bar_count", int),
        ("initial_capital", float),
        ("final_value", float),
        ("total_return_pct", float),
        ("total_trades", int),
        ("equity_curve", list),
        ("trades", list),
    ],
)
def test_the_documented_results_are_there(documented: dict[str, Any], key: str, kind: type) -> None:
    """Under their names and of their types."""
    assert type(documented[key]) is kind


def test_the_example_has_the_known_figures(documented: dict[str, Any]) -> None:
    """Real bars, known results: a change of any of them is a change of what the program does."""
    metrics = documented["metrics"]
    known = {
        "symbol": "AAPL",
        "bar_count": 1006,
        "initial_capital": 100_000.0,
        "total_trades": 39,
        "start": "2011-01-03T21:00:00Z",
        "end": "2014-12-31T21:00:00Z",
    }

    assert {key: documented[key] for key in known} == known
    assert documented["final_value"] == pytest.approx(102_956.222791, abs=1e-6)
    assert documented["total_return_pct"] == pytest.approx(2.956222791, abs=1e-9)
    assert (len(documented["equity_curve"]), len(documented["trades"]), metrics["fills"]) == (1006, 39, 78)
    assert metrics["sharpe"] == pytest.approx(0.43057242149, rel=1e-9)
    assert metrics["max_drawdown"] == pytest.approx(0.0415381481928, rel=1e-9)
    assert metrics["win_rate"] == pytest.approx(16 / 39)
    assert documented["trades"][0]["entry_price"] == 51.48
    assert documented["trades"][0]["pnl"] == -228.434224


def test_the_results_agree_with_themselves(documented: dict[str, Any]) -> None:
    """The curve ends at the final value, and the trades' profits are the difference to the capital."""
    assert documented["equity_curve"][-1] == {"timestamp": documented["end"], "value": documented["final_value"]}
    profit = sum(trade["pnl"] for trade in documented["trades"])
    assert documented["final_value"] - documented["initial_capital"] == pytest.approx(profit, abs=1e-6)


# Running


async def test_a_run_inside_an_event_loop_says_what_to_write_instead() -> None:
    """`asyncio.run` cannot start a second loop, and a coroutine that nobody awaits would warn."""
    with pytest.raises(InputError, match=r"running event loop.*await engine\.run_async"):
        engine().run("AAPL")


async def test_run_async_is_run_within_a_loop() -> None:
    """The same dictionary."""
    within = await engine().run_async("AAPL")

    assert within == await asyncio.to_thread(engine().run, "AAPL")
    assert within["total_trades"] == 1


def test_a_second_run_decides_the_same() -> None:
    """Strategy and sizer begin anew; the caller can look into the ones it gave."""
    strategy = MACDStrategy()
    twice = BacktestEngine(MemoryGateway(random_bars(200)), strategy)

    first = twice.run("AAPL")
    seen = dict(strategy._states)
    second, third = twice.run("AAPL"), twice.run("AAPL")

    assert first["counts"]["signals"] > 2
    assert first == second == third
    assert strategy._states == seen
    assert seen


def test_a_strategy_that_cannot_be_copied_runs_once() -> None:
    """It holds a generator, a lock or an open file: a second run cannot begin where the first did."""
    once = engine()
    once._strategy.lock = (bar for bar in random_bars(1))  # type: ignore[attr-defined]

    assert once.run("AAPL")["total_trades"] == 1
    with pytest.raises(InputError, match=r"strategy=Plan: cannot run twice.*make a new engine"):
        once.run("AAPL")


def test_the_gateway_of_a_strategy_is_not_copied() -> None:
    """It may hold a connection."""

    class Connected(MemoryGateway):
        def __deepcopy__(self, memo: object) -> MemoryGateway:
            raise AssertionError("copied")

    gateway = Connected(random_bars(60))
    twice = BacktestEngine(gateway, MACDStrategy(gateway))

    assert twice.run("AAPL") == twice.run("AAPL")


def test_a_strategy_that_fails_ends_the_run() -> None:
    """With its name and the moment."""

    class Broken:
        def generate_signals(self, snapshot: Any) -> list[Any]:
            raise KeyError("nothing")

    with pytest.raises(StrategyError, match="strategy broken failed in generate_signals at 2014"):
        BacktestEngine(MemoryGateway(random_bars(3)), Broken()).run("AAPL")


def test_without_a_sizer_an_entry_takes_a_tenth_of_the_equity() -> None:
    """As the command line does."""
    gateway = MemoryGateway([bar(index, 100) for index in range(4)])

    results = BacktestEngine(gateway, Plan({0: BUY})).run("AAPL")

    assert results["fills"][0]["quantity"] == 100


# What it runs on


def test_several_symbols_run_together() -> None:
    """One portfolio, all bars counted; the first symbol gives its name. All entries are on a Friday."""
    apple = [bar(index, 100 + index) for index in range(6)]
    microsoft = [bar(index, 50 - index, symbol="MSFT") for index in range(5)]

    results = engine(apple, microsoft).run(symbols=["AAPL", "msft", "AAPL"])

    assert (results["symbol"], results["symbols"], results["bar_count"]) == ("AAPL", ["AAPL", "MSFT"], 11)
    assert [(trade["symbol"], trade["pnl"]) for trade in results["trades"]] == [("AAPL", 20.0), ("MSFT", -20.0)]
    assert len(results["equity_curve"]) == 6


def test_a_symbol_and_symbols_add_up() -> None:
    """Each once, the symbol first."""
    series = [[bar(index, symbol=symbol) for index in range(2)] for symbol in ("A", "B", "C")]

    assert engine(*series).run("C", symbols=["B", "C", "A"])["symbols"] == ["C", "B", "A"]


def resampled(folder: Path, into: Path) -> Path:
    """Write minutes of AAPL and the days made of them as two files of a folder."""
    minutes = pl.read_parquet(folder / "equity_1min_rth.parquet").filter(pl.col("symbol") == "AAPL")
    local = pl.col("timestamp").dt.convert_time_zone("America/New_York")
    days = minutes.group_by(local.dt.truncate("1d").alias("day"), maintain_order=True).agg(
        pl.col("open").first(),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume").sum(),
    )
    minutes.write_parquet(into / "AAPL_1Min.parquet")
    days.rename({"day": "timestamp"}).write_parquet(into / "AAPL_1Day.parquet")
    return into


MINUTE_PLAN = {10: {**BUY, "limit_price": 125.0}, 800: SELL, 1200: BUY, 2000: {**BUY, "stop_loss": 120.0}, 3000: SELL}


def test_orders_and_stops_see_only_the_shortest_of_several_timeframes(market_data: Path, tmp_path: Path) -> None:
    """A day's low lies in a minute that has been matched already: adding the days changes no fill."""
    gateway = FileDataGateway(resampled(market_data, tmp_path))

    def run(*timeframes: Timeframe) -> dict[str, Any]:
        strategy = Plan(MINUTE_PLAN, Timeframe.MIN_1)
        risk = RiskSettings(position_stop_pct=0.01, trailing_stop_pct=0.008)
        return BacktestEngine(gateway, strategy, slippage_bps=5, risk=risk).run("AAPL", timeframes=timeframes)

    minutes, both = run(Timeframe.MIN_1), run(Timeframe.DAY_1, Timeframe.MIN_1)

    assert (minutes["bar_count"], both["bar_count"]) == (3510, 3519)
    assert any(fill["reason"] in ("position_stop", "trailing_stop") for fill in minutes["fills"])
    assert both["fills"] == minutes["fills"]
    assert both["timeframe"] == "1Min"
    assert len(both["equity_curve"]) == 3510
    assert both["final_value"] == pytest.approx(minutes["final_value"], rel=1e-12)


def test_a_strategy_may_decide_from_days_and_trade_in_minutes(market_data: Path, tmp_path: Path) -> None:
    """What it says at a day's close fills at the close of the day's last minute, or at the next one's open."""
    gateway = FileDataGateway(resampled(market_data, tmp_path))

    fills = {
        fill_at: BacktestEngine(gateway, Plan({1: BUY, 5: SELL}), fill_at=fill_at).run(
            "AAPL", timeframes=[Timeframe.MIN_1, Timeframe.DAY_1]
        )["fills"]
        for fill_at in ("close", "open")
    }

    assert [fill["time"] for fill in fills["close"]] == ["2023-01-04T21:00:00Z", "2023-01-10T21:00:00Z"]
    assert [fill["time"] for fill in fills["open"]] == ["2023-01-05T14:31:00Z", "2023-01-11T14:31:00Z"]
    rows = pl.read_parquet(tmp_path / "AAPL_1Min.parquet").sort("timestamp")
    closes = rows.filter(pl.col("timestamp") == datetime(2023, 1, 4, 20, 59, tzinfo=UTC))["close"]
    assert fills["close"][0]["price"] == closes[0]


def test_the_range_is_handed_to_the_gateway() -> None:
    """Dates are whole days, of New York for equities and of UTC for crypto; moments stay as they are."""
    first, last = date(2014, 1, 2), date(2014, 1, 3)
    moment = datetime(2014, 1, 2, 12, tzinfo=UTC)
    gateway = MemoryGateway([bar(0)], [bar(0, symbol="BTC/USD")])
    engine = BacktestEngine(gateway, Plan({}))

    engine.run("AAPL", Timeframe.DAY_1, first, last)
    engine.run("BTC-USD", Timeframe.DAY_1, first, last)
    engine.run("AAPL", Timeframe.DAY_1, moment, moment)
    engine.run("AAPL")

    assert [one[2:] for one in gateway.asked] == [
        (datetime(2014, 1, 2, tzinfo=NEW_YORK), datetime(2014, 1, 3, 23, 59, 59, 999_999, NEW_YORK)),
        (datetime(2014, 1, 2, tzinfo=UTC), datetime(2014, 1, 3, 23, 59, 59, 999_999, UTC)),
        (moment, moment),
        (None, None),
    ]
    assert gateway.connections == 4


def test_a_timeframe_may_be_its_name() -> None:
    """In any case, as on the command line."""
    name: Any = "1day"

    assert engine().run("AAPL", name)["timeframe"] == "1Day"


NAIVE = datetime(2014, 1, 2)  # noqa: DTZ001 (which is the point)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda one: one.run(), "symbol=: nothing to trade"),
        (lambda one: one.run(symbols=[]), "symbol=: nothing to trade"),
        (lambda one: one.run(symbols="AAPL"), "symbols=AAPL: is one symbol, not several"),
        (lambda one: one.run("A/B/C"), "symbol=A/B/C: not a symbol"),
        (lambda one: one.run("AAPL", "2Day"), "timeframe=2Day: no such timeframe"),
        (lambda one: one.run("AAPL", start=NAIVE), "start=2014-01-02T00:00:00: has no time zone"),
        (lambda one: one.run("AAPL", end=NAIVE), "end=2014-01-02T00:00:00: has no time zone"),
        (lambda one: one.run("AAPL", start="2014-01-02"), "start=2014-01-02: is no date"),
        (lambda one: one.run("AAPL", start=date(2014, 1, 3), end=date(2014, 1, 2)), "lies after end 2014-01-02"),
    ],
)
def test_a_range_of_no_use_is_refused(call: Callable[[BacktestEngine], object], problem: str) -> None:
    """Before any bar is read."""
    one = engine()

    with pytest.raises(InputError, match=problem):
        call(one)


def test_what_the_gateway_does_not_have_is_its_to_say() -> None:
    """Its error passes as it is."""
    with pytest.raises(NotFoundError, match="symbol=MSFT: is not here"):
        engine().run("MSFT")


# Settings


@pytest.mark.parametrize("capital", [0, -1, float("nan"), float("inf"), "1e13", 1e12 + 1, None, "much", True])
def test_a_capital_of_no_use_is_refused(capital: Any) -> None:
    """It is above 0 and at most 1e12 dollars."""
    with pytest.raises(InputError, match=r"capital=.*above 0 and at most 1e12"):
        engine(init_capital=capital)


@pytest.mark.parametrize("capital", [1e12, 0.01, Decimal("1234.56"), "5000"])
def test_a_capital_within_bounds_is_taken_exactly(capital: Any) -> None:
    """A float means the decimal that it is written as."""
    results = engine(init_capital=capital, plan={}).run("AAPL")

    assert results["initial_capital"] == results["final_value"] == float(capital)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("time_in_force", "soon"),
        ("time_in_force", None),
        ("fill_at", "middle"),
        ("slippage_bps", float("nan")),
        ("slippage_bps", -1),
        ("slippage_bps", "5"),
        ("max_volume_pct", 0),
        ("max_volume_pct", 10),
    ],
)
def test_a_setting_of_no_use_is_refused_at_once(setting: str, value: Any) -> None:
    """By its name, before any bar is read."""
    with pytest.raises(InputError) as caught:
        engine(**{setting: value})

    assert caught.value.field == setting


def test_settings_may_be_words() -> None:
    """As the command line has them."""
    words: Any = {"time_in_force": "IOC", "fill_at": "OPEN"}

    assert engine(**words).run("AAPL")["fills"][0]["price"] == 102
    assert engine(time_in_force=TimeInForce.IOC, fill_at="open").run("AAPL")["fills"][0]["price"] == 102


def test_bars_without_a_vwap_fill_no_order_at_it() -> None:
    """It is said before the run; the bars of a longer timeframe do not matter."""
    with pytest.raises(InputError, match="fill_at=vwap: the bars of AAPL have no vwap"):
        engine(fill_at="vwap").run("AAPL")

    minutes = [bar(index, vwap=100.5, timeframe=Timeframe.MIN_1) for index in range(6)]
    days = [bar(index) for index in range(6)]
    results = engine(minutes, days, fill_at="vwap").run("AAPL", timeframes=[Timeframe.MIN_1, Timeframe.DAY_1])
    assert results["fills"][0]["price"] == 100.5


def test_open_positions_are_closed_at_the_end() -> None:
    """At the last close, with slippage."""
    results = engine(plan={1: BUY}, slippage_bps=100).run("AAPL")

    (trade,) = results["trades"]
    assert (trade["exit_reason"], trade["exit_price"]) == ("session end", 105 * 0.99)
    assert results["open_positions"] == []
    assert results["final_value"] == pytest.approx(100_000 + 10 * (105 * 0.99 - 101 * 1.01))


def test_open_positions_may_be_valued_instead() -> None:
    """No trade, a position, and the equity at the last close."""
    results = engine(plan={1: BUY}, keep_open=True).run("AAPL")

    assert results["trades"] == []
    (held,) = results["open_positions"]
    assert (held["symbol"], held["quantity"], held["current_price"], held["unrealized_pnl"]) == ("AAPL", 10, 105, 40)
    assert results["final_value"] == 100_040
    assert results["assumptions"]["end"] == "open positions are valued, not closed"


def test_repeated_signals_count_where_that_is_wanted() -> None:
    """Each of them is an order."""
    every = dict.fromkeys(range(4), BUY)

    assert engine(plan=every).run("AAPL")["counts"]["signals"] == 1
    assert engine(plan=every, skip_repeats=False).run("AAPL")["counts"]["signals"] == 4


# What it tells on the way


def test_progress_is_told_in_bars() -> None:
    """Done and in all; the last call is the whole."""
    told: list[tuple[int, int]] = []

    engine(on_progress=lambda done, count: told.append((done, count))).run("AAPL")

    assert told == [(6, 6)]


def test_taps_hear_every_event() -> None:
    """From the beginning of the session to its end, as many as are counted."""
    heard: list[Event] = []

    def tap(batch: Batch) -> None:
        heard.extend(batch.events)

    results = engine(taps=[tap]).run("AAPL")

    assert len(heard) == results["event_count"]
    assert isinstance(heard[0], SessionStarted)
    assert (heard[0].mode, heard[0].symbols, heard[0].cash) == ("backtest", ("AAPL",), Decimal(100_000))
    assert isinstance(heard[-1], SessionEnded)


def test_a_very_long_curve_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million points of it would take seconds; the run folder has them."""
    monkeypatch.setattr(module, "_WHOLE_CURVE", 5)

    results = engine().run("AAPL")

    assert "equity_curve" not in results
    assert results["final_value"] == 100_020


def test_the_run_keeps_what_a_report_needs() -> None:
    """Exact fills, the bars and who decided."""
    one = engine()

    done = asyncio.run(one.execute(["AAPL"], [Timeframe.DAY_1]))

    assert [fill.qty for fill in done.trackers.fills] == [10, 10]
    assert [(symbol, frame, rows.height) for symbol, frame, rows in done.tables] == [("AAPL", Timeframe.DAY_1, 6)]
    assert done.strategy is one._strategy
    assert done.sizer is one._sizer
