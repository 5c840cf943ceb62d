"""base: what a strategy inherits for its convenience; a class of its own with `generate_signals` does as well."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.fill import Fill
from tradebus.model.signal import Action, Signal, SignalDict
from tradebus.model.timeframe import Timeframe
from tradebus.parameters import Parameter, describe_parameters

__all__ = ["Parameter", "Strategy", "describe_parameters"]

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Strategy(ABC):
    """Looks at the market, one moment at a time, and says what it wishes.

    A subclass needs `generate_signals`. The keyword arguments of its constructor are its parameters. It decides from
    the snapshots it was given and from nothing else, so that a replay decides the same.

    Attributes:
        name: Strategy id in signals, orders and fills; from the class unless set: `MeanReversionStrategy` is
            `mean_reversion`.
        timeframe: Length of the bars it decides from.
        warmup: Number of bars of a symbol that pass before it can speak.

    Args:
        gateway: Kept for those who want to read reference data before a session; decisions never use it.
        timeframe: Length of the bars it decides from; a name such as `1Day` will do.

    Raises:
        InputError: If there is no such timeframe.
    """

    name: str = "strategy"
    timeframe: Timeframe = Timeframe.DAY_1
    warmup: int = 0
    gateway: object = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" not in vars(cls):
            words = _WORD_STARTS.split(cls.__name__.removesuffix("Strategy") or cls.__name__)
            cls.name = "_".join(words).lower()

    def __init__(self, gateway: object = None, timeframe: Timeframe = Timeframe.DAY_1) -> None:
        self.gateway = gateway
        self.timeframe = Timeframe.parse(timeframe)

    @abstractmethod
    def generate_signals(self, snapshot: MarketSnapshot) -> Sequence[Mapping[str, Any] | Signal]:
        """Return the wishes of this moment as dictionaries (see `SignalDict`); an empty list for none."""

    def on_fill(self, fill: Fill) -> None:  # noqa: B027 (a hook: to override it is a choice)
        """Take note of an execution of one of its own orders."""

    def on_order(self, event: object) -> None:  # noqa: B027 (a hook: to override it is a choice)
        """Take note that one of its own orders was accepted, cancelled, rejected or has expired."""

    def own_bars(self, snapshot: MarketSnapshot) -> Iterable[Bar]:
        """Return the bars of the strategy's own timeframe that closed at this moment, in the snapshot's order."""
        timeframe = self.timeframe
        if snapshot.several is None:
            bars = snapshot.bars.values()
            for bar in bars:
                if bar.timeframe is not timeframe:
                    break
            else:
                return bars
        return [bar for bar in snapshot.frames.values() if bar.timeframe is timeframe]


def make_signal(
    snapshot: MarketSnapshot, bar: Bar, action: Action, reason: str, indicators: Mapping[str, float]
) -> SignalDict:
    """Return SYSTEM's dictionary of a wish at a bar's close."""
    return {
        "action": action.value,
        "symbol": bar.symbol,
        "price": bar.close,
        "timestamp": snapshot.timestamp,
        "reason": reason,
        "indicators": indicators,
    }
