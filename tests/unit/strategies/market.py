"""A small market that the tests of the strategies share."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.samples import bar
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.ports import Strategy


def snapshot(*bars: Bar) -> MarketSnapshot:
    """Return the cross-section of bars that closed together, one of each symbol."""
    return MarketSnapshot(
        bars[0].time_ns, {each.symbol: each.close for each in bars}, {each.symbol: each for each in bars}
    )


def closes(symbol: str, prices: Sequence[float]) -> list[Bar]:
    """Return daily bars of a symbol with these closes."""
    return [bar(index, price, symbol=symbol) for index, price in enumerate(prices)]


def wishes(strategy: Strategy, snapshots: Sequence[MarketSnapshot]) -> list[tuple[int, str, str]]:
    """Return what a strategy says: number of the snapshot from 0, symbol and action."""
    found = []
    for index, each in enumerate(snapshots):
        for signal in strategy.generate_signals(each):
            assert isinstance(signal, Mapping)
            found.append((index, signal["symbol"], signal["action"]))
    return found


def last_signals(strategy: Strategy, snapshots: Sequence[MarketSnapshot]) -> list[Mapping[str, Any]]:
    """Return the dictionaries that a strategy returned last, of the snapshots where it returned any."""
    last: list[Mapping[str, Any]] = []
    for each in snapshots:
        signals = [signal for signal in strategy.generate_signals(each) if isinstance(signal, Mapping)]
        last = signals or last
    return last
