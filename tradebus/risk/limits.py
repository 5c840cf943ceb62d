"""limits: the pre-trade limits that a person sets, all in one place."""

from dataclasses import dataclass

from tradebus.model.number import require_count, require_positive, require_proper_fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an order may do at most; None is no limit.

    Attributes:
        max_orders_per_minute: Approved orders in 60 seconds of market time, >= 1.
        max_orders_per_symbol_per_minute: The same for each symbol, >= 1.
        max_position_size: Shares or coins of one symbol, > 0.
        max_position_value: Dollars in one symbol, > 0.
        max_total_exposure: Dollars in all positions together, > 0.
        max_exposure_pct: The same as a fraction of the equity, > 0; 1.5 is 150 %.
        max_price_deviation_pct: Distance of limit and stop prices from the last price as a fraction, in (0, 1).
        allow_short: Whether short sales are allowed.
        regular_hours_only: Whether entries are refused outside the instrument's trading hours.

    Raises:
        InputError: If a limit is zero, negative, NaN, infinite or not whole where it counts.
    """

    max_orders_per_minute: int | None = None
    max_orders_per_symbol_per_minute: int | None = None
    max_position_size: float | None = None
    max_position_value: float | None = None
    max_total_exposure: float | None = None
    max_exposure_pct: float | None = None
    max_price_deviation_pct: float | None = None
    allow_short: bool = False
    regular_hours_only: bool = True

    def __post_init__(self) -> None:
        for name in ("max_orders_per_minute", "max_orders_per_symbol_per_minute"):
            if (count := getattr(self, name)) is not None:
                require_count(f"risk.{name}", count)
        for name in ("max_position_size", "max_position_value", "max_total_exposure", "max_exposure_pct"):
            if (number := getattr(self, name)) is not None:
                require_positive(f"risk.{name}", number)
        if self.max_price_deviation_pct is not None:
            require_proper_fraction("risk.max_price_deviation_pct", self.max_price_deviation_pct)
