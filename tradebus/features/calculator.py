"""calculator: a table of bars in, the same table with the indicators as columns out.

For research, reports and notebooks. A running strategy uses the indicators themselves, bar by bar; both give the same
values.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradebus.errors import InputError
from tradebus.features import atr, bollinger, ema, macd, rsi, sma
from tradebus.features.period import require_finite, require_shorter
from tradebus.model.number import require_count

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureParams:
    """Periods of the indicators, in bars, each a whole number >= 1.

    Attributes:
        sma_periods: Simple averages; a column `sma_<n>` for each.
        ema_periods: Exponential averages; a column `ema_<n>` for each.
        macd_fast, macd_slow, macd_signal: Columns `macd`, `macd_signal`, `macd_hist`; fast is below slow.
        rsi_period: Column `rsi_<n>`.
        bollinger_period: Columns `bb_upper`, `bb_middle`, `bb_lower`.
        bollinger_width: Standard deviations from the middle to each band, >= 0.
        atr_period: Column `atr_<n>`.

    Raises:
        InputError: If a period is out of range, given twice, or fast is not below slow; names the field.
    """

    sma_periods: tuple[int, ...] = (20, 50)
    ema_periods: tuple[int, ...] = (12, 20, 26)
    macd_fast: int = 12
    macd_slow: int = 26
    macd_signal: int = 9
    rsi_period: int = 14
    bollinger_period: int = 20
    bollinger_width: float = 2.0
    atr_period: int = 14

    def __post_init__(self) -> None:
        for field in ("sma_periods", "ema_periods"):
            periods = getattr(self, field)
            for index, period in enumerate(periods):
                require_count(f"{field}[{index}]", period)
            if len(set(periods)) < len(periods):
                raise InputError(field, periods, "has a period twice", "give each period once")
        for field in ("macd_fast", "macd_slow", "macd_signal", "rsi_period", "bollinger_period", "atr_period"):
            require_count(field, getattr(self, field))
        require_shorter("macd_fast", self.macd_fast, "macd_slow", self.macd_slow)
        require_finite("bollinger_width", self.bollinger_width, 0)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that a calculator adds, in their order."""
        return (
            *(f"sma_{period}" for period in self.sma_periods),
            *(f"ema_{period}" for period in self.ema_periods),
            *("macd", "macd_signal", "macd_hist", f"rsi_{self.rsi_period}"),
            *("bb_upper", "bb_middle", "bb_lower", f"atr_{self.atr_period}"),
        )


class FeatureCalculator:
    """Adds the indicators to a table of bars.

    Args:
        params: Their periods; None for the defaults.
    """

    def __init__(self, params: FeatureParams | None = None) -> None:
        self.params = params or FeatureParams()

    def calculate(self, frame: "pl.DataFrame") -> "pl.DataFrame":
        """Return the table with the columns of `FeatureParams.columns` added; null during each warm-up.

        Args:
            frame: Bars in time order with columns high, low and close. With a column `symbol`, each symbol is
                computed on its own and the order of the rows is kept. Columns of the same names are replaced.

        Raises:
            InputError: If a column is missing.
            DataError: If a price is null or not finite.
        """
        import polars as pl

        for column in ("high", "low", "close"):
            if column not in frame.columns:
                raise InputError(column, frame.columns, "the table lacks this column", "give a table of bars")
        if "symbol" not in frame.columns or frame["symbol"].n_unique() < 2:
            return frame.with_columns(self._features(frame))
        parts = frame.with_row_index("__row").partition_by("symbol", maintain_order=True)
        whole = pl.concat([part.with_columns(self._features(part)) for part in parts])
        return whole.sort("__row").drop("__row")

    def _features(self, bars: "pl.DataFrame") -> "list[pl.Series]":
        params, close = self.params, bars["close"]
        return [
            *(sma.compute(close, period) for period in params.sma_periods),
            *(ema.compute(close, period) for period in params.ema_periods),
            *macd.compute(close, params.macd_fast, params.macd_slow, params.macd_signal),
            rsi.compute(close, params.rsi_period),
            *bollinger.compute(close, params.bollinger_period, params.bollinger_width),
            atr.compute(bars, params.atr_period),
        ]
