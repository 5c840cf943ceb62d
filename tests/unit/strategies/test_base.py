"""Tests of tradebus/strategies/base.py."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.samples import START_NS, bar
from tests.unit.strategies.market import snapshot
from tradebus.errors import InputError
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.fill import Fill
from tradebus.model.order import OrderSide
from tradebus.model.signal import Action, Signal, SignalDict, read_signal
from tradebus.model.timeframe import Timeframe
from tradebus.strategies import base
from tradebus.strategies.base import Strategy, make_signal


class MeanReversionStrategy(Strategy):
    def generate_signals(self, snapshot: MarketSnapshot) -> list[SignalDict]:
        return []


class RSI2Strategy(MeanReversionStrategy): ...


class Named(MeanReversionStrategy):
    name = "my own"


class Careless(MeanReversionStrategy):
    def __init__(self) -> None:
        """Does not call the constructor of the base."""


def test_a_strategy_is_named_after_its_class() -> None:
    """Unless it has a name of its own."""
    names = [cls.name for cls in (MeanReversionStrategy, RSI2Strategy, Named, Strategy)]

    assert names == ["mean_reversion", "rsi2", "my own", "strategy"]


def test_a_class_called_strategy_keeps_its_name() -> None:
    """A name is never empty."""
    mine = type("Strategy", (MeanReversionStrategy,), {})()

    assert isinstance(mine, MeanReversionStrategy)
    assert mine.name == "strategy"


def test_a_timeframe_may_be_a_name() -> None:
    """It becomes the one that bars carry; others are refused."""
    assert MeanReversionStrategy(None, "1min").timeframe is Timeframe.MIN_1  # type: ignore[arg-type]
    with pytest.raises(InputError, match="timeframe=1Decade"):
        MeanReversionStrategy(None, "1Decade")  # type: ignore[arg-type]


def test_a_constructor_that_forgets_the_base_still_makes_a_strategy() -> None:
    """Daily bars, no warm-up, no gateway."""
    strategy = Careless()

    assert (strategy.timeframe, strategy.warmup, strategy.gateway) == (Timeframe.DAY_1, 0, None)
    assert list(strategy.own_bars(snapshot(bar()))) == [bar()]


def test_hooks_do_nothing() -> None:
    """A strategy that needs them overrides them."""
    strategy = MeanReversionStrategy()
    fill = Fill(
        time_ns=START_NS,
        client_order_id="1",
        strategy_id="x",
        symbol="AAPL",
        side=OrderSide.BUY,
        qty=Decimal(1),
        price=Decimal(1),
    )

    strategy.on_fill(fill)
    strategy.on_order(object())


def test_bars_of_one_timeframe_are_the_snapshots_own() -> None:
    """Nothing is copied."""
    now = snapshot(bar(symbol="AAPL"), bar(symbol="MSFT"))

    assert list(MeanReversionStrategy().own_bars(now)) == list(now.bars.values())


def test_bars_of_the_own_timeframe_are_found_among_others() -> None:
    """Whether a symbol has a shorter one at this moment or not."""
    minute, day, other = bar(timeframe=Timeframe.MIN_1), bar(), bar(symbol="MSFT")
    frames: dict[tuple[str, Timeframe], Bar] = {(each.symbol, each.timeframe): each for each in (minute, day, other)}
    now = MarketSnapshot(START_NS, {}, {"AAPL": minute, "MSFT": other}, frames)

    assert list(MeanReversionStrategy().own_bars(now)) == [day, other]


@pytest.mark.parametrize("bars", [{}, {"AAPL": bar(timeframe=Timeframe.MIN_1)}])
def test_a_moment_without_own_bars_has_none(bars: dict[str, Bar]) -> None:
    """A bar of another length is no substitute."""
    assert list(MeanReversionStrategy().own_bars(MarketSnapshot(START_NS, {}, bars))) == []


def test_a_signal_is_systems_dictionary() -> None:
    """At the snapshot's time and the bar's close."""
    raw = make_signal(snapshot(bar(close=12.5)), bar(close=12.5), Action.SELL, "why", {"x": 1.0})

    assert raw["timestamp"] == datetime.fromtimestamp(START_NS / 1e9, UTC)
    signal = read_signal(raw, "mine", Signal)
    assert (signal.action, signal.symbol, signal.price, signal.reason) == (Action.SELL, "AAPL", 12.5, "why")
    assert signal.indicators == {"x": 1.0}


def test_parameters_can_be_described_from_here() -> None:
    """For those who write strategies."""
    assert [each.name for each in base.describe_parameters(MeanReversionStrategy)] == ["timeframe"]
