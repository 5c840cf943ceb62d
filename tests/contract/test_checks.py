"""What every pre-trade check promises, whatever it looks at."""

import math
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import START_NS
from tests.unit.risk.samples import BUY, SELL, account, fill, order
from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderRequest, OrderSide
from tradebus.model.portfolio import Portfolio
from tradebus.plugins import load, names
from tradebus.ports import Check
from tradebus.risk.limits import Limits
from tradebus.risk.order_manager import OrderManager
from tradebus.risk.validator import build_validator
from tradebus.risk.working_orders import WorkingOrders

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "rate_limit": (3,),
    "symbol_rate_limit": (2,),
    "position_size": (500,),
    "position_value": (20_000,),
    "total_exposure": (30_000,),
    "price_collar": (0.2,),
    "market_closed": (Instruments(),),
    "short_not_allowed": (Instruments(),),
    "invalid_order": (Instruments(),),
}
"""What the checks of the folder are made with; one that needs nothing needs no line here."""


def make(name: str) -> Check:
    """Return a check of the folder."""
    cls: type[Any] = load("check", name)
    check: Check = cls(*ARGUMENTS.get(name, ()))
    return check


EACH = pytest.mark.parametrize("name", names("check"))

ORDERS = st.builds(
    order,
    qty=st.sampled_from(["0", "-5", "1", "1.5", "100", "600", "100000", "NaN", "Infinity"]),
    price=st.sampled_from([50.0, 0.01, 1e9, math.nan, math.inf, -1.0, 0.0]),
    side=st.sampled_from([BUY, SELL]),
    id=st.sampled_from(["a", "b", "c", "d"]),
    symbol=st.sampled_from(["AAPL", "MSFT", "BTC/USD"]),
    time_ns=st.sampled_from([START_NS, START_NS + 1, START_NS + 61_000_000_000, 0]),
    limit=st.none() | st.sampled_from(["50", "0.001", "NaN", "-3", "1000"]),
    stop=st.none() | st.sampled_from(["49", "Infinity"]),
    take_profit=st.none() | st.sampled_from(["60", "40"]),
    stop_loss=st.none() | st.sampled_from(["60", "40"]),
    is_exit=st.booleans(),
)


def books() -> Portfolio:
    """Return an account that is long of one symbol and short of another."""
    return account("100000", fill("100"), fill("50", symbol="MSFT", side=SELL))


def seen(portfolio: Portfolio) -> tuple[object, ...]:
    """Return all that an account shows."""
    held = tuple(
        (strategy, position.symbol, position.qty, position.avg_price) for strategy, position in portfolio.positions()
    )
    return portfolio.cash, portfolio.equity, portfolio.exposure(), held


def working(book: WorkingOrders) -> tuple[object, ...]:
    """Return all that the working orders show."""
    symbols = ("AAPL", "MSFT", "BTC/USD")
    return (
        [book.orders(symbol) for symbol in symbols],
        [book.working_qty(symbol, sign) for symbol in symbols for sign in (1, -1)],
        book.working_value(1),
        book.working_value(-1),
        [book.is_known(key) for key in "abcd"],
    )


def test_every_failure_code_of_the_system_has_its_check() -> None:
    """The six of the table, and what makes them whole."""
    assert set(ARGUMENTS) | {"capital", "duplicate_order", "trading_halted"} <= set(names("check"))


@EACH
@given(one=ORDERS)
@settings(max_examples=60, deadline=None)
def test_a_check_reads_and_never_writes(name: str, one: OrderRequest) -> None:
    """Account and orders are as before, and asking again gives the same answer."""
    check, portfolio, book = make(name), books(), WorkingOrders()
    book.add(order("10", id="b"))
    before = seen(portfolio), working(book)

    first = check.validate(one, portfolio, book)

    assert (seen(portfolio), working(book)) == before
    assert check.validate(one, portfolio, book) == first


@EACH
@given(one=ORDERS)
@settings(max_examples=60, deadline=None)
def test_a_no_has_a_code_and_says_what_was_allowed(name: str, one: OrderRequest) -> None:
    """The code is one word in capitals, the same for every refusal of the check."""
    refusal = make(name).validate(one, books(), WorkingOrders())

    if refusal is not None:
        assert re.fullmatch(r"[A-Z]+(_[A-Z]+)+", refusal.code)
        assert refusal.limit
        assert refusal.value in refusal.detail


@EACH
def test_a_plain_order_passes(name: str) -> None:
    """100 shares in an open market."""
    assert make(name).validate(order(), account(), WorkingOrders()) is None


@given(st.lists(ORDERS, max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_refused_order_leaves_everything_as_it_was(orders: list[OrderRequest]) -> None:
    """Books, working orders and the answers to later orders are those of a session without it."""
    limits = Limits(max_orders_per_minute=5, max_orders_per_symbol_per_minute=4, max_position_size=500)
    with_refusals = OrderManager(build_validator(limits, Instruments()))
    without = OrderManager(build_validator(limits, Instruments()))
    portfolio = books()

    for one in orders:
        before = seen(portfolio), working(with_refusals.book)
        result = with_refusals.submit(one, portfolio)
        if result.ok:
            assert without.submit(one, portfolio).ok
        else:
            assert (seen(portfolio), working(with_refusals.book)) == before
        assert working(with_refusals.book) == working(without.book)


@given(
    st.lists(
        st.tuples(st.sampled_from([BUY, SELL]), st.integers(1, 900), st.floats(1, 200), st.integers(0, 2)), max_size=25
    )
)
@settings(max_examples=60, deadline=None)
def test_no_sequence_of_orders_goes_beyond_the_limits(steps: list[tuple[OrderSide, int, float, int]]) -> None:
    """With orders that fill at their price, at once or later or never, cash and position stay within bounds."""
    manager = OrderManager(build_validator(Limits(max_position_size=1000), Instruments()))
    portfolio = account("50000")
    for number, (side, qty, price, fate) in enumerate(steps):
        price = round(price, 2)
        one = order(str(qty), price, side=side, id=str(number))
        if not manager.submit(one, portfolio).ok:
            continue
        if fate < 2:
            done = fill(str(qty if fate else max(qty // 2, 1)), str(price), side=side, id=str(number))
            portfolio.apply(done)
            portfolio.set_price("AAPL", price)
            portfolio.mark()
            manager.on_fill(done)

        assert portfolio.cash >= 0
        assert Decimal(0) <= portfolio.position("AAPL") <= 1000
