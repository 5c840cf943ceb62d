"""tradebus: a trading daemon around one deterministic message bus.

The flow, top to bottom, a module a line:

    services.replay_feed          stored bars -> BarEvent, SnapshotEvent, StepEvent
    services.simulated_executor   bars and approved orders -> what the venue says
    services.order_book           what the venue says -> what is new
    services.portfolio            fills and prices -> the books, PortfolioEvent
    services.stops                prices and books -> StopTriggered, BreakerTripped
    services.strategy             the cross-section -> SignalEvent
    services.sizing               signals and stops -> OrderSized
    services.validation           orders -> OrderApproved or OrderRejected
    services.trackers             fills and books -> trades, the equity curve

`engine.wiring` puts them together, `bus` runs them. The names below can be imported from here; each loads on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradebus.analytics.equity_tracker import EquityTracker
    from tradebus.analytics.trade_tracker import TradeTracker
    from tradebus.engine.backtest import BacktestEngine
    from tradebus.features.calculator import FeatureCalculator, FeatureParams
    from tradebus.gateways.file_data import FileDataGateway
    from tradebus.matching.engine import DeterministicMatchingEngine
    from tradebus.model.bar import Bar, MarketDataPoint, MarketSnapshot
    from tradebus.model.fill import Fill, OrderResult
    from tradebus.model.instrument import Instrument, Instruments
    from tradebus.model.order import Order, OrderSide, OrderState, OrderType, TimeInForce
    from tradebus.model.portfolio import Portfolio, PortfolioGroup
    from tradebus.model.position import Position
    from tradebus.model.signal import Action, Signal
    from tradebus.model.timeframe import Timeframe
    from tradebus.model.trade import Trade
    from tradebus.risk.limits import Limits
    from tradebus.risk.order_manager import OrderManager
    from tradebus.risk.risk_manager import ExitSignal, RiskManager
    from tradebus.risk.settings import RiskSettings
    from tradebus.risk.stops.position import PositionStop
    from tradebus.risk.validator import OrderValidator, ValidationResult
    from tradebus.sizers.fixed import FixedSizer
    from tradebus.sizers.kelly import KellySizer
    from tradebus.sizers.percent import PercentSizer
    from tradebus.sizers.risk_based import RiskBasedSizer
    from tradebus.sizers.volatility import VolatilitySizer
    from tradebus.strategies.alpha import AlphaStrategy
    from tradebus.strategies.base import Strategy
    from tradebus.strategies.macd import MACDStrategy
    from tradebus.strategies.momentum import MomentumStrategy

__version__ = "0.1.0"

_HOMES = {
    "analytics.equity_tracker": ("EquityTracker",),
    "analytics.trade_tracker": ("TradeTracker",),
    "engine.backtest": ("BacktestEngine",),
    "features.calculator": ("FeatureCalculator", "FeatureParams"),
    "gateways.file_data": ("FileDataGateway",),
    "matching.engine": ("DeterministicMatchingEngine",),
    "model.bar": ("Bar", "MarketDataPoint", "MarketSnapshot"),
    "model.fill": ("Fill", "OrderResult"),
    "model.instrument": ("Instrument", "Instruments"),
    "model.order": ("Order", "OrderSide", "OrderState", "OrderType", "TimeInForce"),
    "model.portfolio": ("Portfolio", "PortfolioGroup"),
    "model.position": ("Position",),
    "model.signal": ("Action", "Signal"),
    "model.timeframe": ("Timeframe",),
    "model.trade": ("Trade",),
    "risk.limits": ("Limits",),
    "risk.order_manager": ("OrderManager",),
    "risk.risk_manager": ("ExitSignal", "RiskManager"),
    "risk.settings": ("RiskSettings",),
    "risk.stops.position": ("PositionStop",),
    "risk.validator": ("OrderValidator", "ValidationResult"),
    "sizers.fixed": ("FixedSizer",),
    "sizers.kelly": ("KellySizer",),
    "sizers.percent": ("PercentSizer",),
    "sizers.risk_based": ("RiskBasedSizer",),
    "sizers.volatility": ("VolatilitySizer",),
    "strategies.alpha": ("AlphaStrategy",),
    "strategies.base": ("Strategy",),
    "strategies.macd": ("MACDStrategy",),
    "strategies.momentum": ("MomentumStrategy",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Action",
    "AlphaStrategy",
    "BacktestEngine",
    "Bar",
    "DeterministicMatchingEngine",
    "EquityTracker",
    "ExitSignal",
    "FeatureCalculator",
    "FeatureParams",
    "FileDataGateway",
    "Fill",
    "FixedSizer",
    "Instrument",
    "Instruments",
    "KellySizer",
    "Limits",
    "MACDStrategy",
    "MarketDataPoint",
    "MarketSnapshot",
    "MomentumStrategy",
    "Order",
    "OrderManager",
    "OrderResult",
    "OrderSide",
    "OrderState",
    "OrderType",
    "OrderValidator",
    "PercentSizer",
    "Portfolio",
    "PortfolioGroup",
    "Position",
    "PositionStop",
    "RiskBasedSizer",
    "RiskManager",
    "RiskSettings",
    "Signal",
    "Strategy",
    "TimeInForce",
    "Timeframe",
    "Trade",
    "TradeTracker",
    "ValidationResult",
    "VolatilitySizer",
]


def __getattr__(name: str) -> Any:
    """Load a name on first use, so that `import tradebus` costs nothing."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'tradebus' has no attribute {name!r}")
    return getattr(import_module(f"tradebus.{home}"), name)
