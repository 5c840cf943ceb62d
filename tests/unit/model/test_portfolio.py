"""Tests of tradebus/model/portfolio.py."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebus.model.fill import Fill
from tradebus.model.order import OrderSide
from tradebus.model.portfolio import Account, Portfolio, PortfolioGroup
from tradebus.model.position import Position

BUY, SELL = OrderSide.BUY, OrderSide.SELL
CASH = Decimal(100_000)


def fill(
    side: OrderSide,
    qty: str | Decimal,
    price: str | Decimal,
    symbol: str = "AAPL",
    strategy: str = "macd",
    commission: str | Decimal = "0",
) -> Fill:
    """Return a fill of one strategy in one symbol."""
    return Fill(
        time_ns=1,
        client_order_id="tb-1",
        strategy_id=strategy,
        symbol=symbol,
        side=side,
        qty=Decimal(qty),
        price=Decimal(price),
        commission=Decimal(commission),
    )


def booked(*fills: Fill) -> Portfolio:
    """Return books that began with 100,000 dollars after these fills."""
    portfolio = Portfolio(CASH)
    for one in fills:
        portfolio.apply(one)
    return portfolio


def held(account: Account) -> list[tuple[str, str, Decimal]]:
    """Return strategy, symbol and quantity of all that is held."""
    return [(strategy, position.symbol, position.qty) for strategy, position in account.positions()]


def test_books_begin_with_cash() -> None:
    """Cash is a position of price 1 under the root; nothing else is there."""
    portfolio = Portfolio(CASH)

    cash = portfolio.root.positions["cash"]
    assert (cash.qty, cash.price, cash.market_value) == (CASH, 1.0, 100_000.0)
    assert (portfolio.cash, portfolio.initial_cash, portfolio.equity) == (CASH, CASH, 100_000.0)
    assert held(portfolio) == []


def test_a_buy_moves_cash_into_the_position() -> None:
    """Cash pays price, quantity and commission."""
    portfolio = booked(fill(BUY, "10", "100.25", commission="1.50"))

    assert portfolio.cash == Decimal("98996.00")
    assert portfolio.position("AAPL") == 10


def test_a_sell_moves_the_position_into_cash() -> None:
    """Cash receives price and quantity, less commission; so does a short sale."""
    portfolio = booked(fill(SELL, "10", "100.25", commission="1.50"))

    assert portfolio.cash == Decimal("101001.00")
    assert portfolio.position("AAPL") == -10


def test_a_rebate_is_a_negative_commission() -> None:
    """What the venue pays is received."""
    assert booked(fill(BUY, "10", "100", commission="-0.02")).cash == Decimal("99000.02")


def test_the_tree_has_a_group_per_strategy() -> None:
    """Two strategies hold the same symbol apart, and together in the sum."""
    portfolio = booked(
        fill(BUY, "10", "100", "AAPL", "macd"),
        fill(SELL, "4", "100", "AAPL", "momentum"),
        fill(BUY, "1", "40", "MSFT", "macd"),
    )

    assert {name: set(group.positions) for name, group in portfolio.root.groups.items()} == {
        "macd": {"AAPL", "MSFT"},
        "momentum": {"AAPL"},
    }
    assert portfolio.position("AAPL") == 6
    assert (portfolio.position("AAPL", "macd"), portfolio.position("AAPL", "momentum")) == (Decimal(10), Decimal(-4))


def test_what_nobody_holds_is_zero() -> None:
    """An unknown symbol or strategy holds nothing."""
    portfolio = booked(fill(BUY, "10", "100"))

    assert portfolio.position("MSFT") == portfolio.position("AAPL", "other") == 0


def test_positions_are_in_the_order_of_their_opening() -> None:
    """The order in which positions are listed does not depend on names or hashes."""
    portfolio = booked(fill(BUY, "1", "40", "MSFT"), fill(BUY, "2", "100", "AAPL"), fill(BUY, "3", "40", "MSFT"))

    assert held(portfolio) == [("macd", "MSFT", Decimal(4)), ("macd", "AAPL", Decimal(2))]


def test_a_closed_position_is_no_longer_held_but_keeps_its_profit() -> None:
    """What was realised stays in the tree; opening again goes on with the same position."""
    portfolio = booked(fill(BUY, "10", "100"), fill(SELL, "10", "110"))

    position = portfolio.root.groups["macd"].positions["AAPL"]
    assert held(portfolio) == []
    assert (position.is_flat, position.realized_pnl) == (True, Decimal(100))
    assert portfolio.apply(fill(BUY, "5", "100")) is position
    assert held(portfolio) == [("macd", "AAPL", Decimal(5))]
    assert portfolio.position("AAPL") == 5


def test_the_last_price_values_every_holder() -> None:
    """One price counts for all strategies, and for a position opened after it was noted."""
    portfolio = booked(fill(BUY, "10", "100", strategy="macd"), fill(SELL, "4", "100", strategy="momentum"))
    portfolio.set_price("AAPL", 110.0)
    portfolio.set_price("MSFT", 50.0)
    portfolio.apply(fill(BUY, "2", "40", "MSFT"))

    equity, cash, exposure = portfolio.mark()

    assert (portfolio.price("AAPL"), portfolio.price("MSFT"), portfolio.price("IBM")) == (110.0, 50.0, None)
    assert cash == float(portfolio.cash) == 100_000 - 1000 + 400 - 80
    assert equity == cash + 6 * 110 + 2 * 50
    assert exposure == portfolio.exposure() == 14 * 110 + 2 * 50


def test_equity_follows_the_last_price() -> None:
    """Equity is never older than the last price and the last fill."""
    portfolio = booked(fill(BUY, "10", "100"))

    portfolio.set_price("AAPL", 110.0)
    after_price = portfolio.equity
    portfolio.apply(fill(SELL, "10", "120"))

    assert (after_price, portfolio.equity) == (100_100.0, 100_200.0)


def test_the_tree_is_worth_what_the_books_are() -> None:
    """The values of all nodes add up to the equity."""
    portfolio = booked(fill(BUY, "10", "100"), fill(SELL, "4", "30", "MSFT", "momentum"))
    portfolio.set_price("AAPL", 110.0)
    portfolio.set_price("MSFT", 31.0)

    equity, _, _ = portfolio.mark()

    assert portfolio.root.market_value == pytest.approx(equity, rel=1e-12)


def test_groups_nest() -> None:
    """A group is worth what is in it and in the groups below."""
    outer, inner = PortfolioGroup("desk"), PortfolioGroup("macd")
    outer.groups["macd"] = inner
    outer.positions["MSFT"] = Position("MSFT", Decimal(2), Decimal(40))
    inner.positions["AAPL"] = Position("AAPL", Decimal(-1), Decimal(100))

    assert outer.market_value == -20.0


SYMBOLS = ["AAPL", "MSFT", "BTC/USD"]
STRATEGIES = ["macd", "momentum"]
FILLS = st.lists(
    st.builds(
        fill,
        st.sampled_from(OrderSide),
        st.decimals("0.00000001", 1000, places=8),
        st.decimals("0.01", 10_000, places=4),
        st.sampled_from(SYMBOLS),
        st.sampled_from(STRATEGIES),
        st.decimals("-1", 5, places=2),
    ),
    max_size=25,
)
MARKS = st.lists(st.decimals("0.01", 10_000, places=2), min_size=3, max_size=3)


@given(FILLS, MARKS)
def test_nothing_is_made_or_lost(fills: Sequence[Fill], marks: Sequence[Decimal]) -> None:
    """After every fill: cash is exact, sums of fills are positions, and wealth is what it was plus the profit."""
    prices = dict(zip(SYMBOLS, marks, strict=True))
    portfolio = Portfolio(CASH)
    for symbol, price in prices.items():
        portfolio.set_price(symbol, float(price))
    paid = commissions = Decimal(0)
    quantities = dict.fromkeys(SYMBOLS, Decimal(0))

    for one in fills:
        portfolio.apply(one)
        paid += one.side.sign * one.qty * one.price
        commissions += one.commission
        quantities[one.symbol] += one.side.sign * one.qty

        assert portfolio.cash == CASH - paid - commissions
        assert {symbol: portfolio.position(symbol) for symbol in SYMBOLS} == quantities

    tree = [position for group in portfolio.root.groups.values() for position in group.positions.values()]
    wealth = portfolio.cash + sum((position.qty * prices[position.symbol] for position in tree), Decimal(0))
    realized = sum((position.realized_pnl for position in tree), Decimal(0))
    unrealized = sum((p.qty * (prices[p.symbol] - p.avg_price) for p in tree), Decimal(0))
    # The average cost is a quotient, kept to 28 digits; all else is exact.
    assert abs(wealth - (CASH + realized + unrealized - commissions)) < Decimal("1e-12")
    assert sum((position.commission for position in tree), Decimal(0)) == commissions

    equity, cash, exposure = portfolio.mark()
    assert equity == portfolio.equity == pytest.approx(float(wealth), rel=1e-9, abs=1e-6)
    assert cash == float(portfolio.cash)
    assert exposure == pytest.approx(sum(abs(position.market_value) for position in tree))
    assert sorted(held(portfolio)) == sorted(
        (name, position.symbol, position.qty)
        for name, group in portfolio.root.groups.items()
        for position in group.positions.values()
        if not position.is_flat
    )
