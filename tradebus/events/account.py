"""account: the books valued, and what risk management sees and does."""

from tradebus.events.base import TimedEvent


class PortfolioEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The books were valued.

    Attributes:
        equity: Cash and positions, dollars.
        cash: Dollars.
        exposure: Sum of the absolute market values, dollars.
    """

    equity: float
    cash: float
    exposure: float


class RiskEvent(TimedEvent, frozen=True, gc=False, tag=True, array_like=True):
    """Family of what risk management sees and does."""


class StopTouched(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A bar touched a protective stop. What the same bar filled is booked before StopTriggered asks for the exit.

    Attributes:
        strategy_id, symbol, stop, level, price: As of StopTriggered.
    """

    strategy_id: str
    symbol: str
    stop: str
    level: float | None
    price: float


class StopTriggered(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A protective stop was touched: the position must be closed.

    Attributes:
        strategy_id, symbol: Whose position of what.
        stop: Which protection, as `position_stop`.
        level: Price of the stop in dollars; None for an exit at the market (a portfolio-wide protection).
        price: Price that touched it, dollars.
    """

    strategy_id: str
    symbol: str
    stop: str
    level: float | None
    price: float


class LimitBreached(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """A portfolio-wide limit was breached.

    Attributes:
        limit: Which protection, as `max_drawdown`.
        value: What was measured, a fraction.
        bound: What was allowed, a fraction.
    """

    limit: str
    value: float
    bound: float


class BreakerTripped(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The circuit breaker opened: entries are refused, exits pass."""

    reason: str


class BreakerReset(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """The circuit breaker was closed by hand."""

    reason: str


class DataStale(RiskEvent, frozen=True, gc=False, tag=True, array_like=True):
    """No fresh data of a symbol for longer than allowed."""

    symbol: str
    age_s: float
