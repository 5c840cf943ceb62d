"""Tests of tradebus/services/portfolio.py."""

from decimal import Decimal

import pytest

from tests.samples import START_NS, bar
from tests.unit.services.helpers import SELL, Stage, fill, holding
from tradebus.events import PortfolioEvent, StepEvent, TickEvent
from tradebus.services.portfolio import PortfolioService


def test_the_books_are_valued_once_a_step() -> None:
    """Bars and fills say nothing by themselves."""
    books = holding()
    stage = Stage(PortfolioService(books))

    assert stage.hear(bar(close=100), fill(10, 100)) == []
    assert stage.hear(StepEvent(START_NS)) == [PortfolioEvent(START_NS, 100_000.0, 99_000.0, 1_000.0)]


def test_positions_are_valued_at_the_last_price() -> None:
    """Of a bar its close, of a tick its price."""
    books = holding(10, 100)
    stage = Stage(PortfolioService(books))

    (after_bar,) = stage.hear(bar(close=110), StepEvent(START_NS))
    (after_tick,) = stage.hear(TickEvent(START_NS, "AAPL", 90.0), StepEvent(START_NS))

    assert after_bar == PortfolioEvent(START_NS, 100_100.0, 99_000.0, 1_100.0)
    assert after_tick == PortfolioEvent(START_NS, 99_900.0, 99_000.0, 900.0)


def test_a_fill_changes_cash_and_quantity_exactly() -> None:
    """A third of a cent is not lost."""
    books = holding()

    Stage(PortfolioService(books)).hear(fill(3, 33.333333, commission=Decimal("0.01")), fill(1, 40, SELL))

    assert books.cash == Decimal(100000) - 3 * Decimal("33.333333") - Decimal("0.01") + 40
    assert books.position("AAPL", "macd") == 2


def test_the_price_of_one_symbol_is_not_anothers() -> None:
    """Each has its own."""
    books = holding(10, 100)

    Stage(PortfolioService(books)).hear(bar(close=500, symbol="MSFT"))

    assert books.price("MSFT") == 500
    assert books.equity == pytest.approx(100_000)
