"""Tests of tradebus/matching/engine.py that hold for all bars and orders."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import START_NS, bar
from tests.unit.matching.samples import order
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.outcome import Accepted, Canceled, Expired, Filled, Outcome, Rejected
from tradebus.model.bar import Bar
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce
from tradebus.model.time import DAY_NS

SYMBOLS = ("AAPL", "MSFT")
type Step = tuple[Bar, list[OrderRequest], list[str]]
"""A bar, the orders sent at its close, and the ids cancelled then."""

_CENTS = st.integers(9_000, 11_000)
_SHARE = settings(max_examples=50, deadline=None)


@st.composite
def _steps(draw: st.DrawFn) -> list[Step]:
    steps: list[Step] = []
    count = 0
    for index in range(draw(st.integers(2, 8))):
        prices = sorted(draw(st.lists(_CENTS, min_size=5, max_size=5)))
        inner = draw(st.permutations(prices[1:4]))
        volume = draw(st.sampled_from((0.0, 5.0, 99.0, 400.0, 1000.0, 5000.0)))
        first, close, vwap = (cents / 100 for cents in inner)
        symbol = draw(st.sampled_from(SYMBOLS))
        vwap_or_none = draw(st.sampled_from((vwap, None)))
        extremes: dict[str, Any] = {"low": prices[0] / 100, "high": prices[4] / 100}
        one = bar(index, close, symbol=symbol, open=first, volume=volume, vwap=vwap_or_none, **extremes)
        orders = []
        for _ in range(draw(st.integers(0, 3))):
            count += 1
            orders.append(draw(_orders(count, one.time_ns)))
        cancels = draw(st.lists(st.integers(1, count), max_size=1)) if count else []
        steps.append((one, orders, [f"o{number}" for number in cancels]))
    return steps


@st.composite
def _orders(draw: st.DrawFn, number: int, time_ns: int) -> OrderRequest:
    kind = draw(st.sampled_from(OrderType))
    side = draw(st.sampled_from(OrderSide))
    terms: dict[str, Any] = {}
    if kind in (OrderType.LIMIT, OrderType.STOP_LIMIT):
        terms["limit_price"] = draw(_CENTS) / 100
    if kind in (OrderType.STOP, OrderType.STOP_LIMIT):
        terms["stop_price"] = draw(_CENTS) / 100
    if kind is OrderType.TRAILING_STOP:
        terms["trail_pct"] = draw(st.sampled_from((0.01, 0.05)))
    low, high = sorted(draw(st.lists(_CENTS, min_size=2, max_size=2, unique=True)))
    is_exit = kind is OrderType.MARKET and draw(st.booleans())
    closes_long = (side is OrderSide.SELL) is is_exit
    protection = {
        "stop_loss": (low if closes_long else high) / 100,
        "take_profit": (high if closes_long else low) / 100,
    }
    if not is_exit:
        names = draw(st.sets(st.sampled_from(("stop_loss", "take_profit"))))
        protection = {name: price for name, price in protection.items() if name in names}
    return order(
        client_order_id=f"o{number}",
        symbol=draw(st.sampled_from(SYMBOLS)),
        side=side,
        qty=draw(st.integers(1, 150)),
        order_type=kind,
        time_in_force=draw(st.sampled_from(TimeInForce)),
        time_ns=time_ns,
        is_exit=is_exit,
        **terms,
        **protection,
    )


_ENGINES = st.fixed_dictionaries(
    {"fill_at": st.sampled_from(("open", "close", "vwap")), "max_volume_pct": st.sampled_from((None, 0.1, 1.0))}
)


def _run(engine: DeterministicMatchingEngine, steps: Sequence[Step]) -> list[list[Outcome]]:
    """Return what every step brought."""
    told = []
    for one, orders, cancels in steps:
        outcomes = list(engine.on_bar(one))
        for terms in orders:
            outcomes += engine.match(terms)
        for order_id in cancels:
            outcomes += engine.cancel(order_id, "test")
        told.append(outcomes)
    return told


def _all_orders(steps: Sequence[Step]) -> dict[str, OrderRequest]:
    sent = [terms for _, orders, _ in steps for terms in orders]
    return {terms.client_order_id: terms for parent in sent for terms in (parent, *parent.children())}


@_SHARE
@given(steps=_steps(), arguments=_ENGINES)
def test_every_order_lives_by_the_rules(steps: list[Step], arguments: dict[str, Any]) -> None:
    """Accepted first, ended once, quantities that add up, and at the end all that has not ended still rests."""
    engine = DeterministicMatchingEngine(**arguments)
    orders, filled = _all_orders(steps), defaultdict[str, Decimal](Decimal)
    working: set[str] = set()
    ended: set[str] = set()

    for outcome in (outcome for outcomes in _run(engine, steps) for outcome in outcomes):
        order_id = outcome.client_order_id
        assert order_id not in ended
        match outcome:
            case Accepted():
                working.add(order_id)
            case Filled():
                assert order_id in working
                assert outcome.last_qty > 0
                filled[order_id] += outcome.last_qty
                assert outcome.cum_qty == filled[order_id] <= orders[order_id].qty
                if filled[order_id] == orders[order_id].qty:
                    ended.add(order_id)
            case Canceled() | Expired() | Rejected():
                ended.add(order_id)
    assert {terms.client_order_id for terms in engine.resting} == working - ended
    for terms in orders.values():
        if terms.time_in_force is TimeInForce.FOK and not terms.is_child:
            assert filled[terms.client_order_id] in (0, terms.qty)


@_SHARE
@given(steps=_steps(), arguments=_ENGINES)
def test_fills_lie_within_their_bar_and_its_volume(steps: list[Step], arguments: dict[str, Any]) -> None:
    """Without slippage a price is one the bar traded at, a limit is never passed, and no bar gives more than it has."""
    orders = _all_orders(steps)
    bars: dict[str, Bar] = {}

    for (one, _, _), outcomes in zip(steps, _run(DeterministicMatchingEngine(**arguments), steps), strict=True):
        bars[one.symbol] = one
        used = defaultdict[str, Decimal](Decimal)
        for fill in (outcome for outcome in outcomes if isinstance(outcome, Filled)):
            terms = orders[fill.client_order_id]
            its_bar = bars[terms.symbol]
            assert its_bar.time_ns == fill.time_ns
            # A trailing level may lie between cents, and is kept to the price step.
            assert its_bar.low - 1e-6 <= float(fill.last_price) <= its_bar.high + 1e-6
            if terms.limit_price is not None:
                assert (fill.last_price - terms.limit_price) * terms.side.sign <= 0
            used[terms.symbol] += fill.last_qty
        pct = arguments["max_volume_pct"]
        if pct is not None:
            assert all(float(qty) <= bars[symbol].volume * pct for symbol, qty in used.items())


@_SHARE
@given(steps=_steps(), arguments=_ENGINES)
def test_children_never_close_more_than_their_entry_opened(steps: list[Step], arguments: dict[str, Any]) -> None:
    """Together the protective orders of an entry sell what it bought at most, and a pair its quantity."""
    orders, filled = _all_orders(steps), defaultdict[str, Decimal](Decimal)

    for outcomes in _run(DeterministicMatchingEngine(**arguments), steps):
        for fill in (outcome for outcome in outcomes if isinstance(outcome, Filled)):
            filled[fill.client_order_id] += fill.last_qty
            for order_id, terms in orders.items():
                children = sum(filled[child.client_order_id] for child in terms.children())
                assert children <= (terms.qty if terms.is_exit else filled[order_id])


@_SHARE
@given(steps=_steps(), arguments=_ENGINES)
def test_the_same_input_gives_the_same_outcomes(steps: list[Step], arguments: dict[str, Any]) -> None:
    """Two engines agree to the last id."""
    first = _run(DeterministicMatchingEngine(slippage_bps=5, **arguments), steps)
    second = _run(DeterministicMatchingEngine(slippage_bps=5, **arguments), steps)

    assert first == second


@_SHARE
@given(steps=_steps(), arguments=_ENGINES, cut=st.integers(1, 7), shift=st.integers(1, 500))
def test_later_bars_change_nothing_before_them(
    steps: list[Step], arguments: dict[str, Any], cut: int, shift: int
) -> None:
    """Outcomes up to a bar are the same whatever comes after it."""
    changed = [(step if index < cut else (_moved(step[0], shift / 100), *step[1:])) for index, step in enumerate(steps)]

    original = _run(DeterministicMatchingEngine(**arguments), steps)
    other = _run(DeterministicMatchingEngine(**arguments), changed)

    assert original[:cut] == other[:cut]


def _moved(one: Bar, dollars: float) -> Bar:
    index = (one.time_ns - START_NS) // DAY_NS
    prices = {name: getattr(one, name) + dollars for name in ("open", "high", "low", "close")}
    return bar(index, symbol=one.symbol, volume=one.volume * 2, **prices)


@_SHARE
@given(steps=_steps(), arguments=_ENGINES, cash=st.integers(0, 30_000))
def test_entries_never_spend_more_than_there_is(steps: list[Step], arguments: dict[str, Any], cash: int) -> None:
    """Whether the books hear of fills at once or after each step, no entry takes cash below zero."""
    orders = _all_orders(steps)
    for at_once in (True, False):
        shown = truth = Decimal(cash)
        engine = DeterministicMatchingEngine(buying_power=lambda: shown, **arguments)  # noqa: B023
        for one, sent, _ in steps:
            outcomes: list[Outcome] = []
            for batch in (engine.on_bar(one), *(engine.match(terms) for terms in sent)):
                outcomes += batch
                for fill in (outcome for outcome in batch if isinstance(outcome, Filled)):
                    terms = orders[fill.client_order_id]
                    truth -= fill.last_qty * fill.last_price * terms.side.sign
                    assert truth >= 0 or terms.is_exit or terms.side is OrderSide.SELL
                if at_once:
                    shown = truth
            shown = truth
