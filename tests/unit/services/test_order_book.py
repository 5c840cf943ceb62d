"""Tests of tradebus/services/order_book.py."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import START_NS
from tests.unit.services.helpers import Stage, order, published_by
from tradebus.errors import InvalidTransitionError, OrderError
from tradebus.events import (
    VENUE,
    BrokerAccepted,
    BrokerCanceled,
    BrokerEvent,
    BrokerExpired,
    BrokerFilled,
    BrokerRejected,
    BrokerReplaced,
    BrokerUnknown,
    Event,
    FillEvent,
    OrderAcked,
    OrderApproved,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderSized,
)
from tradebus.model.order import Order, OrderRequest, OrderState
from tradebus.model.time import DAY_NS
from tradebus.services.order_book import OrderBook

NOW = START_NS + 60


class Desk:
    """An order book with one approved order, and what it says."""

    def __init__(self, request: OrderRequest | None = None) -> None:
        self.request = order() if request is None else request
        self.book = OrderBook()
        self._stage = Stage(self.book)
        assert self.hear(OrderSized(START_NS, self.request), OrderApproved(START_NS, self.request)) == []

    def hear(self, *events: Event) -> list[Event]:
        """Return what the book says to events."""
        return self._stage.hear(*events)

    @property
    def order(self) -> Order:
        """The order."""
        known = self.book.get(self.request.client_order_id)
        assert known is not None
        return known

    def state(self) -> OrderState:
        """Return where the order stands."""
        return self.order.state


def filled(
    cum: int, last: int, price: float = 10, average: float | None = None, id: str = "o1", execution_id: str = ""
) -> BrokerFilled:
    """Return the venue's news of an execution."""
    exact = None if average is None else Decimal(str(average))
    cost = Decimal(str(price))
    return BrokerFilled(NOW, id, Decimal(cum), Decimal(last), cost, exact, execution_id=execution_id)


def fills(events: Sequence[Event]) -> list[FillEvent]:
    """Return the fills among events."""
    return [event for event in events if isinstance(event, FillEvent)]


def brief(events: Sequence[Event]) -> list[str]:
    """Return the fills among events as short text: `40 @ 10`."""
    return [f"{fill.qty:f} @ {fill.price.normalize():f}" for fill in fills(events)]


def test_an_order_that_is_sized_is_new() -> None:
    """Before the checks have spoken the book knows it, and it says nothing."""
    book = OrderBook()

    assert published_by(book, OrderSized(START_NS, order())) == []
    known = book.get("o1")
    assert known is not None
    assert known.state is OrderState.NEW
    assert book.get("other") is None


def test_an_approved_order_counts_as_sent_and_so_do_its_children() -> None:
    """The executor has it: the next word is the venue's."""
    desk = Desk(order(take_profit=110, stop_loss=90))

    states = {one: known.state for one in ("o1", "o1-sl", "o1-tp") if (known := desk.book.get(one)) is not None}
    assert states == dict.fromkeys(("o1", "o1-sl", "o1-tp"), OrderState.SENT)


def test_an_acknowledgement_is_told_once() -> None:
    """The second one changes nothing."""
    desk = Desk()

    assert desk.hear(BrokerAccepted(NOW, "o1", "v1")) == [OrderAcked(NOW, desk.request, "v1")]
    assert desk.hear(BrokerAccepted(NOW + 1, "o1", "v1")) == []
    assert (desk.state(), desk.order.broker_order_id, desk.order.changed_ns) == (OrderState.ACKED, "v1", NOW)


def test_a_fill_tells_whose_it_is_and_why() -> None:
    """Sizing, books and trackers need not look the order up."""
    desk = Desk(order(reason="trend", is_exit=True))
    told = filled(40, 40, 10.5)

    said = desk.hear(BrokerAccepted(NOW, "o1", "v1"), told)

    assert said[1:] == [
        FillEvent(
            time_ns=NOW,
            client_order_id="o1",
            strategy_id="macd",
            symbol="AAPL",
            side=desk.request.side,
            qty=Decimal(40),
            price=Decimal("10.5"),
            execution_id="o1:40",
            reason="trend",
            is_exit=True,
        )
    ]
    assert desk.state() is OrderState.PARTIALLY_FILLED


def test_the_venues_id_of_an_execution_is_kept() -> None:
    """Only where it gives none the book makes one."""
    desk = Desk()

    (fill,) = fills(desk.hear(filled(100, 100, execution_id="x7")))

    assert fill.execution_id == "x7"


def test_a_fill_before_the_acknowledgement_counts() -> None:
    """The late acknowledgement says nothing any more, but its id is kept."""
    desk = Desk()

    said = desk.hear(filled(40, 40), BrokerAccepted(NOW, "o1", "v1"), filled(100, 60))

    assert brief(said) == ["40 @ 10", "60 @ 10"]
    assert len(said) == 2
    assert desk.state() is OrderState.FILLED
    assert desk.order.broker_order_id == "v1"


def test_a_fill_after_the_cancel_is_ours() -> None:
    """The venue made it before it cancelled; the order stays cancelled until all is filled."""
    desk = Desk()

    said = desk.hear(BrokerAccepted(NOW, "o1", "v1"), BrokerCanceled(NOW, "o1", "asked"), filled(40, 40))
    assert said[1:2] == [OrderCanceled(NOW, desk.request, Decimal(0), "asked")]
    assert brief(said) == ["40 @ 10"]
    assert desk.state() is OrderState.CANCELED

    assert brief(desk.hear(filled(100, 60))) == ["60 @ 10"]
    assert desk.state() is OrderState.FILLED


def test_a_cancel_after_the_fill_says_nothing() -> None:
    """What is filled has ended."""
    desk = Desk()

    said = desk.hear(filled(100, 100), BrokerCanceled(NOW, "o1", "too late"), BrokerExpired(NOW, "o1"))

    assert [type(event) for event in said] == [FillEvent]


def test_a_missed_execution_is_priced_by_the_average() -> None:
    """60 of 100 never reached us: 40 at 10 and 60 at 11 are 10.6 on average, so the new 60 cost 11."""
    desk = Desk()

    said = desk.hear(filled(40, 40, 10, 10), filled(100, 30, 12, 10.6))

    assert brief(said) == ["40 @ 10", "60 @ 11"]
    assert desk.order.avg_price == Decimal("10.6")


def test_a_missed_execution_without_an_average_has_the_last_price() -> None:
    """There is nothing better to go by."""
    assert brief(Desk().hear(filled(100, 30, 12))) == ["100 @ 12"]


def test_a_missed_first_execution_has_the_average() -> None:
    """Nothing came before: all of it is at the average."""
    assert brief(Desk().hear(filled(100, 30, 12, 10.6))) == ["100 @ 10.6"]


@pytest.mark.parametrize("event", [BrokerAccepted(NOW, "no", "v1"), filled(1, 1, id="no")])
def test_news_of_an_unknown_order_is_an_error(event: BrokerEvent) -> None:
    """Somebody trades in our name, or our book has lost an order: neither may pass."""
    with pytest.raises(OrderError, match="about order no, which nobody made"):
        Desk().hear(event)


def test_a_fill_of_a_refused_order_is_an_error() -> None:
    """The venue cannot have it."""
    book = OrderBook()
    refused = OrderRejected(NOW, order(), "INSUFFICIENT_CAPITAL", "too much")

    with pytest.raises(InvalidTransitionError):
        published_by(book, OrderSized(START_NS, order()), refused, filled(1, 1))


@pytest.mark.parametrize(
    ("event", "said", "state"),
    [
        (BrokerCanceled(NOW, "o1", "asked"), OrderCanceled(NOW, order(), Decimal(40), "asked"), OrderState.CANCELED),
        (BrokerExpired(NOW, "o1"), OrderExpired(NOW, order(), Decimal(40)), OrderState.EXPIRED),
        (BrokerReplaced(NOW, "o1", "o2"), OrderReplaced(NOW, order(), Decimal(40), "o2"), OrderState.REPLACED),
    ],
)
def test_an_end_tells_what_was_filled_before(event: BrokerEvent, said: Event, state: OrderState) -> None:
    """Cancelled, expired and replaced orders keep their fills, and end once."""
    desk = Desk()
    desk.hear(BrokerAccepted(NOW, "o1", "v1"), filled(40, 40))

    assert desk.hear(event, event) == [said]
    assert desk.state() is state


@pytest.mark.parametrize(
    "event",
    [
        BrokerCanceled(NOW, "o1", "asked"),
        BrokerExpired(NOW, "o1"),
        BrokerReplaced(NOW, "o1", "o2"),
        BrokerRejected(NOW, "o1", "halted"),
    ],
)
def test_an_end_before_the_acknowledgement_is_an_end(event: BrokerEvent) -> None:
    """A venue may tell of the end first, and of the beginning later."""
    desk = Desk()

    assert len(desk.hear(event)) == 1
    assert desk.hear(BrokerAccepted(NOW, "o1", "v1")) == []
    assert desk.state().is_terminal


def test_a_venues_no_is_a_rejection() -> None:
    """It has the venue's code, and the book does not trip over its own news of it."""
    desk = Desk()

    assert desk.hear(BrokerRejected(NOW, "o1", "halted")) == [OrderRejected(NOW, desk.request, VENUE, "halted")]
    assert desk.state() is OrderState.REJECTED


def test_an_order_that_our_checks_refuse_is_rejected() -> None:
    """It never went out."""
    book = OrderBook()

    published_by(book, OrderSized(START_NS, order()), OrderRejected(NOW, order(), "MARKET_CLOSED", "at night"))

    known = book.get("o1")
    assert known is not None
    assert known.state is OrderState.REJECTED


def test_an_unknown_outcome_is_resolved_by_the_next_word() -> None:
    """Until then the order counts as working; no word of the unknown undoes an end."""
    desk = Desk()
    desk.hear(BrokerUnknown(NOW, "o1", "time-out"))
    assert desk.state() is OrderState.UNKNOWN

    assert desk.hear(BrokerAccepted(NOW, "o1", "v1")) == [OrderAcked(NOW, desk.request, "v1")]
    assert brief(desk.hear(filled(100, 100))) == ["100 @ 10"]
    assert desk.hear(BrokerUnknown(NOW, "o1", "time-out")) == []
    assert desk.state() is OrderState.FILLED


def test_an_unknown_cancel_does_not_forget_the_fills() -> None:
    """The acknowledgement that comes again leads back to a partial fill and is not news."""
    desk = Desk()
    desk.hear(BrokerAccepted(NOW, "o1", "v1"), filled(40, 40), BrokerUnknown(NOW, "o1", "time-out"))

    assert desk.hear(BrokerAccepted(NOW, "o1", "v1")) == []
    assert desk.state() is OrderState.PARTIALLY_FILLED
    assert desk.order.filled_qty == 40


def test_a_duplicate_does_not_touch_the_first_order() -> None:
    """The same order again is refused; the first one lives on and fills."""
    desk = Desk()
    again = order(qty=5)

    said = desk.hear(OrderSized(NOW, again), OrderRejected(NOW, again, "DUPLICATE_ORDER", "o1 again"), filled(100, 100))

    assert brief(said) == ["100 @ 10"]
    assert desk.order.request is desk.request


def test_a_refused_order_may_come_again() -> None:
    """It left no trace, so the same id is a new order."""
    book = OrderBook()
    stage = Stage(book)
    stage.hear(OrderSized(START_NS, order()), OrderRejected(NOW, order(), "RATE_LIMIT_GLOBAL", "too many"))

    said = stage.hear(OrderSized(NOW, order()), OrderApproved(NOW, order()), filled(100, 100))

    assert brief(said) == ["100 @ 10"]


def test_ended_orders_leave_memory_after_a_day() -> None:
    """24 hours after their end, and not before; those that work stay."""
    desk = Desk()
    desk.hear(BrokerAccepted(NOW, "o1", "v1"), BrokerCanceled(NOW, "o1", "asked"))
    works = order(client_order_id="o2")
    desk.hear(OrderSized(NOW, works), OrderApproved(NOW, works))

    desk.hear(OrderSized(NOW + DAY_NS, order(client_order_id="o3")))
    assert desk.book.get("o1") is not None

    desk.hear(OrderSized(NOW + DAY_NS + 1, order(client_order_id="o4")))
    assert desk.book.get("o1") is None
    assert desk.book.get("o2") is not None


@pytest.mark.parametrize("late", [40, 100])
def test_a_late_fill_prolongs_the_memory(late: int) -> None:
    """The 24 hours begin with the last change, and they do end."""
    desk = Desk()
    desk.hear(BrokerCanceled(NOW, "o1", "asked"))
    told = BrokerFilled(NOW + 10, "o1", Decimal(late), Decimal(late), Decimal(10))
    desk.hear(told)

    desk.hear(OrderSized(NOW + DAY_NS + 5, order(client_order_id="o2")))
    assert desk.book.get("o1") is not None

    desk.hear(OrderSized(NOW + DAY_NS + 11, order(client_order_id="o3")))
    assert desk.book.get("o1") is None


def test_an_event_that_is_no_news_of_an_order_is_an_error() -> None:
    """A new kind of broker event must be given a meaning first."""

    with pytest.raises(OrderError, match="BrokerUnknown is no end of an order"):
        OrderBook()._finish(Order(order()), BrokerUnknown(NOW, "o1", "time-out"))


@st.composite
def stories(draw: st.DrawFn) -> list[BrokerEvent]:
    """Draw what a venue says of an order, with repeats and in any order."""
    steps = draw(st.lists(st.integers(1, 40), min_size=1, max_size=4))
    price = st.integers(900, 1100).map(lambda cents: Decimal(cents) / 100)
    events: list[BrokerEvent] = [BrokerAccepted(NOW, "o1", "v1")]
    done = cost = Decimal(0)
    for step in steps:
        qty = min(Decimal(step), 100 - done)
        if qty:
            done, paid = done + qty, draw(price)
            cost += qty * paid
            events.append(BrokerFilled(NOW, "o1", done, qty, paid, cost / done))
    if draw(st.booleans()) and done < 100:
        events.append(draw(st.sampled_from([BrokerCanceled(NOW, "o1", "asked"), BrokerExpired(NOW, "o1")])))
    repeated = events + draw(st.lists(st.sampled_from(events), max_size=4))
    return draw(st.permutations(repeated))


@settings(max_examples=150)
@given(stories())
def test_no_order_of_messages_changes_what_was_filled(story: list[BrokerEvent]) -> None:
    """Repeated, late and reordered messages: the same total, each quantity once, at the venue's average at the end."""
    desk = Desk()

    said = desk.hear(*story)

    told = [event for event in story if isinstance(event, BrokerFilled)]
    total = max((event.cum_qty for event in told), default=Decimal(0))
    counted = fills(said)
    assert sum(fill.qty for fill in counted) == total == desk.order.filled_qty
    assert all(fill.qty > 0 for fill in counted)
    assert sum(isinstance(event, OrderAcked) for event in said) <= 1
    assert sum(isinstance(event, OrderCanceled | OrderExpired) for event in said) <= 1
    last = max(told, key=lambda event: event.cum_qty)
    cost = sum(fill.qty * fill.price for fill in counted)
    assert last.avg_price is not None
    assert abs(cost - last.avg_price * total) < Decimal("1e-15")
