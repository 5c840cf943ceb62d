"""portfolio: cash and positions as a tree, and the read-only account that everyone else sees.

root
├── cash                 a position of price 1
├── macd                 a group per strategy
│   ├── AAPL
│   └── MSFT
└── momentum
    └── AAPL
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from tradebus.model.fill import Fill
from tradebus.model.order import OrderSide
from tradebus.model.position import ZERO, Position


class Account(Protocol):
    """What everyone but the portfolio service sees of the books: they read and never write."""

    @property
    def cash(self) -> Decimal:
        """Cash in dollars."""
        ...

    @property
    def equity(self) -> float:
        """Cash and positions at the last prices, dollars."""
        ...

    def position(self, symbol: str, strategy_id: str | None = None) -> Decimal:
        """Return the signed quantity held of a symbol, by one strategy or (None) by all together."""
        ...

    def positions(self) -> Iterator[tuple[str, Position]]:
        """Yield (strategy id, position) of all that is held."""
        ...

    def price(self, symbol: str) -> float | None:
        """Return the last price of a symbol in dollars; None if there was none."""
        ...

    def exposure(self) -> float:
        """Return the sum of the absolute market values of all positions, dollars."""
        ...


class PortfolioGroup:
    """A named node of the tree: positions and further groups.

    Attributes:
        name: Unique among its siblings.
        positions: By symbol.
        groups: By name.
    """

    __slots__ = ("groups", "name", "positions")

    def __init__(self, name: str) -> None:
        self.name = name
        self.positions: dict[str, Position] = {}
        self.groups: dict[str, PortfolioGroup] = {}

    @property
    def market_value(self) -> float:
        """Value of everything below, at the last prices, dollars."""
        own = sum(position.market_value for position in self.positions.values())
        return own + sum(group.market_value for group in self.groups.values())


class Portfolio:
    """The books. The portfolio service is the only one that writes them.

    Money and quantities are exact and change only by fills, fees and corporate actions; `equity` is a float. A symbol
    that was closed keeps its position (flat), for its realised profit.

    Attributes:
        root: The tree; its positions are valued as of the last `mark`.
        prices: Last price of every symbol, dollars.
        initial_cash: What it began with, dollars.
    """

    def __init__(self, cash: Decimal) -> None:
        self.initial_cash = cash
        self.root = PortfolioGroup("root")
        self._cash = Position("cash", cash, Decimal(1))
        self.root.positions["cash"] = self._cash
        self.prices: dict[str, float] = {}
        self._held: dict[tuple[str, str], Position] = {}
        self._by_symbol: dict[str, tuple[Position, ...]] = {}

    @property
    def cash(self) -> Decimal:
        """Cash in dollars."""
        return self._cash.qty

    @property
    def equity(self) -> float:
        """Cash and positions at the last prices, dollars."""
        return self.mark()[0]

    def position(self, symbol: str, strategy_id: str | None = None) -> Decimal:
        """Return the signed quantity held of a symbol, by one strategy or (None) by all together."""
        if strategy_id is not None:
            held = self._held.get((strategy_id, symbol))
            return held.qty if held is not None else ZERO
        return sum((position.qty for position in self._by_symbol.get(symbol, ())), ZERO)

    def positions(self) -> Iterator[tuple[str, Position]]:
        """Yield (strategy id, position) of all that is held, valued, in the order in which they were first opened."""
        self.mark()
        return ((strategy, position) for (strategy, _), position in self._held.items())

    def price(self, symbol: str) -> float | None:
        """Return the last price of a symbol in dollars; None if there was none."""
        return self.prices.get(symbol)

    def exposure(self) -> float:
        """Return the sum of the absolute market values of all positions, dollars."""
        return self.mark()[2]

    def set_price(self, symbol: str, price: float) -> None:
        """Note the last price of a symbol."""
        self.prices[symbol] = price

    def mark(self) -> tuple[float, float, float]:
        """Value everything at the last prices; return equity, cash and exposure in dollars."""
        cash = equity = self._cash.size
        exposure = 0.0
        prices = self.prices
        for position in self._held.values():
            price = position.price = prices[position.symbol]
            value = position.size * price
            equity += value
            exposure += abs(value)
        return equity, cash, exposure

    def apply(self, fill: Fill) -> Position:
        """Book a fill: cash moves by price, quantity and commission, the position by quantity; return the position."""
        key = (fill.strategy_id, fill.symbol)
        position = self._held.get(key)
        if position is None:
            position = self._open(fill)
        position.apply(fill)
        if not position.qty:
            del self._held[key]
        notional = fill.qty * fill.price
        cash = self._cash
        cash.qty += (-notional if fill.side is OrderSide.BUY else notional) - fill.commission
        cash.size = float(cash.qty)
        return position

    def _open(self, fill: Fill) -> Position:
        strategy_id, symbol = fill.strategy_id, fill.symbol
        group = self.root.groups.get(strategy_id)
        if group is None:
            group = self.root.groups[strategy_id] = PortfolioGroup(strategy_id)
        position = group.positions.get(symbol)
        if position is None:
            position = group.positions[symbol] = Position(symbol)
            self._by_symbol[symbol] = (*self._by_symbol.get(symbol, ()), position)
        # Until the market says otherwise, it is worth what it cost.
        position.price = self.prices.setdefault(symbol, float(fill.price))
        self._held[(strategy_id, symbol)] = position
        return position
