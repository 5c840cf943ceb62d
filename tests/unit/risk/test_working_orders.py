"""Tests of tradebus/risk/working_orders.py."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.risk.samples import BUY, SELL, order
from tradebus.errors import OrderError
from tradebus.model.order import OrderRequest, OrderSide
from tradebus.risk import working_orders
from tradebus.risk.exact import order_price
from tradebus.risk.working_orders import WorkingOrders


def test_an_order_works_until_it_is_filled() -> None:
    """Quantity and value shrink with every fill and end at exactly nothing."""
    book = WorkingOrders()
    book.add(order("100", 0.1))

    book.fill("a", Decimal(30))
    assert book.working_qty("AAPL", 1) == 70
    assert book.working_value(1) == 7.0
    assert [one.qty for one in book.orders("AAPL")] == [70]

    book.fill("a", Decimal(70))
    assert book.working_qty("AAPL", 1) == 0
    assert book.working_value(1) == 0.0
    assert book.orders("AAPL") == ()
    assert len(book) == 0


def test_a_dropped_order_stays_known() -> None:
    """It works no more, but its id is not new."""
    book = WorkingOrders()
    book.add(order())

    book.drop("a")

    assert book.working_qty("AAPL", 1) == 0
    assert book.is_known("a")
    assert not book.is_known("b")


def test_messages_that_come_twice_or_late_change_nothing() -> None:
    """An id is added once, even after its end; fills and drops of what does not work do nothing."""
    book = WorkingOrders()

    assert book.add(order("100"))
    assert not book.add(order("100"))
    assert book.working_qty("AAPL", 1) == 100

    book.fill("a", Decimal(1000))
    book.fill("a", Decimal(1))
    book.drop("a")
    book.drop("never")
    assert not book.add(order("100"))
    assert book.working_qty("AAPL", 1) == 0


def test_exits_have_a_quantity_and_no_value() -> None:
    """The value is what entries may still cost."""
    book = WorkingOrders()
    parent = order("100", 50.0, take_profit="60", stop_loss="40")

    book.add(parent)
    for child in parent.children():
        book.add(child)

    assert book.working_value(1) == 5000.0
    assert book.working_value(-1) == 0.0
    assert book.working_qty("AAPL", -1) == 200
    assert list(book) == ["a", "a-sl", "a-tp"]


def test_an_order_that_is_partly_filled_is_shown_with_the_rest() -> None:
    """The untouched one is the order itself."""
    book, first, second = WorkingOrders(), order(id="a"), order(id="b")
    book.add(first)
    book.add(second)

    book.fill("b", Decimal(1))

    shown = book.orders("AAPL")
    assert shown[0] is first
    assert shown[1].client_order_id == "b"
    assert shown[1].qty == 99


def test_an_order_without_a_value_is_our_own_mistake() -> None:
    """No check would have let it pass."""
    with pytest.raises(OrderError, match="cannot be valued"):
        WorkingOrders().add(order("0"))
    with pytest.raises(OrderError, match="cannot be valued"):
        WorkingOrders().add(order(price=float("nan")))


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest ids are forgotten; one that still works never is."""
    monkeypatch.setattr(working_orders, "KNOWN_IDS", 3)
    book = WorkingOrders()
    book.add(order(id="works"))
    for index in range(5):
        book.add(order(id=str(index)))
        book.drop(str(index))

    assert [one for one in "01234" if book.is_known(one)] == ["2", "3", "4"]
    assert book.is_known("works")


SIDES = st.sampled_from([BUY, SELL])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "fill", "drop"]),
        st.integers(0, 5),
        SIDES,
        st.sampled_from(["AAPL", "BTC/USD"]),
        st.decimals("0.00000001", "99999999", places=8),
        st.floats(0.000001, 99999),
        st.booleans(),
    ),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=100, deadline=None)
def test_sums_kept_by_difference_are_the_sums(
    steps: list[tuple[str, int, OrderSide, str, Decimal, float, bool]],
) -> None:
    """After any messages, quantities and values are those of the orders that are left; none leaves nothing."""
    book = WorkingOrders()
    for number, (what, target, side, symbol, qty, price, is_exit) in enumerate(steps):
        key = f"{target}" if what != "add" else f"{number % 6}"
        if what == "add":
            book.add(order(str(qty), price, id=key, side=side, symbol=symbol, is_exit=is_exit))
        elif what == "fill":
            book.fill(key, qty)
        else:
            book.drop(key)

    left: list[OrderRequest] = [*book.orders("AAPL"), *book.orders("BTC/USD")]
    assert len(left) == len(book)
    for sign in (1, -1):
        entries = [one for one in left if one.side.sign == sign and not one.is_exit]
        value = sum((one.qty * order_price(one) for one in entries), Decimal(0))
        assert book.working_value(sign) == pytest.approx(float(value))
        for symbol in ("AAPL", "BTC/USD"):
            total = sum((one.qty for one in left if one.symbol == symbol and one.side.sign == sign), Decimal(0))
            assert book.working_qty(symbol, sign) == total
    for key in list(book):
        book.drop(key)
    assert (book.working_value(1), book.working_value(-1)) == (0.0, 0.0)
