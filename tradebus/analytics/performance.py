"""performance: the figures of a run, in one dictionary of finite numbers.

Fractions everywhere (0.10 is 10 %), dollars where the table says so, and None where a figure has no meaning: a ratio
without variance or without a loss, an average of no trades, returns of an equity that went to zero or below.

The drawdown is that of every recorded point; the ratios are those of whole days (see `returns`).
"""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from tradebus.analytics import returns as of_returns
from tradebus.analytics import trade_stats as of_trades
from tradebus.analytics.drawdown import find_drawdown
from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.model.fill import Fill
from tradebus.model.instrument import AssetClass
from tradebus.model.order import OrderSide
from tradebus.model.time import DAY_NS, iso
from tradebus.model.timeframe import Timeframe
from tradebus.model.trade import Trade

type Metrics = dict[str, float | int | str | None]


class Basis(NamedTuple):
    """What the figures of a curve are measured against.

    Attributes:
        initial_capital: Dollars before the first point.
        timeframe: Length of the bars.
        asset_class: Whose days and whose year; equities' where a session trades both.
        risk_free: Risk-free rate of a year, a fraction.
    """

    initial_capital: float
    timeframe: Timeframe
    asset_class: AssetClass
    risk_free: float = 0.0


def performance(curve: EquityTracker, trades: Sequence[Trade], fills: Sequence[Fill], basis: Basis) -> Metrics:
    """Return all figures: those of the curve, of the trades and of the fills."""
    metrics = curve_metrics(curve, basis) | trade_metrics(trades) | fill_metrics(fills, curve)
    return {name: _finite(value) for name, value in metrics.items()}


def curve_metrics(curve: EquityTracker, basis: Basis) -> Metrics:
    """Return the figures of an equity curve.

    | key | meaning |
    |---|---|
    | total_return | last equity / initial capital - 1; None if the capital is not positive |
    | cagr, annual_volatility, sharpe, sortino, calmar, best_period, worst_period, positive_periods | see `returns` |
    | max_drawdown, max_drawdown_dollars | largest fall below an earlier high, as a fraction and in dollars |
    | max_drawdown_peak, _trough, _recovery | ISO 8601, UTC; None if it never fell, or has not recovered |
    | longest_drawdown_days | longest time below a high, days of 24 hours |
    | time_in_market | share of the points with a position, in [0, 1] |
    | periods, periods_per_year, risk_free | how many returns, how many make a year, the rate used |
    """
    times, equity, start = curve.times, curve.equity, basis.initial_capital
    periods = of_returns.periods_per_year(basis.timeframe, basis.asset_class)
    returns = of_returns.curve_returns(times, equity, start, basis.timeframe, basis.asset_class) or []
    fall = find_drawdown(times, equity, start)
    annual = of_returns.cagr(returns, periods)
    return {
        "total_return": equity[-1] / start - 1 if equity and start > 0 else None,
        "cagr": annual,
        "annual_volatility": of_returns.annual_volatility(returns, periods),
        "sharpe": of_returns.sharpe(returns, periods, basis.risk_free),
        "sortino": of_returns.sortino(returns, periods, basis.risk_free),
        "calmar": of_returns.calmar(annual, fall.depth if fall else None),
        "best_period": max(returns, default=None),
        "worst_period": min(returns, default=None),
        "positive_periods": of_trades.positive_share(returns),
        # A thinned curve remembers the deepest fall of the points it dropped, which may be deeper than what is left.
        "max_drawdown": max(fall.depth, curve.worst) if fall else None,
        "max_drawdown_dollars": fall.dollars if fall else None,
        "max_drawdown_peak": _iso(fall.peak_ns) if fall else None,
        "max_drawdown_trough": _iso(fall.trough_ns) if fall else None,
        "max_drawdown_recovery": _iso(fall.recovery_ns) if fall else None,
        "longest_drawdown_days": fall.longest_ns / DAY_NS if fall else None,
        "time_in_market": 1 - curve.exposure.count(0.0) / len(equity) if equity else None,
        "periods": len(returns),
        "periods_per_year": periods,
        "risk_free": basis.risk_free,
    }


def trade_metrics(trades: Sequence[Trade]) -> Metrics:
    """Return the figures of round trips; profits are in dollars and after commissions (see `trade_stats`)."""
    profits = [float(trade.pnl) for trade in trades]
    holding = sum(trade.exit_ns - trade.entry_ns for trade in trades)
    return {
        "trades": len(trades),
        "win_rate": of_trades.win_rate(profits),
        "profit_factor": of_trades.profit_factor(profits),
        "expectancy": of_trades.expectancy(profits),
        "average_win": of_trades.average_win(profits),
        "average_loss": of_trades.average_loss(profits),
        "payoff_ratio": of_trades.payoff_ratio(profits),
        "best_trade": max(profits, default=None),
        "worst_trade": min(profits, default=None),
        "longest_winning_streak": of_trades.longest_streak(profits, 1),
        "longest_losing_streak": of_trades.longest_streak(profits, -1),
        "average_holding_days": holding / len(trades) / DAY_NS if trades else None,
    }


def fill_metrics(fills: Sequence[Fill], curve: EquityTracker) -> Metrics:
    """Return what trading cost and how much of it there was.

    | key | meaning |
    |---|---|
    | fills | how many |
    | total_commission | dollars |
    | traded_value | sum of quantity x price of all fills, dollars |
    | turnover | lesser of bought and sold value over the mean equity, of the whole run; None without positive equity |

    Source: turnover as in SEC Form N-1A, Item 13, instruction 4(d) (the lesser of purchases or sales over the average
    value of the portfolio), over the run instead of a year.
    """
    bought = float(sum(fill.qty * fill.price for fill in fills if fill.side is OrderSide.BUY))
    sold = float(sum(fill.qty * fill.price for fill in fills if fill.side is OrderSide.SELL))
    mean = sum(curve.equity) / len(curve) if len(curve) else 0.0
    return {
        "fills": len(fills),
        "total_commission": float(sum(fill.commission for fill in fills)),
        "traded_value": bought + sold,
        "turnover": min(bought, sold) / mean if mean > 0 else None,
    }


def buy_and_hold_return(first_price: float | None, last_price: float | None) -> float | None:
    """Return what holding a symbol from its first to its last close would have returned, a fraction, without costs.

    None if a price is not known, or the first is not positive.
    """
    if first_price is None or last_price is None or first_price <= 0:
        return None
    return last_price / first_price - 1


def _iso(time_ns: int | None) -> str | None:
    return None if time_ns is None else iso(time_ns)


def _finite(value: float | int | str | None) -> float | int | str | None:
    """Return None for what JSON cannot say."""
    return None if isinstance(value, float) and not isfinite(value) else value
