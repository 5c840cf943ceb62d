"""Tests of tradebus/model/position.py."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebus.model.fill import Fill
from tradebus.model.order import OrderSide
from tradebus.model.position import Position

BUY, SELL = OrderSide.BUY, OrderSide.SELL


def fill(side: OrderSide, qty: str | Decimal, price: str | Decimal, commission: str = "0") -> Fill:
    """Return a fill of AAPL."""
    return Fill(
        time_ns=1,
        client_order_id="tb-1",
        strategy_id="macd",
        symbol="AAPL",
        side=side,
        qty=Decimal(qty),
        price=Decimal(price),
        commission=Decimal(commission),
    )


class Case(NamedTuple):
    """A position, a fill and what comes of both.

    Attributes:
        qty, avg_price: Before.
        fill: What happens.
        after, avg_after, realized: Afterwards.
    """

    qty: str
    avg_price: str
    fill: Fill
    after: str
    avg_after: str
    realized: str


CASES = {
    "open long": Case("0", "0", fill(BUY, "10", "100"), "10", "100", "0"),
    "open short": Case("0", "0", fill(SELL, "10", "100"), "-10", "100", "0"),
    "add to long": Case("10", "100", fill(BUY, "30", "104"), "40", "103", "0"),
    "add to short": Case("-10", "100", fill(SELL, "30", "104"), "-40", "103", "0"),
    "reduce long with profit": Case("10", "100", fill(SELL, "4", "110"), "6", "100", "40"),
    "reduce long with loss": Case("10", "100", fill(SELL, "4", "90"), "6", "100", "-40"),
    "reduce short with profit": Case("-10", "100", fill(BUY, "4", "90"), "-6", "100", "40"),
    "reduce short with loss": Case("-10", "100", fill(BUY, "4", "110"), "-6", "100", "-40"),
    "close long": Case("10", "100", fill(SELL, "10", "101"), "0", "0", "10"),
    "close short": Case("-10", "100", fill(BUY, "10", "101"), "0", "0", "-10"),
    "long through zero": Case("10", "100", fill(SELL, "15", "110"), "-5", "110", "100"),
    "short through zero": Case("-10", "100", fill(BUY, "15", "110"), "5", "110", "-100"),
    "coin": Case("0.00000001", "50000", fill(BUY, "0.00000003", "60000"), "0.00000004", "57500", "0"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fill_changes_quantity_cost_and_profit(case: Case) -> None:
    """Adding averages the cost, reducing realises profit against it, going through zero does one after the other."""
    position = Position("AAPL", Decimal(case.qty), Decimal(case.avg_price))

    realized = position.apply(case.fill)

    assert realized == position.realized_pnl == Decimal(case.realized)
    assert (position.qty, position.avg_price) == (Decimal(case.after), Decimal(case.avg_after))
    assert position.size == float(position.qty)
    assert position.is_flat == (position.qty == 0)


def test_profits_and_commissions_add_up() -> None:
    """A position keeps the sum of what was realised, before commissions, and of the commissions."""
    position = Position("AAPL")

    returned = [
        position.apply(one)
        for one in (fill(BUY, "10", "100", "1"), fill(SELL, "5", "110", "0.5"), fill(SELL, "5", "120", "0.5"))
    ]

    assert returned == [Decimal(0), Decimal(50), Decimal(100)]
    assert (position.realized_pnl, position.commission) == (Decimal(150), Decimal(2))


@pytest.mark.parametrize(("qty", "value", "profit"), [("10", 1100.0, 100.0), ("-10", -1100.0, -100.0)])
def test_a_position_is_valued_at_the_last_price(qty: str, value: float, profit: float) -> None:
    """A short is worth less than nothing and loses when the price rises."""
    position = Position("AAPL", Decimal(qty), Decimal(100))

    position.price = 110.0

    assert (position.market_value, position.unrealized_pnl) == (value, profit)


def test_a_new_position_is_flat_and_worth_nothing() -> None:
    """Before the first fill there is nothing."""
    position = Position("AAPL")

    assert position.is_flat
    assert (position.market_value, position.unrealized_pnl, position.price) == (0.0, 0.0, 0.0)


def test_a_position_shows_what_matters() -> None:
    """The text of a position has its symbol, quantity and cost."""
    assert repr(Position("AAPL", Decimal(10), Decimal("99.5"))) == "Position(AAPL 10 @ 99.5)"


QTY = st.decimals("0.00000001", 1000, places=8)
PRICE = st.decimals("0.01", 100_000, places=4)


@given(st.lists(st.tuples(st.sampled_from(OrderSide), QTY, PRICE), max_size=20), PRICE)
def test_profit_is_money_in_less_money_out(fills: list[tuple[OrderSide, Decimal, Decimal]], mark: Decimal) -> None:
    """After any fills, realised and unrealised profit together are the cash flow and what is held at a mark."""
    position = Position("AAPL")
    cash = Decimal(0)

    for side, qty, price in fills:
        position.apply(fill(side, qty, price))
        cash -= side.sign * qty * price

    profit = position.realized_pnl + position.qty * (mark - position.avg_price)
    # The average cost is a quotient, kept to 28 digits; all else is exact.
    assert abs(profit - (cash + position.qty * mark)) < Decimal("1e-12")
    assert position.qty == sum((side.sign * qty for side, qty, _ in fills), Decimal(0))


@given(st.lists(st.tuples(st.sampled_from(OrderSide), QTY, PRICE), max_size=20))
def test_cost_and_profit_equal_those_of_exact_arithmetic(fills: list[tuple[OrderSide, Decimal, Decimal]]) -> None:
    """Average cost and realised profit agree with the same book kept in fractions."""
    position = Position("AAPL")
    held = cost = realized = Fraction(0)

    for side, qty, price in fills:
        position.apply(fill(side, qty, price))
        change = side.sign * Fraction(qty)
        closed = min(abs(held), abs(change)) if held * change < 0 else Fraction(0)
        direction = 1 if held > 0 else -1
        realized += closed * (Fraction(price) - (cost / abs(held) if held else 0)) * direction
        cost -= closed * (cost / abs(held) if held else 0)
        cost += (abs(change) - closed) * Fraction(price)
        held += change

    average = cost / abs(held) if held else Fraction(0)
    assert Fraction(position.qty) == held
    assert abs(Fraction(position.avg_price) - average) < Fraction(1, 10**12)
    assert abs(Fraction(position.realized_pnl) - realized) < Fraction(1, 10**12)
