"""Tests of tradebus/risk/checks/duplicate_order.py."""

from tests.unit.risk.samples import account, order
from tradebus.risk.checks.duplicate_order import DuplicateOrderCheck
from tradebus.risk.working_orders import WorkingOrders


def test_an_id_passes_once() -> None:
    """Exits too: an exit that is sold twice is a short position."""
    check, book = DuplicateOrderCheck(), WorkingOrders()
    assert check.applies_to_exits
    assert check.validate(order(), account(), book) is None
    assert check.describe(order(), account(), book) == ("each client_order_id once", "a is new")
    book.add(order())

    no = check.validate(order(), account(), book)

    assert no is not None
    assert (no.code, no.value) == ("DUPLICATE_ORDER", "a again")
    assert check.describe(order(), account(), book)[1] == "a again"


def test_an_id_is_known_after_its_order_ended() -> None:
    """A late repeat is one too."""
    book = WorkingOrders()
    book.add(order())
    book.drop("a")

    assert DuplicateOrderCheck().validate(order(), account(), book) is not None
