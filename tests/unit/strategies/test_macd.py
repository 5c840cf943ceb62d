"""Tests of tradebus/strategies/macd.py."""

from pathlib import Path

import polars as pl
import pytest

from tests.samples import bar, random_bars
from tests.unit.strategies.market import closes, last_signals, snapshot, wishes
from tradebus.errors import InputError
from tradebus.features.macd import MACD
from tradebus.model.bar import Bar
from tradebus.model.time import to_ns
from tradebus.model.timeframe import Timeframe
from tradebus.parameters import describe_parameters
from tradebus.strategies.macd import MACDStrategy

SERIES = (
    "equity_daily_splitadj.AAPL",
    "equity_daily_splitadj.SPY",
    "equity_1min_rth.AAPL",
    "equity_1min_rth.MSFT",
    "crypto_4h.BTC-USD",
)


@pytest.mark.parametrize("series", SERIES)
def test_signals_are_those_of_the_reference(market_data: Path, series: str) -> None:
    """All of them, at the same bars, and no other."""
    file, _, symbol = series.partition(".")
    table = pl.read_parquet(market_data / f"{file}.parquet").filter(symbol=symbol).sort("timestamp")
    reference = pl.read_parquet(market_data / "reference" / "signals.parquet")
    expected = reference.filter(series=series, signal_rule="macd_12_26_9").select("timestamp", "signal").rows()
    strategy = MACDStrategy()
    found: list[tuple[object, int]] = []

    for time, close in table.select("timestamp", "close").iter_rows():
        now = Bar(to_ns(time), symbol, Timeframe.DAY_1, close, close, close, close, 0.0, to_ns(time))
        signals = strategy.generate_signals(snapshot(now))
        found += [(signal["timestamp"], 1 if signal["action"] == "BUY" else -1) for signal in signals]

    assert found == expected


def test_a_crossing_needs_two_bars_behind_the_warm_up() -> None:
    """Periods 1, 2 and 1 make the signal line the MACD itself; with 2 it lags by a bar."""
    strategy = MACDStrategy(fast=1, slow=2, signal=2)

    found = wishes(strategy, [snapshot(each) for each in closes("AAPL", [10, 10, 10, 12, 11, 11, 5, 9])])

    assert strategy.warmup == 3
    assert found == [(3, "AAPL", "BUY"), (4, "AAPL", "SELL"), (7, "AAPL", "BUY")]


def test_touching_zero_is_no_crossing() -> None:
    """A price that does not move says nothing; leaving zero does, on either side."""
    up = MACDStrategy(fast=1, slow=2, signal=2)
    down = MACDStrategy(fast=1, slow=2, signal=2)

    assert wishes(up, [snapshot(each) for each in closes("AAPL", [10] * 8 + [11])]) == [(8, "AAPL", "BUY")]
    assert wishes(down, [snapshot(each) for each in closes("AAPL", [10] * 8 + [9])]) == [(8, "AAPL", "SELL")]


def test_a_signal_carries_what_led_to_it() -> None:
    """The values are the indicator's own, and the reason tells them."""
    bars, macd = random_bars(160), MACD()
    values = [macd.push(each.close) for each in bars]
    strategy = MACDStrategy()

    signal = last_signals(strategy, [snapshot(each) for each in bars])[0]

    index = next(index for index, each in enumerate(bars) if snapshot(each).timestamp == signal["timestamp"])
    value = values[index]
    assert value is not None
    assert signal["indicators"] == {"macd": value[0], "signal": value[1], "histogram": value[2]}
    side = "above" if signal["action"] == "BUY" else "below"
    assert signal["reason"] == f"MACD {value[0]:.6g} crossed {side} its signal line {value[1]:.6g}"


def test_symbols_do_not_see_each_other() -> None:
    """Together they give what each gives alone."""
    one, other = random_bars(120, 1), random_bars(120, 2, symbol="MSFT")

    together = wishes(MACDStrategy(), [snapshot(*pair) for pair in zip(one, other, strict=True)])

    alone = [
        *wishes(MACDStrategy(), [snapshot(each) for each in one]),
        *wishes(MACDStrategy(), [snapshot(each) for each in other]),
    ]
    assert together == sorted(alone)


def test_a_bar_of_another_timeframe_is_not_looked_at() -> None:
    """Daily MACD does not move by minutes."""
    strategy = MACDStrategy(None, Timeframe.DAY_1, fast=1, slow=2, signal=2)

    minutes = [bar(i, 10.0 + i % 3, timeframe=Timeframe.MIN_1) for i in range(20)]

    assert wishes(strategy, [snapshot(each) for each in minutes]) == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [({"fast": 0}, "fast=0"), ({"slow": 12}, "fast=12"), ({"signal": 0}, "signal=0"), ({"slow": 2.5}, r"slow=2\.5")],
)
def test_parameters_out_of_range_are_refused(parameters: dict[str, int], field: str) -> None:
    """The message names the parameter and its value."""
    with pytest.raises(InputError, match=field):
        MACDStrategy(**parameters)  # type: ignore[arg-type]


def test_parameters_are_described() -> None:
    """Name, default and meaning, for the command line."""
    found = {each.name: (each.default, each.doc) for each in describe_parameters(MACDStrategy)}

    assert found["fast"] == (12, "Period of the fast average, bars, >= 1 and below `slow`.")
    assert list(found) == ["timeframe", "fast", "slow", "signal"]
