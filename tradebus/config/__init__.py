"""config: what to trade, how and within which limits, from files, the environment and flags.

Layers, each over the one before: defaults, files in their order, environment, flags. Importing this package costs
nothing; the models and their libraries are loaded when one of the names below is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tradebus.config.environment import forget_secrets, has_environment

if TYPE_CHECKING:
    from tradebus.config.loader import Loaded, load
    from tradebus.config.reference import json_schema, reference_table, shown_values
    from tradebus.config.sections import (
        DataConfig,
        InstrumentConfig,
        MatchingConfig,
        PluginConfig,
        RiskConfig,
        StopLossConfig,
    )
    from tradebus.config.settings import LiveEngineConfig
    from tradebus.config.trading import TradingConfig

_HOMES = {
    "DataConfig": "sections",
    "InstrumentConfig": "sections",
    "LiveEngineConfig": "settings",
    "Loaded": "loader",
    "MatchingConfig": "sections",
    "PluginConfig": "sections",
    "RiskConfig": "sections",
    "StopLossConfig": "sections",
    "TradingConfig": "trading",
    "json_schema": "reference",
    "load": "loader",
    "reference_table": "reference",
    "shown_values": "reference",
}

__all__ = [
    "DataConfig",
    "InstrumentConfig",
    "LiveEngineConfig",
    "Loaded",
    "MatchingConfig",
    "PluginConfig",
    "RiskConfig",
    "StopLossConfig",
    "TradingConfig",
    "forget_secrets",
    "has_environment",
    "json_schema",
    "load",
    "reference_table",
    "shown_values",
]


def __getattr__(name: str) -> object:
    """Load a name from its module when it is first asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
