"""Tests of tradebus/risk/order_manager.py."""

from tests.samples import START_NS
from tests.unit.risk.samples import SELL, account, fill, order
from tradebus.model.instrument import Instruments
from tradebus.risk.limits import Limits
from tradebus.risk.order_manager import OrderManager
from tradebus.risk.validator import OrderValidator, build_validator
from tradebus.risk.working_orders import WorkingOrders


def manager(limits: Limits | None = None) -> OrderManager:
    """Return a manager with the checks of some limits."""
    return OrderManager(build_validator(limits or Limits(), Instruments()))


def test_an_approved_order_works_until_it_is_filled() -> None:
    """Its value is reserved for as long."""
    orders, books = manager(), account("10000")

    assert orders.submit(order("150", 50.0), books).ok
    assert orders.submit(order("100", 50.0, id="b"), books).code == "INSUFFICIENT_CAPITAL"

    orders.on_fill(fill("150"))
    assert orders.book.working_value(1) == 0.0


def test_an_ended_order_frees_what_it_reserved_and_stays_known() -> None:
    """The same id is not approved twice."""
    orders, books = manager(), account("10000")
    orders.submit(order("150", 50.0), books)

    orders.on_end("a")

    assert orders.submit(order("150", 50.0, id="b"), books).ok
    assert orders.submit(order("1"), books).code == "DUPLICATE_ORDER"


def test_a_refused_order_leaves_no_trace() -> None:
    """It is neither known, working nor counted."""
    orders, books = manager(Limits(max_orders_per_minute=1)), account("1000")

    assert orders.submit(order("150", 50.0), books).code == "INSUFFICIENT_CAPITAL"

    assert not orders.book.is_known("a")
    assert len(orders.book) == 0
    assert orders.submit(order("1", id="a"), books).ok


def test_children_work_once_the_venue_has_them() -> None:
    """The parent, which is known, is not counted twice."""
    orders, parent = manager(), order("100", stop_loss="45")
    orders.submit(parent, account())

    orders.on_acked(parent)
    for child in parent.children():
        orders.on_acked(child)

    assert orders.book.working_qty("AAPL", 1) == 100
    assert orders.book.working_qty("AAPL", -1) == 100


def test_a_halt_refuses_entries_and_lets_exits_pass() -> None:
    """With the reason."""
    orders, books = manager(), account("100000", fill())
    orders.halt("drawdown")

    refused = orders.submit(order(id="b"), books)

    assert orders.halted == "drawdown"
    assert refused.code == "TRADING_HALTED"
    assert "drawdown" in refused.detail
    assert orders.submit(order(side=SELL, id="c", is_exit=True), books).ok


def test_each_cause_of_a_halt_is_lifted_on_its_own() -> None:
    """A pause that ends does not close the breaker."""
    orders, seen = manager(), []
    orders.halt("drawdown", cause="breaker")
    orders.halt("lunch")
    seen.append(orders.halted)

    orders.resume()
    seen.append(orders.halted)
    assert not orders.submit(order(), account()).ok

    orders.resume("breaker")
    orders.resume("breaker")
    seen.append(orders.halted)
    assert orders.submit(order(), account()).ok
    assert seen == ["drawdown; lunch", "drawdown", None]


def test_a_validator_without_the_halt_gets_one() -> None:
    """A manager can always be halted; a book may be shared."""
    book = WorkingOrders()
    orders = OrderManager(OrderValidator([]), book)

    orders.halt("now")

    assert orders.submit(order(), account()).code == "TRADING_HALTED"
    assert orders.book is book


def test_an_explanation_lets_nothing_out() -> None:
    """Asking why does not submit."""
    orders = manager()

    assert orders.explain(order(), account()).checks

    assert len(orders.book) == 0
    assert orders.submit(order(time_ns=START_NS), account()).ok
