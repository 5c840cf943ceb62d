"""settings: the complete configuration, one frozen model."""

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from tradebus.config.kinds import EXACT, Flag, Section, Timeframe, TimeInForce, parse_symbol, refused
from tradebus.config.sections import (
    DataConfig,
    InstrumentConfig,
    MatchingConfig,
    PluginConfig,
    RiskConfig,
    StopLossConfig,
)
from tradebus.config.trading import TradingConfig

_SYMBOLS_MAX = 1000
_CASH_MAX = Decimal(10) ** 12
_LEVERAGE_MAX = 4


def _symbols(value: Any) -> Any:
    found = [one for one in value.split(",") if one.strip()] if isinstance(value, str) else value
    for one in found if isinstance(found, list) else ():
        if not isinstance(one, str):
            raise refused(f"{one} is not text", f'put it in quotes: ["{one}"]'.replace("True", "TRUE"))
    return () if found is None else found


class LiveEngineConfig(Section):
    """Everything a session needs to know but its mode, which the command says.

    Attributes:
        trading, risk, stop_loss: The account, the limits and the stops.
        enable_trading: Whether orders are sent; false decides, and sends nothing.
        skip_repeats: Whether a signal that repeats the last one of its symbol is skipped.
        symbols: What to trade.
        timeframe: Length of the bars.
        cash: Dollars at the start of a backtest or dry run.
        strategy, sizer: Who decides, and how much.
        matching: How simulated orders fill.
        time_in_force: Of orders whose signal names none.
        data: Where bars come from.
        instruments: Steps of symbols that differ from the defaults.
    """

    trading: Annotated[TradingConfig, Field(description="The broker account.")] = TradingConfig()
    risk: Annotated[RiskConfig, Field(description="Pre-trade limits.")] = RiskConfig()
    stop_loss: Annotated[StopLossConfig, Field(description="Protective stops.")] = StopLossConfig()
    enable_trading: Annotated[Flag, Field(description="Send orders; false decides and sends nothing.")] = True
    skip_repeats: Annotated[Flag, Field(description="Skip a signal that repeats the last of its symbol.")] = True
    symbols: Annotated[
        tuple[str, ...],
        Field(max_length=_SYMBOLS_MAX, description="What to trade: AAPL, BRK.B, BTC/USD."),
        BeforeValidator(_symbols),
    ] = ()
    timeframe: Annotated[Timeframe, Field(description="Length of the bars.")] = "1Day"
    cash: Annotated[
        Decimal, Field(gt=0, le=_CASH_MAX, description="Dollars at the start of a backtest or dry run."), EXACT
    ] = Decimal(100_000)
    strategy: Annotated[PluginConfig, Field(description="Who decides.")] = PluginConfig(name="macd")
    sizer: Annotated[PluginConfig, Field(description="How much.")] = PluginConfig(name="percent", params={"pct": 0.1})
    matching: Annotated[MatchingConfig, Field(description="How simulated orders fill.")] = MatchingConfig()
    time_in_force: Annotated[
        TimeInForce, Field(description="How long an order lives whose signal does not say: day, gtc, ioc, fok.")
    ] = "gtc"
    data: Annotated[DataConfig, Field(description="Where bars come from.")] = DataConfig()
    instruments: dict[str, InstrumentConfig] = Field(
        default_factory=dict, description="Steps of symbols that differ from the defaults."
    )

    @field_validator("symbols")
    @classmethod
    def _are_symbols(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(map(parse_symbol, value))
        twice = sorted({symbol for symbol in found if found.count(symbol) > 1})
        if twice:
            raise refused(f"has {', '.join(twice)} twice", "name each symbol once")
        return found

    @field_validator("instruments")
    @classmethod
    def _are_keyed_by_symbol(cls, value: dict[str, InstrumentConfig]) -> dict[str, InstrumentConfig]:
        found = {parse_symbol(symbol): instrument for symbol, instrument in value.items()}
        if len(found) < len(value):
            raise refused("has a symbol twice", "name each symbol once")
        return found

    @model_validator(mode="after")
    def _limits_can_bind(self) -> Self:
        """Refuse dollar limits that no account of this size can reach: they would be no limits.

        Source: day-trading buying power is at most 4 times the equity (FINRA Rule 4210 (f)(8)(B)).
        """
        for key in ("max_position_value", "max_total_exposure"):
            limit = getattr(self.risk, key)
            if limit is not None and limit > _LEVERAGE_MAX * self.cash:
                problem = f"is more than {_LEVERAGE_MAX} times the cash of {self.cash}, so it limits nothing"
                raise refused(problem, "lower it, or correct cash", "risk", key)
        return self

    @classmethod
    def from_yaml(cls, path: str | Path, environ: Mapping[str, str] | None = None) -> "LiveEngineConfig":
        """Return the configuration of a file, with the environment over it.

        Args:
            path: A YAML file.
            environ: The environment; None for the process's own.

        Raises:
            ConfigError: If anything in it cannot be used; it names every problem.
        """
        return _loaded([Path(path)], environ)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "LiveEngineConfig":
        """Return the configuration of the environment alone: `ALPACA_*`, `TRADING_*`, `RISK_*` and `STOPLOSS_*`.

        Raises:
            ConfigError: If anything in it cannot be used; it names every problem.
        """
        return _loaded([], environ)


def _loaded(files: list[Path], environ: Mapping[str, str] | None) -> LiveEngineConfig:
    # The loader needs the class above, so it cannot be imported before it exists.
    from tradebus.config.loader import load

    return load(files, os.environ if environ is None else environ, {}).config
