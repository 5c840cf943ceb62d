"""trailing: close what has retreated a fixed fraction from its best close.

level = mark * (1 - trailing_stop_pct) for a long position, mark * (1 + trailing_stop_pct) for a short one
"""

from tradebus.model.number import require_proper_fraction
from tradebus.risk.stops.base import kept


class TrailingStop:
    """A fixed fraction from the best close since the entry: highest for a long position, lowest for a short one.

    The mark starts at the first close at or after the entry and never retreats, so neither does the level.

    Args:
        trailing_stop_pct: Fraction of the mark, in (0, 1); 0.05 is 5 %. A price at the level touches it.

    Raises:
        InputError: If it is not a fraction below 1.
    """

    name = "trailing_stop"
    uses_mark = True

    def __init__(self, trailing_stop_pct: float) -> None:
        require_proper_fraction("trailing_stop_pct", trailing_stop_pct)
        self._long, self._short = kept(trailing_stop_pct), kept(-trailing_stop_pct)

    def level(self, sign: int, entry: float, mark: float) -> float:
        """Return the price at which the position is closed, dollars."""
        return mark * (self._long if sign > 0 else self._short)
