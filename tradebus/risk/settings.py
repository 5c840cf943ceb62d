"""settings: the protections of open positions that a person sets, all in one place."""

from dataclasses import dataclass

from tradebus.model.number import require_proper_fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSettings:
    """Which protections are on, as fractions in (0, 1); None is off.

    Attributes:
        position_stop_pct: Loss from the average entry price at which a position is closed; 0.05 is 5 %.
        trailing_stop_pct: Retreat from the best close since the entry at which a position is closed.
        portfolio_stop_pct: Loss of equity within a day at which everything is closed.
        max_drawdown_pct: Loss of equity from its peak at which everything is closed.
        enable_circuit_breaker: Whether the last two also refuse entries until a person resets the breaker.

    Raises:
        InputError: If a fraction is outside (0, 1) or NaN.
    """

    position_stop_pct: float | None = None
    trailing_stop_pct: float | None = None
    portfolio_stop_pct: float | None = None
    max_drawdown_pct: float | None = None
    enable_circuit_breaker: bool = True

    def __post_init__(self) -> None:
        for name in ("position_stop_pct", "trailing_stop_pct", "portfolio_stop_pct", "max_drawdown_pct"):
            if (value := getattr(self, name)) is not None:
                require_proper_fraction(name, value)
