"""Tests of tradebus/matching/buying_power.py."""

from decimal import Decimal

from tradebus.matching.buying_power import BuyingPower


class _Books:
    """Books that show what they are told to."""

    def __init__(self, cash: int) -> None:
        self.cash = Decimal(cash)

    def read(self) -> Decimal:
        """Return what is shown."""
        return self.cash


def _power(cash: int) -> tuple[_Books, BuyingPower]:
    books = _Books(cash)
    return books, BuyingPower(books.read)


def test_fills_count_before_the_books_show_them() -> None:
    """Spent and received alike."""
    _, power = _power(100)
    assert power.available(1) == 100

    power.move(Decimal(-60))
    assert power.available(1) == 40
    power.move(Decimal(30))

    assert power.available(1) == 70


def test_fills_count_once_when_the_books_show_them() -> None:
    """The books take them in order, so some may be in and others not."""
    books, power = _power(100)
    power.available(1)
    power.move(Decimal(-60))
    power.available(1)
    power.move(Decimal(-20))

    books.cash = Decimal(40)
    assert power.available(1) == 20
    books.cash = Decimal(20)
    assert power.available(1) == 20
    power.move(Decimal(-5))
    assert power.available(1) == 15


def test_a_new_moment_begins_with_settled_books() -> None:
    """Nothing of an earlier moment is held back."""
    books, power = _power(100)
    power.available(1)
    power.move(Decimal(-60))
    books.cash = Decimal(35)

    assert power.available(2) == 35


def test_books_that_move_otherwise_hold_back_what_was_spent() -> None:
    """On margin a fill moves buying power by another amount: nothing is spent twice, and nothing received counts."""
    books, power = _power(100)
    power.available(1)
    power.move(Decimal(-60))
    power.available(1)
    power.move(Decimal(10))
    books.cash = Decimal(70)

    assert power.available(1) == 10
