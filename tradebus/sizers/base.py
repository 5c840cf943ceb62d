"""base: what every sizer has, and the one rule for inputs that cannot be used."""

import math
from abc import ABC, abstractmethod

from tradebus.model.portfolio import Account
from tradebus.model.signal import Signal


class PositionSizer(ABC):
    """Turns a wish into a quantity. A subclass needs `calculate_qty`; `explain` is for those who ask why."""

    @abstractmethod
    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        """Return shares or coins, >= 0, finite and not yet on the lot; 0.0 for no order.

        Args:
            signal: The wish.
            portfolio: The books, read only.
            price: Dollars at which the order is valued.
        """

    def explain(self, signal: Signal, portfolio: Account, price: float) -> str:
        """Return one line with the formula and its numbers."""
        return f"{type(self).__name__} = {plain(self.calculate_qty(signal, portfolio, price))}"


def usable(*numbers: float) -> bool:
    """Return whether all numbers are finite and above 0; NaN is not."""
    return all(0 < number < math.inf for number in numbers)


def quotient(amount: float, per_unit: float) -> float:
    """Return how many units an amount buys, or 0.0 where either number is no use or the result is not finite."""
    if not usable(amount, per_unit):
        return 0.0
    qty = amount / per_unit
    return qty if qty < math.inf else 0.0


def money(amount: float) -> str:
    """Return dollars for people, as in `100,000.00`; small prices keep their digits."""
    return f"{amount:,.2f}" if not 0 < abs(amount) < 1 else f"{amount:.8g}"


def plain(number: float) -> str:
    """Return a number for people, without the noise of the float: 200, 0.1, 12.34567891."""
    text = f"{number:,.8f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
