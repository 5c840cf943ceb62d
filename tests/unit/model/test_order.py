"""Tests of tradebus/model/order.py."""

from decimal import Decimal
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebus.errors import InvalidTransitionError, OrderError
from tradebus.model.order import (
    TRANSITIONS,
    Order,
    OrderRequest,
    OrderSide,
    OrderState,
    OrderType,
    TimeInForce,
    client_order_id,
)

S = OrderState

EDGES = {
    S.NEW: "intent acked rejected canceled",
    S.INTENT: "sent unknown rejected canceled abandoned",
    S.SENT: "acked partially_filled unknown rejected pending_cancel filled canceled expired replaced",
    S.UNKNOWN: (
        "acked partially_filled rejected pending_cancel pending_replace abandoned filled canceled expired replaced"
    ),
    S.ACKED: "partially_filled rejected pending_cancel pending_replace unknown filled canceled expired replaced",
    S.PARTIALLY_FILLED: ("partially_filled pending_cancel pending_replace unknown filled canceled expired replaced"),
    S.PENDING_CANCEL: "acked partially_filled pending_cancel unknown filled canceled expired replaced",
    S.PENDING_REPLACE: (
        "acked partially_filled pending_replace pending_cancel unknown filled canceled expired replaced"
    ),
    S.CANCELED: "canceled filled",
    S.EXPIRED: "expired filled",
    S.REPLACED: "replaced filled",
    S.ABANDONED: "abandoned filled acked",
    S.FILLED: "filled",
    S.REJECTED: "",
}
"""The state machine once more, written down apart from the code, so that no edge appears or goes by accident."""

ALLOWED = {(start, S(end)) for start, ends in EDGES.items() for end in ends.split()}
PAIRS = list(product(S, S))
TERMINAL = {S.FILLED, S.CANCELED, S.REJECTED, S.EXPIRED, S.REPLACED, S.ABANDONED}
NEVER_LEFT = {S.NEW, S.INTENT, S.REJECTED}


def request(**terms: Any) -> OrderRequest:
    """Return a market order for 10 AAPL with some of its terms changed."""
    return msgspec.structs.replace(
        OrderRequest(
            client_order_id="tb-1",
            strategy_id="macd",
            symbol="AAPL",
            side=OrderSide.BUY,
            qty=Decimal(10),
            order_type=OrderType.MARKET,
            time_in_force=TimeInForce.DAY,
            price=100.0,
            time_ns=1,
        ),
        **terms,
    )


def order_in(state: OrderState, qty: Decimal = Decimal(10)) -> Order:
    """Return an order that stands in a state, however it came there."""
    order = Order(request(qty=qty))
    order.state = state
    return order


@pytest.mark.parametrize(("start", "end"), [pair for pair in PAIRS if pair in ALLOWED])
def test_an_edge_of_the_machine_can_be_gone(start: OrderState, end: OrderState) -> None:
    """An allowed move changes the state and the time of the change."""
    order = order_in(start)

    order.move(end, 7)

    assert (order.state, order.changed_ns) == (end, 7)


@pytest.mark.parametrize(("start", "end"), [pair for pair in PAIRS if pair not in ALLOWED])
def test_what_is_no_edge_cannot_be_gone(start: OrderState, end: OrderState) -> None:
    """A forbidden move names the order and both states, and changes nothing."""
    order = order_in(start)

    with pytest.raises(InvalidTransitionError, match=rf"tb-1 .*{start}\) cannot become {end}"):
        order.move(end, 7)

    assert (order.state, order.changed_ns) == (start, 1)


def test_the_table_covers_every_state() -> None:
    """Every state has a row, and every end is a state."""
    assert set(TRANSITIONS) == set(S)


@pytest.mark.parametrize("path", ["acked partially_filled filled", "acked canceled", "acked partially_filled canceled"])
def test_the_simple_machine_is_inside(path: str) -> None:
    """The paths of a backtest, from NEW, are all there."""
    order = Order(request())

    for state in path.split():
        order.move(S(state), 2)

    assert order.state.is_terminal


@pytest.mark.parametrize("state", S)
def test_terminal_states_are_the_six_ends(state: OrderState) -> None:
    """An order is over when it was filled, ended by someone, or never arrived."""
    assert state.is_terminal == (state in TERMINAL)


def test_a_terminal_order_never_works_again_but_for_one_found_after_all() -> None:
    """Only ABANDONED, which is our belief and not the venue's word, leads back to a working state."""
    back = {(start, end) for start, end in ALLOWED if start.is_terminal and not end.is_terminal}

    assert back == {(S.ABANDONED, S.ACKED)}


def test_a_new_order_is_empty() -> None:
    """Before anything happened nothing is filled and nothing is known."""
    order = Order(request())

    assert order.state is S.NEW
    assert (order.filled_qty, order.remaining_qty, order.avg_price) == (Decimal(0), Decimal(10), None)
    assert (order.broker_order_id, order.changed_ns) == ("", 1)


def test_an_order_shows_what_matters() -> None:
    """The text of an order in a message has its id, side, progress, symbol and state."""
    assert repr(Order(request())) == "Order(tb-1 buy 0/10 AAPL new)"


def test_fills_are_counted_up_to_what_the_venue_says() -> None:
    """A message says how much was filled so far; the order takes the difference, at the price of that part."""
    order = order_in(S.ACKED)

    first = order.fill_to(Decimal(4), Decimal(100), 5)
    second = order.fill_to(Decimal(10), Decimal(103), 6)

    assert (first, second) == (Decimal(4), Decimal(6))
    assert (order.state, order.filled_qty, order.remaining_qty, order.changed_ns) == (
        S.FILLED,
        Decimal(10),
        Decimal(0),
        6,
    )
    assert order.avg_price == Decimal("101.8")


def test_a_part_leaves_the_order_partially_filled() -> None:
    """What is not wholly filled goes on working."""
    order = order_in(S.ACKED)

    order.fill_to(Decimal(4), Decimal(100), 5)

    assert (order.state, order.remaining_qty) == (S.PARTIALLY_FILLED, Decimal(6))


@pytest.mark.parametrize("cum_qty", [Decimal(4), Decimal(3), Decimal(0), Decimal(-1)])
def test_a_message_that_says_no_more_changes_nothing(cum_qty: Decimal) -> None:
    """A message seen twice, late or out of order does no harm, whatever else it says."""
    order = order_in(S.ACKED)
    order.fill_to(Decimal(4), Decimal(100), 5)

    new = order.fill_to(cum_qty, Decimal(999), 9)

    assert new == 0
    assert (order.state, order.filled_qty, order.avg_price, order.changed_ns) == (
        S.PARTIALLY_FILLED,
        Decimal(4),
        Decimal(100),
        5,
    )


@pytest.mark.parametrize("price", [Decimal(0), Decimal("-0.01")])
def test_a_fill_costs_something(price: Decimal) -> None:
    """A fill price that is not above zero is a contradiction, and nothing is booked."""
    order = order_in(S.ACKED)

    with pytest.raises(OrderError, match="must be above 0"):
        order.fill_to(Decimal(4), price, 5)

    assert (order.state, order.filled_qty) == (S.ACKED, Decimal(0))


@pytest.mark.parametrize("state", sorted(TERMINAL - {S.REJECTED, S.FILLED}))
def test_a_late_part_is_booked_on_an_order_that_is_over(state: OrderState) -> None:
    """A fill made before the end and reported after it is ours; the order stays over."""
    order = order_in(state)

    new = order.fill_to(Decimal(4), Decimal(100), 5)

    assert (new, order.filled_qty, order.state) == (Decimal(4), Decimal(4), state)


@pytest.mark.parametrize("state", sorted(TERMINAL - {S.REJECTED}))
def test_a_late_fill_of_all_is_the_truth(state: OrderState) -> None:
    """An order that turns out to be wholly filled is FILLED, whatever it was thought to be."""
    order = order_in(state)

    order.fill_to(Decimal(10), Decimal(100), 5)

    assert (order.filled_qty, order.state) == (Decimal(10), S.FILLED)


def test_an_overfill_is_counted() -> None:
    """More shares than were ordered are still ours, and nothing remains to be filled."""
    order = order_in(S.ACKED)
    order.fill_to(Decimal(10), Decimal(100), 5)

    new = order.fill_to(Decimal(11), Decimal(100), 6)

    assert (new, order.filled_qty, order.remaining_qty, order.state) == (Decimal(1), Decimal(11), Decimal(0), S.FILLED)


@pytest.mark.parametrize("state", sorted(NEVER_LEFT))
def test_an_order_that_never_reached_the_venue_cannot_be_filled(state: OrderState) -> None:
    """No fill without an accepted order: nothing is booked."""
    order = order_in(state)

    with pytest.raises(InvalidTransitionError):
        order.fill_to(Decimal(4), Decimal(100), 5)

    assert (order.filled_qty, order.avg_price, order.state) == (Decimal(0), None, state)


@pytest.mark.parametrize("state", [state for state in S if not state.is_terminal and state not in NEVER_LEFT])
def test_every_state_in_which_an_order_may_work_takes_fills(state: OrderState) -> None:
    """A fill is never lost because a cancel, a replacement or an answer was pending."""
    order = order_in(state)

    order.fill_to(Decimal(4), Decimal(100), 5)

    assert (order.filled_qty, order.state) == (Decimal(4), S.PARTIALLY_FILLED)


@st.composite
def messages_in_any_order(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Return cumulative quantities as a venue would say them, and as they may arrive: repeated and shuffled."""
    said = sorted(draw(st.sets(st.integers(1, 10), min_size=1)))
    repeated = draw(st.lists(st.sampled_from(said), max_size=8))
    return said, draw(st.permutations(said + repeated))


@given(messages_in_any_order())
def test_the_order_of_messages_does_not_matter(messages: tuple[list[int], list[int]]) -> None:
    """Any permutation and repetition of cumulative messages fills the same quantity, and each share counts once."""
    said, arrived = messages
    order = order_in(S.ACKED)

    new = [order.fill_to(Decimal(cum_qty), Decimal(100), 5) for cum_qty in arrived]

    assert order.filled_qty == sum(new) == max(said)
    assert order.filled_qty + order.remaining_qty == order.request.qty
    assert order.avg_price == 100
    assert order.state is (S.FILLED if max(said) == 10 else S.PARTIALLY_FILLED)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 500)), max_size=12), st.sampled_from(sorted(TERMINAL)))
def test_filled_quantity_never_falls(messages: list[tuple[int, int]], state: OrderState) -> None:
    """Whatever is said and wherever the order stands, the filled quantity only grows, and terminal orders stay so."""
    order = order_in(S.ACKED)
    filled = [Decimal(0)]

    for index, (cum_qty, price) in enumerate(messages):
        if index == len(messages) // 2 and state in TRANSITIONS[order.state]:
            order.move(state, index)
        if order.state is not S.REJECTED:
            order.fill_to(Decimal(cum_qty), Decimal(price), index)
            filled.append(order.filled_qty)

    assert filled == sorted(filled)


@pytest.mark.parametrize(("side", "sign", "opposite"), [("buy", 1, "sell"), ("sell", -1, "buy")])
def test_a_side_has_a_sign_and_an_opposite(side: str, sign: int, opposite: str) -> None:
    """A buy adds to the position and is undone by a sell."""
    assert OrderSide(side).sign == sign
    assert OrderSide(side).opposite is OrderSide(opposite)


def test_an_entry_without_protection_has_no_children() -> None:
    """Nothing is made of nothing."""
    assert request().children() == ()


@pytest.mark.parametrize(("side", "closing"), [(OrderSide.BUY, OrderSide.SELL), (OrderSide.SELL, OrderSide.BUY)])
def test_a_bracket_has_a_stop_and_a_target(side: OrderSide, closing: OrderSide) -> None:
    """Both close the position and live until cancelled; the stop comes first and ids derive from the entry's."""
    entry = request(side=side, stop_loss=Decimal(95), take_profit=Decimal(110))

    stop, target = entry.children()

    assert (stop.client_order_id, target.client_order_id) == ("tb-1-sl", "tb-1-tp")
    assert (stop.order_type, stop.stop_price, stop.limit_price) == (OrderType.STOP, Decimal(95), None)
    assert (target.order_type, target.limit_price, target.stop_price) == (OrderType.LIMIT, Decimal(110), None)
    for child in (stop, target):
        assert (child.side, child.is_exit, child.time_in_force) == (closing, True, TimeInForce.GTC)
        assert (child.take_profit, child.stop_loss) == (None, None)
        assert (child.qty, child.symbol, child.strategy_id) == (entry.qty, entry.symbol, entry.strategy_id)


@pytest.mark.parametrize(
    ("terms", "ids"),
    [({"stop_loss": Decimal(95)}, ["tb-1-sl"]), ({"take_profit": Decimal(110)}, ["tb-1-tp"])],
)
def test_one_price_protects_with_one_order(terms: dict[str, Decimal], ids: list[str]) -> None:
    """An entry with one protective price is an OTO."""
    children = request(**terms).children()

    assert [child.client_order_id for child in children] == ids


def test_the_pair_of_an_exit_is_on_its_own_side() -> None:
    """An OCO exit is already the closing order, so its pair goes the same way."""
    exit_order = request(side=OrderSide.SELL, is_exit=True, stop_loss=Decimal(95), take_profit=Decimal(110))

    assert [child.side for child in exit_order.children()] == [OrderSide.SELL, OrderSide.SELL]


def test_children_inherit_no_terms_that_are_not_theirs() -> None:
    """A child of a triggered trailing entry is neither trailing nor triggered."""
    entry = request(
        order_type=OrderType.TRAILING_STOP,
        trail_pct=0.05,
        triggered=True,
        limit_price=Decimal(99),
        stop_price=Decimal(98),
        stop_loss=Decimal(95),
        take_profit=Decimal(110),
    )

    stop, target = entry.children()

    assert (stop.trail_pct, stop.triggered, stop.limit_price) == (None, False, None)
    assert (target.trail_pct, target.triggered, target.stop_price) == (None, False, None)


def test_children_are_known_by_their_id() -> None:
    """A child says that it is one; a child's child does not exist."""
    entry = request(stop_loss=Decimal(95), take_profit=Decimal(110))

    assert not entry.is_child
    assert all(child.is_child and not child.children() for child in entry.children())


def test_the_same_decision_has_the_same_id() -> None:
    """An id depends on nothing but its logical key, in any process; the value is pinned."""
    made = client_order_id("run", "macd", "AAPL", 1_402_344_000_000_000_000, "entry", 0)

    assert made == client_order_id("run", "macd", "AAPL", 1_402_344_000_000_000_000, "entry", 0)
    assert made == "tb-run-0c1e510f67e2cb10b9ff4c550b28417d"


KEY: tuple[str, str, str, int, str, int] = ("run", "macd", "AAPL", 1, "entry", 0)


@pytest.mark.parametrize(
    ("part", "other"),
    [(0, "run2"), (1, "momentum"), (2, "MSFT"), (3, 2), (4, "exit"), (5, 1)],
)
def test_every_part_of_the_key_makes_another_id(part: int, other: str | int) -> None:
    """Two decisions that differ in anything are two orders."""
    changed: list[Any] = list(KEY)
    changed[part] = other

    assert client_order_id(*changed) != client_order_id(*KEY)


@given(st.text("abcxyz", max_size=6), st.integers(0, 10**19), st.integers(0, 10**6))
def test_an_id_fits_what_a_venue_takes(instance: str, decided_ns: int, generation: int) -> None:
    """An id and its children's are short and of plain characters."""
    made = client_order_id(instance, "macd", "BTC/USD", decided_ns, "entry", generation) + "-sl"

    assert len(made) <= 48
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_terms_survive_the_wire() -> None:
    """An order's terms round-trip through MessagePack and JSON exactly."""
    terms = request(qty=Decimal("0.00000001"), stop_loss=Decimal("95.10"), trail_pct=0.05)

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(terms), type=OrderRequest) == terms
    assert msgspec.json.decode(msgspec.json.encode(terms), type=OrderRequest) == terms
