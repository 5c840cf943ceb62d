"""base: what the two kinds of protection must have, and the arithmetic they share."""

from decimal import Decimal
from typing import Protocol


class PriceStop(Protocol):
    """**Protocol:** a price at which one position is closed.

    Attributes:
        name: As in `StopTriggered.stop`.
        uses_mark: Whether the level moves with the mark; False asks for it at fills only.
    """

    name: str
    uses_mark: bool

    def level(self, sign: int, entry: float, mark: float) -> float:
        """Return the price at which the position is closed, dollars.

        Args:
            sign: 1 for a long position, -1 for a short one.
            entry: Average entry price, dollars, > 0.
            mark: Best close since the entry, dollars: the highest for a long position, the lowest for a short one.
        """
        ...


class EquityStop(Protocol):
    """**Protocol:** a limit on the loss of equity, for all positions together.

    Attributes:
        name: As in `LimitBreached.limit`.
        bound: What is allowed, a fraction.
    """

    name: str
    bound: float

    def check(self, time_ns: int, equity: float) -> float | None:
        """Take the next value of the equity; return None, or the fraction lost if the limit is breached.

        NaN where there is nothing to compare with. After a breach the loss is measured anew from the equity it left,
        so that one loss is not reported again and again and what is still there stays protected.
        """
        ...


def kept(pct: float) -> float:
    """Return 1 - pct as the float nearest to the decimal result: 1 - 0.07 is 0.93, not 0.9299999999999999."""
    return float(1 - Decimal(repr(float(pct))))
