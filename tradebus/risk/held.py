"""held: one open position as the stops see it: entry, mark and the one level that closes it."""

import math
from collections.abc import Sequence

from tradebus.model.fill import Fill
from tradebus.model.position import Position
from tradebus.risk.stops.base import PriceStop


class HeldPosition:
    """A position from its first fill until it is flat or turns: one episode, which is closed by one exit.

    `level` is worked out when a fill or a mark changes it, so that a bar costs a comparison.

    Args:
        fill: The first.
        stops: What protects it.

    Attributes:
        strategy_id, symbol: Whose position of what.
        sign: 1 if long, -1 if short.
        since_ns: Market time of the entry. A bar that began before has prices from before it.
        price: Last price seen, dollars.
        level: Price that closes the position, dollars; minus (short: plus) infinity without one.
        stop: Name of the stop that gives the level; empty without one.
        marked: Whether a close since the entry is known; until then the mark is the entry price.
        signalled: Whether the exit has been asked for.
    """

    __slots__ = (
        "_mark",
        "_position",
        "_stops",
        "_trailing",
        "entry",
        "level",
        "marked",
        "price",
        "sign",
        "signalled",
        "since_ns",
        "stop",
        "strategy_id",
        "symbol",
    )

    def __init__(self, fill: Fill, stops: Sequence[PriceStop]) -> None:
        self.strategy_id, self.symbol = fill.strategy_id, fill.symbol
        self._position = Position(fill.symbol)
        self._stops = stops
        self._trailing = any(stop.uses_mark for stop in stops)
        self.sign = 0
        self.apply(fill)

    @property
    def is_flat(self) -> bool:
        """Whether nothing is held any more."""
        return self._position.is_flat

    def apply(self, fill: Fill) -> None:
        """Take a fill: the average entry moves, and a position that turns begins a new episode.

        What is added to a position whose exit was asked for is not part of that exit, so it is watched again.
        """
        position = self._position
        before = abs(position.qty)
        position.apply(fill)
        if abs(position.qty) > before:
            self.signalled = False
        if position.is_flat:
            return
        self.entry = float(position.avg_price)
        sign = 1 if position.qty > 0 else -1
        if sign != self.sign:
            self.sign = sign
            self.since_ns = fill.time_ns
            self.price = self._mark = self.entry
            self.marked = self.signalled = False
        elif not self.marked:
            self._mark = self.entry
        self._set_level()

    def mark(self, close: float) -> None:
        """Take a close at or after the entry: the first is the mark, later ones only if they are better."""
        self.price = close
        if self.marked and (close <= self._mark if self.sign > 0 else close >= self._mark):
            return
        self.marked = True
        self._mark = close
        if self._trailing:
            self._set_level()

    def _set_level(self) -> None:
        """Take the nearest of all stops: it is touched first. Of two at the same price the earlier in order counts."""
        sign = self.sign
        nearest, name = -math.inf * sign, ""
        for stop in self._stops:
            level = stop.level(sign, self.entry, self._mark)
            if (level > nearest) if sign > 0 else (level < nearest):
                nearest, name = level, stop.name
        self.level, self.stop = nearest, name
