"""Tests of tradebus/services/validation.py."""

from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS
from tests.unit.services.helpers import SELL, Stage, fill, holding, order
from tradebus.events import (
    VENUE,
    BreakerReset,
    BreakerTripped,
    Event,
    Halted,
    OrderAcked,
    OrderApproved,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderSized,
    Paused,
    Resumed,
)
from tradebus.model.instrument import Instruments
from tradebus.model.portfolio import Portfolio
from tradebus.risk.limits import Limits
from tradebus.risk.order_manager import OrderManager
from tradebus.risk.validator import build_validator
from tradebus.services.validation import ValidationService

NOW = START_NS


class Gate:
    """A validation service on a bus. The books have cash for a hundred shares unless told otherwise."""

    def __init__(self, account: Portfolio | None = None, **limits: Any) -> None:
        manager = OrderManager(build_validator(Limits(**limits), Instruments()))
        self._stage = Stage(ValidationService(manager, account or holding(cash=10_000)))

    def hear(self, *events: Event) -> list[Event]:
        """Return what it says to events."""
        return self._stage.hear(*events)

    def code(self, **changes: Any) -> str:
        """Return what it says to an order: the code of a no; empty for yes."""
        (said,) = self.hear(OrderSized(NOW, order(**changes)))
        assert isinstance(said, OrderApproved | OrderRejected)
        assert said.order == order(**changes)
        return said.code if isinstance(said, OrderRejected) else ""


def test_an_order_within_all_limits_is_approved() -> None:
    """As it is."""
    assert Gate().hear(OrderSized(NOW, order())) == [OrderApproved(NOW, order())]


def test_an_order_beyond_a_limit_is_rejected_with_code_and_numbers() -> None:
    """So that a person can see by how much."""
    (said,) = Gate().hear(OrderSized(NOW, order(qty=101)))

    assert isinstance(said, OrderRejected)
    assert said.code == "INSUFFICIENT_CAPITAL"
    assert "10100" in said.detail.replace(",", "")
    assert "10000" in said.detail.replace(",", "")


def test_working_orders_tie_their_money_up() -> None:
    """The second order finds none left."""
    gate = Gate()
    assert gate.code(qty=60) == ""

    assert gate.code(qty=60, client_order_id="o2") == "INSUFFICIENT_CAPITAL"


@pytest.mark.parametrize(
    "end",
    [
        OrderCanceled(NOW, order(), Decimal(0), "asked"),
        OrderExpired(NOW, order(), Decimal(0)),
        OrderReplaced(NOW, order(), Decimal(0), "o2"),
        OrderRejected(NOW, order(), VENUE, "halted"),
        fill(100),
    ],
)
def test_an_order_that_has_ended_frees_its_money(end: Event) -> None:
    """Whatever ended it, the venue's no too; what a fill cost the books know."""
    gate = Gate()
    gate.code()

    gate.hear(end)

    assert gate.code(client_order_id="o2") == ""


def test_a_partial_fill_frees_its_part() -> None:
    """40 of 100 are in the books, which are told by somebody else."""
    gate = Gate()
    gate.code()

    gate.hear(fill(40))

    assert gate.code(client_order_id="o2", qty=41) == "INSUFFICIENT_CAPITAL"
    assert gate.code(client_order_id="o3", qty=40) == ""


def test_a_duplicate_is_refused_and_does_not_free_the_first() -> None:
    """Its rejection is about an order that was never counted."""
    gate = Gate()
    gate.code()

    assert gate.code() == "DUPLICATE_ORDER"
    assert gate.code(client_order_id="o2") == "INSUFFICIENT_CAPITAL"


def test_the_children_of_a_bracket_count_when_the_venue_has_them() -> None:
    """A sale of what they would sell is a short sale."""
    gate = Gate(holding(100), allow_short=False)
    (child,) = order(stop_loss=90).children()
    assert gate.code(side=SELL, client_order_id="o2", qty=100) == ""
    gate.hear(OrderCanceled(NOW, order(client_order_id="o2", side=SELL), Decimal(0), "asked"))

    gate.hear(OrderAcked(NOW, child, "v2"))

    assert gate.code(side=SELL, client_order_id="o3", qty=100) == "SHORT_NOT_ALLOWED"


CAUSES: list[tuple[Event, Event]] = [
    (BreakerTripped(NOW, "drawdown"), BreakerReset(NOW, "checked")),
    (Paused(NOW, "me", "lunch"), Resumed(NOW, "me", "back")),
]


@pytest.mark.parametrize(("halt", "lift"), CAUSES)
def test_a_pause_refuses_entries_and_lets_exits_pass(halt: Event, lift: Event) -> None:
    """Until it is lifted."""
    gate = Gate(holding(100))
    gate.hear(halt)

    assert gate.code() == "TRADING_HALTED"
    assert gate.code(client_order_id="x1", side=SELL, is_exit=True) == ""

    gate.hear(lift)
    assert gate.code() == ""


def test_after_a_halt_nothing_passes_any_more() -> None:
    """Exits neither: the operator wants no order at the venue, and nothing lifts it in this session."""
    gate = Gate(holding(100))
    gate.hear(Halted(NOW, "me", "storm"))

    assert gate.code() == "TRADING_HALTED"
    assert gate.code(client_order_id="x1", side=SELL, is_exit=True) == "TRADING_HALTED"

    gate.hear(Resumed(NOW, "me", "calm"))
    assert gate.code(client_order_id="o2") == "TRADING_HALTED"


def test_two_causes_must_both_be_lifted() -> None:
    """Resuming does not reset the breaker, nor the other way round."""
    gate = Gate()
    gate.hear(BreakerTripped(NOW, "drawdown"), Paused(NOW, "me", "lunch"), Resumed(NOW, "me", "back"))
    assert gate.code() == "TRADING_HALTED"

    gate.hear(Paused(NOW, "me", "lunch"), BreakerReset(NOW, "checked"))
    assert gate.code() == "TRADING_HALTED"

    gate.hear(Resumed(NOW, "me", "back"))
    assert gate.code() == ""


def test_a_refusal_names_why_trading_is_halted() -> None:
    """The breaker's words, or the operator's."""
    gate = Gate()
    gate.hear(BreakerTripped(NOW, "max_drawdown"))

    (said,) = gate.hear(OrderSized(NOW, order()))

    assert isinstance(said, OrderRejected)
    assert "max_drawdown" in said.detail
