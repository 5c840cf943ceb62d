"""position: close what has lost a fixed fraction of its entry price.

level = entry * (1 - position_stop_pct) for a long position, entry * (1 + position_stop_pct) for a short one
"""

from tradebus.model.number import require_proper_fraction
from tradebus.risk.stops.base import kept


class PositionStop:
    """A fixed fraction from the average entry price; it moves only when the average does.

    Args:
        position_stop_pct: Fraction of the entry price, in (0, 1); 0.05 is 5 %. A price at the level touches it.

    Raises:
        InputError: If it is not a fraction below 1.
    """

    name = "position_stop"
    uses_mark = False

    def __init__(self, position_stop_pct: float) -> None:
        require_proper_fraction("position_stop_pct", position_stop_pct)
        self._long, self._short = kept(position_stop_pct), kept(-position_stop_pct)

    def level(self, sign: int, entry: float, mark: float) -> float:
        """Return the price at which the position is closed, dollars."""
        return entry * (self._long if sign > 0 else self._short)
