"""buying_power: what may still be spent, while fills that were made have not reached the books yet.

The books hear of fills after the engine has returned, in the order in which they were made. So whoever asks again
within the same moment may be shown the books before, between or after those fills.
"""

from collections.abc import Callable
from decimal import Decimal

ZERO = Decimal(0)


class BuyingPower:
    """The books' buying power, less what the fills of this moment have spent and the books do not show yet.

    The engine remembers what each fill of the moment moved. If the books have moved by the first k of them, the others
    are still to come and are added, spent and received alike. If they have moved in another way (on margin a fill does
    not move buying power by its cost), everything spent in this moment is held back and nothing received is counted.
    A new moment begins with settled books.

    Args:
        read: Returns the books' buying power in dollars; called only when something is filled.
    """

    def __init__(self, read: Callable[[], Decimal]) -> None:
        self._read = read
        self._time_ns: int | None = None
        self._settled = ZERO
        self._moved: list[Decimal] = []

    def available(self, time_ns: int) -> Decimal:
        """Return what may be spent at a moment, dollars."""
        shown = self._read()
        if time_ns != self._time_ns:
            self._time_ns, self._settled = time_ns, shown
            self._moved.clear()
            return shown
        total = self._settled
        for count, moved in enumerate((ZERO, *self._moved)):
            total += moved
            if total == shown:
                # The fewest fills that explain what is shown: where several do, less is available.
                del self._moved[:count]
                self._settled = shown
                return shown + sum(self._moved, ZERO)
        return shown + sum((moved for moved in self._moved if moved < 0), ZERO)

    def move(self, amount: Decimal) -> None:
        """Note what a fill of this moment does to the books: dollars received, or spent if negative."""
        self._moved.append(amount)
