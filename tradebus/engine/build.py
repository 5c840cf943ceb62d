"""build: settings that a person wrote -> the objects that a session is made of.

Settings are a plain tree of the keys in `docs/configuration.md`. Where they came from (files, environment, flags) has
been forgotten by now, so errors name the key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from tradebus.bus import Tap
from tradebus.engine.backtest import BacktestEngine
from tradebus.errors import InputError
from tradebus.matching.commission import commission_model
from tradebus.model.instrument import Instruments, default_instrument, parse_symbol
from tradebus.model.timeframe import Timeframe
from tradebus.parameters import build as build_plugin
from tradebus.parameters import listed
from tradebus.plugins import load, names
from tradebus.ports import DataGateway, PositionSizer, Strategy
from tradebus.risk.limits import Limits
from tradebus.risk.settings import RiskSettings

DEFAULTS: dict[str, Any] = {
    "symbols": (),
    "timeframe": "1Day",
    "cash": Decimal(100_000),
    "strategy": {"name": "macd", "params": {}},
    "sizer": {"name": "percent", "params": {"pct": 0.1}},
    "matching": {
        "fill_at": "close",
        "max_volume_pct": 0.1,
        "slippage_bps": 0.0,
        "commission": {"name": None, "params": {}},
    },
    "time_in_force": "gtc",
    "enable_trading": True,
    "skip_repeats": True,
    "data": {"path": None, "adjustment": "split", "repair": False, "timezone": None},
    "instruments": {},
    "risk": {},
    "stop_loss": {},
}
"""What a session does when nobody says otherwise. The configuration's models have the same defaults, which a test
holds; they stand here too because loading the models takes longer than a whole backtest of ten years of daily bars."""


def make_strategy(settings: Mapping[str, Any], gateway: object) -> Strategy:
    """Return the strategy that the settings name, with its parameters.

    The session's timeframe and gateway are handed to a strategy that takes them.

    Raises:
        NotFoundError: If there is no such strategy.
        InputError: If a parameter is unknown or of no use.
    """
    chosen = settings["strategy"]
    kind = _load("strategy", chosen["name"])
    offered = {"gateway": gateway, "timeframe": Timeframe.parse(settings["timeframe"])}
    strategy: Strategy = build_plugin(kind, chosen["params"], "strategy.params.", offered)
    return strategy


def make_sizer(settings: Mapping[str, Any]) -> PositionSizer:
    """Return the sizer that the settings name, with its parameters.

    Raises:
        NotFoundError: If there is no such sizer.
        InputError: If a parameter is unknown or of no use.
    """
    chosen = settings["sizer"]
    sizer: PositionSizer = build_plugin(_load("sizer", chosen["name"]), chosen["params"], "sizer.params.")
    return sizer


def _load(kind: str, name: str | None) -> type[Any]:
    if name is None:
        raise InputError(kind, "none", f"there has to be a {kind}", f"use one of {listed(names(kind))}")
    return load(kind, name, kind)


def make_instruments(settings: Mapping[str, Any]) -> Instruments:
    """Return the instruments of the settings; every other symbol has the defaults of its asset class.

    Raises:
        InputError: If a key or value is of no use.
    """
    made = []
    for name, terms in settings["instruments"].items():
        symbol = parse_symbol(name, "instruments")
        changes = {key: value for key, value in terms.items() if value is not None}
        for key in ("lot", "tick"):
            if key in changes:
                changes[key] = _step(f"instruments.{name}.{key}", changes[key])
        instrument = default_instrument(symbol)
        if changes.get("fractional", instrument.fractional) is not instrument.fractional and "lot" not in changes:
            # Alpaca takes quantities to nine decimals.
            changes["lot"] = Decimal("1E-9") if changes["fractional"] else Decimal(1)
        made.append(replace(instrument, **changes))
    return Instruments(*made)


def _step(field: str, value: object) -> Decimal:
    try:
        step = Decimal(str(value))
    except InvalidOperation:
        step = Decimal("NaN")
    if not (step.is_finite() and step > 0):
        raise InputError(field, value, "must be a number above 0", "use for instance 0.01")
    return step


def make_engine(
    settings: Mapping[str, Any],
    gateway: DataGateway,
    *,
    keep_open: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
    taps: Sequence[Tap] = (),
) -> BacktestEngine:
    """Return a backtest engine with everything that the settings say.

    Raises:
        InputError: If a value is of no use; names the key.
    """
    matching = settings["matching"]
    fees = matching["commission"]
    return BacktestEngine(
        gateway,
        make_strategy(settings, gateway),
        settings["cash"],
        make_sizer(settings),
        matching["slippage_bps"],
        settings["time_in_force"],
        fill_at=matching["fill_at"],
        max_volume_pct=matching["max_volume_pct"],
        commission=None if fees["name"] is None else commission_model(fees["name"], **fees["params"]),
        limits=Limits(**settings["risk"]),
        risk=RiskSettings(**settings["stop_loss"]),
        instruments=make_instruments(settings),
        keep_open=keep_open,
        enable_trading=settings["enable_trading"],
        skip_repeats=settings["skip_repeats"],
        on_progress=on_progress,
        taps=taps,
    )
