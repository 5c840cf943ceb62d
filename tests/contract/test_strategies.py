"""What every strategy must do, shipped or added as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from tests.samples import random_bars
from tradebus import plugins
from tradebus.errors import InputError
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.signal import Action, Signal, read_signal
from tradebus.model.timeframe import Timeframe

MOMENTS = 160
SYMBOLS = ("AAPL", "BTC/USD", "MSFT", "SPY", "QQQ")

pytestmark = pytest.mark.parametrize("name", plugins.names("strategy"))


@dataclass(frozen=True)
class Said:
    """A signal with the number of its snapshot, from 0."""

    index: int
    signal: Signal


def market(count: int = MOMENTS) -> list[list[Bar]]:
    """Return the bars of some symbols, by moment."""
    series = [random_bars(count, seed, symbol) for seed, symbol in enumerate(SYMBOLS, 11)]
    return [list(bars) for bars in zip(*series, strict=True)]


def snapshots(moments: Sequence[Sequence[Bar]]) -> list[MarketSnapshot]:
    """Return what a strategy sees of them."""
    return [
        MarketSnapshot(bars[0].time_ns, {bar.symbol: bar.close for bar in bars}, {bar.symbol: bar for bar in bars})
        for bars in moments
    ]


def said(name: str, seen: Sequence[MarketSnapshot]) -> list[Said]:
    """Return everything that a new strategy with its default parameters says."""
    strategy = plugins.load("strategy", name)()
    found: list[Said] = []
    for index, snapshot in enumerate(seen):
        found += [
            Said(index, raw if isinstance(raw, Signal) else read_signal(raw, name, Signal))
            for raw in strategy.generate_signals(snapshot)
        ]
    return found


def test_it_is_silent_in_its_warm_up_and_speaks_later(name: str) -> None:
    """`warmup` bars of each symbol pass first."""
    strategy = plugins.load("strategy", name)()

    found = said(name, snapshots(market()))

    assert found, "a market of 160 moments should say something to a strategy"
    assert found[0].index >= strategy.warmup


def test_same_bars_twice_are_same_signals(name: str) -> None:
    """Nothing is kept outside the instance, and nothing is left to chance."""
    assert said(name, snapshots(market())) == said(name, snapshots(market()))


@pytest.mark.parametrize("known", [40, 41, 77, 120])
def test_the_future_decides_nothing(name: str, known: int) -> None:
    """Whether it is cut off or poisoned, the decisions before it are the same."""
    moments = market()
    whole = [each for each in said(name, snapshots(moments)) if each.index < known]

    cut = said(name, snapshots(moments[:known]))
    poisoned = said(name, snapshots(moments[:known] + [[_poison(bar) for bar in bars] for bars in moments[known:]]))

    assert cut == whole
    assert [each for each in poisoned if each.index < known] == whole


def test_a_signal_is_of_this_moment(name: str) -> None:
    """It is a BUY, SELL or HOLD of a symbol that it saw, at its price and time, with a reason and finite numbers."""
    seen = snapshots(market())

    for each in said(name, seen):
        snapshot, signal = seen[each.index], each.signal
        assert signal.action in Action
        assert signal.time_ns == snapshot.time_ns
        assert signal.price == snapshot.prices[signal.symbol]
        assert signal.reason
        assert signal.indicators


def test_the_order_of_symbols_decides_nothing(name: str) -> None:
    """A feed that brings them in another order leads to the same wishes."""
    moments = market()

    forwards = said(name, snapshots(moments))
    backwards = said(name, snapshots([bars[::-1] for bars in moments]))

    assert _sorted(backwards) == _sorted(forwards)


def test_only_its_own_timeframe_decides(name: str) -> None:
    """Minutes before and at the moment change nothing, whether they are in the snapshot's bars or not."""
    mixed: list[MarketSnapshot] = []
    for bars in market():
        minutes = [msgspec.structs.replace(_poison(bar), timeframe=Timeframe.MIN_1) for bar in bars]
        frames = {(bar.symbol, bar.timeframe): bar for bar in (*minutes, *bars)}
        prices = {bar.symbol: bar.close for bar in bars}
        before = [msgspec.structs.replace(bar, time_ns=bar.time_ns - 60_000_000_000) for bar in minutes]
        mixed += snapshots([before])
        mixed.append(MarketSnapshot(bars[0].time_ns, prices, {bar.symbol: bar for bar in minutes}, frames))

    found = said(name, mixed)

    assert [Said(each.index // 2, each.signal) for each in found] == said(name, snapshots(market()))


def test_a_snapshot_is_left_as_it_was(name: str) -> None:
    """Others look at it too."""
    seen, copies = snapshots(market()), snapshots(market())

    said(name, seen)

    for snapshot, copy in zip(seen, copies, strict=True):
        assert (snapshot.prices, snapshot.bars) == (copy.prices, copy.bars)


def test_a_symbol_may_be_absent(name: str) -> None:
    """Minutes without trades are normal; an empty moment is too."""
    moments = [[bar for n, bar in enumerate(bars) if (n + index) % 3] for index, bars in enumerate(market())]
    seen = snapshots(moments)
    seen.insert(50, MarketSnapshot(seen[50].time_ns, {}, {}))

    for each in said(name, seen):
        assert each.signal.symbol in seen[each.index].bars


def test_parameters_have_defaults_and_meanings(name: str) -> None:
    """The command line can print and set every one of them."""
    cls = plugins.load("strategy", name)
    parameters = plugins.describe_parameters(cls)
    defaults: Mapping[str, Any] = {each.name: each.default for each in parameters}

    assert all(each.doc and not each.is_required for each in parameters)
    assert plugins.build(cls, {key: str(value) for key, value in defaults.items()}, "--param ").warmup == cls().warmup


def test_periods_of_zero_are_refused_by_name(name: str) -> None:
    """In the words of the command line."""
    cls = plugins.load("strategy", name)

    for parameter in plugins.describe_parameters(cls):
        if parameter.type is int:
            with pytest.raises(InputError, match=f"^--param {parameter.name}=0: ") as caught:
                plugins.build(cls, {parameter.name: "0"}, "--param ")
            assert caught.value.fix


def _poison(bar: Bar) -> Bar:
    factor = 7.0 if bar.time_ns % 2 else 0.01
    return msgspec.structs.replace(
        bar, open=bar.open * factor, high=bar.high * factor * 2, low=bar.low * factor / 2, close=bar.close * factor
    )


def _sorted(found: list[Said]) -> list[tuple[int, str, Signal]]:
    return sorted(((each.index, each.signal.symbol, each.signal) for each in found), key=lambda each: each[:2])
