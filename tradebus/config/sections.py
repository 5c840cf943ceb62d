"""sections: limits, stops, plug-ins, matching, data and instruments, one class each.

Every `_pct` is a fraction: 0.10 is 10 %. Defaults are SYSTEM's; None means no limit, or off.
"""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from tradebus.config.kinds import (
    EXACT,
    NUMBER,
    Adjustment,
    FillAt,
    Flag,
    Fraction,
    OptionalFlag,
    OptionalText,
    Section,
    Text,
    refused,
)

_QTY_MAX = 1e9
_DOLLARS_MAX = 1e12
_ORDERS_MAX = 10_000
_EXPOSURE_MAX = 10


class RiskConfig(Section):
    """Pre-trade limits; an order beyond one is refused with a code.

    Attributes:
        max_position_size: Shares or coins of one symbol.
        max_position_value, max_total_exposure: Dollars in one symbol, and in all positions together.
        max_exposure_pct: Exposure as a fraction of the equity; 1.5 is 150 %.
        max_orders_per_minute, max_orders_per_symbol_per_minute: Approved orders in 60 seconds of market time.
        max_price_deviation_pct: Distance of limit and stop prices from the last price, as a fraction.
        allow_short: Whether short sales are allowed.
        regular_hours_only: Whether entries outside trading hours are refused.
    """

    max_position_size: Annotated[
        float | None,
        Field(gt=0, le=_QTY_MAX, description="Most shares or coins of one symbol (`POSITION_SIZE_LIMIT`)."),
        NUMBER,
    ] = None
    max_position_value: Annotated[
        float | None,
        Field(gt=0, le=_DOLLARS_MAX, description="Most dollars in one symbol (`POSITION_VALUE_LIMIT`)."),
        NUMBER,
    ] = None
    max_total_exposure: Annotated[
        float | None,
        Field(gt=0, le=_DOLLARS_MAX, description="Most dollars in all positions together (`TOTAL_EXPOSURE_LIMIT`)."),
        NUMBER,
    ] = None
    max_exposure_pct: Annotated[
        float | None,
        Field(gt=0, le=_EXPOSURE_MAX, description="The same as a fraction of the equity; 1.5 is 150 %."),
        NUMBER,
    ] = None
    max_orders_per_minute: Annotated[
        int | None,
        Field(gt=0, le=_ORDERS_MAX, description="Most orders in a minute of market time (`RATE_LIMIT_GLOBAL`)."),
        NUMBER,
    ] = None
    max_orders_per_symbol_per_minute: Annotated[
        int | None, Field(gt=0, le=_ORDERS_MAX, description="The same for each symbol (`RATE_LIMIT_SYMBOL`)."), NUMBER
    ] = None
    max_price_deviation_pct: Annotated[
        Fraction, Field(description="Farthest a limit or stop price may lie from the last price, as a fraction.")
    ] = None
    allow_short: Annotated[Flag, Field(description="Allow short sales.")] = False
    regular_hours_only: Annotated[Flag, Field(description="Refuse entries outside the instrument's trading hours.")] = (
        True
    )


class StopLossConfig(Section):
    """Protective stops. All are fractions in (0, 1); None is off.

    Attributes:
        position_stop_pct: Loss from the entry price.
        trailing_stop_pct: Loss from the best price since the entry.
        portfolio_stop_pct: Loss of equity in a day.
        max_drawdown_pct: Loss of equity from its peak.
        enable_circuit_breaker: Whether a breach of the last two ends all entries.
    """

    position_stop_pct: Annotated[
        Fraction, Field(description="Close a position this far below its entry price; 0.05 is 5 %.")
    ] = None
    trailing_stop_pct: Annotated[
        Fraction, Field(description="Close a position this far below its best price since the entry.")
    ] = None
    portfolio_stop_pct: Annotated[Fraction, Field(description="Largest loss of equity in a day.")] = None
    max_drawdown_pct: Annotated[Fraction, Field(description="Largest fall of equity from its peak.")] = None
    enable_circuit_breaker: Annotated[
        Flag, Field(description="End all entries when one of the last two is breached; exits go on.")
    ] = True


class PluginConfig(Section):
    """A plug-in by name, and the arguments of its constructor.

    Attributes:
        name: As `tradebus strategies` lists it, or `path/to/file.py:ClassName`; None where nothing is chosen.
        params: Arguments by name.
    """

    name: Annotated[OptionalText, Field(description="Name of the plug-in, or path/to/file.py:ClassName.")] = None
    params: dict[Text, Any] = Field(default_factory=dict, description="Its parameters by name.")

    @field_validator("params")
    @classmethod
    def _are_plain(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name, one in value.items():
            if not _is_plain(one):
                raise refused("must be text, a finite number, true, false or a list of these", "correct it", name)
        return value


class MatchingConfig(Section):
    """How orders fill in a backtest and in a dry run.

    Attributes:
        fill_at: `close` of the bar that made the signal; `open` or `vwap` of the next.
        max_volume_pct: Largest part of a bar's volume that an order may take; None for all an order wants.
        slippage_bps: Basis points by which fills are worse than the price.
        commission: What a fill costs; without a name nothing.
    """

    fill_at: Annotated[
        FillAt,
        Field(description="Price of a fill: close of the bar that made the signal, open or vwap of the next."),
    ] = "close"
    max_volume_pct: Annotated[
        float | None,
        Field(gt=0, le=1, description="Largest fraction of a bar's volume that fills; none for all that is asked."),
        NUMBER,
    ] = 0.1
    slippage_bps: Annotated[
        float, Field(ge=0, le=1000, description="Basis points by which fills are worse; 10 is 0.1 %."), NUMBER
    ] = 0.0
    commission: Annotated[PluginConfig, Field(description="What a fill costs.")] = PluginConfig()


class DataConfig(Section):
    """Where bars come from, and how they are read.

    Attributes:
        path: File or folder of bars; None for the bars that come with the package, or the broker's.
        adjustment: What is worked into the prices: nothing (`raw`), splits (`split`), or dividends too (`all`).
        repair: Whether rows that cannot be true are dropped; otherwise the file is refused.
        timezone: Zone of times without one, as `America/New_York`; None refuses such times.
    """

    path: Annotated[OptionalText, Field(description="File or folder of bars; none for the bundled samples.")] = None
    adjustment: Annotated[
        Adjustment, Field(description="What prices are adjusted for; all is splits and dividends.")
    ] = "split"
    repair: Annotated[Flag, Field(description="Drop rows that cannot be true instead of refusing the file.")] = False
    timezone: Annotated[OptionalText, Field(description="Zone of times that have none, as America/New_York.")] = None

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str | None) -> str | None:
        from zoneinfo import ZoneInfo

        try:
            return None if value is None else ZoneInfo(value).key
        except (OSError, ValueError, KeyError):
            raise refused("is no time zone", "use a name such as America/New_York or UTC") from None


class InstrumentConfig(Section):
    """What is known better about a symbol than the defaults of its kind. None keeps the default.

    Attributes:
        fractional: Whether less than one share may be traded.
        lot: Step of quantities.
        tick: Step of limit and stop prices, dollars.
        shortable: Whether it may be sold short.
    """

    fractional: Annotated[OptionalFlag, Field(description="Allow less than one share.")] = None
    lot: Annotated[Decimal | None, Field(gt=0, le=Decimal(1_000_000), description="Step of quantities."), EXACT] = None
    tick: Annotated[
        Decimal | None, Field(gt=0, le=Decimal(1_000_000), description="Step of order prices, dollars."), EXACT
    ] = None
    shortable: Annotated[OptionalFlag, Field(description="Allow short sales of it.")] = None

    @model_validator(mode="after")
    def _lot_fits(self) -> Self:
        if self.fractional is False and self.lot is not None and self.lot % 1 != 0:
            raise refused("is a fraction, but fractional is false", "use whole lots, or set fractional to true", "lot")
        if self.fractional is True and self.lot is not None and self.lot >= 1:
            raise refused("is a whole number, but fractional is true", "use a smaller lot, or none", "lot")
        return self


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(one) and not isinstance(one, list) for one in value)
    if isinstance(value, float):
        return value - value == 0
    return value is None or isinstance(value, str | int)
