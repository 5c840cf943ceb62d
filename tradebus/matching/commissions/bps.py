"""bps: a share of the notional, in basis points.

commission = qty * price * bps / 10000
"""

from decimal import Decimal

from tradebus.matching.commission import dollars, fraction, to_step
from tradebus.model.order import OrderRequest


class Bps:
    """Charges a share of what is bought or sold, rounded to a millionth of a dollar.

    Args:
        bps: Basis points of the notional, 0 to 10000: 10 is 0.1 %.

    Source: 1 basis point = 1/100 of a percent, by definition.
    """

    def __init__(self, bps: float) -> None:
        self._fraction = fraction("bps", bps)

    def __str__(self) -> str:
        return f"{float(self._fraction * 10_000):g} basis points of each fill"

    @classmethod
    def from_pct(cls, pct: float) -> "Bps":
        """Return the model of a fraction of the notional: 0.001 is 0.1 %, ten basis points.

        Raises:
            InputError: If it is not a finite number from 0 to 1.
        """
        return cls(float(dollars("pct", pct) * 10_000))

    def commission(
        self, order: OrderRequest, qty: Decimal, price: Decimal, *, is_maker: bool, filled_qty: Decimal
    ) -> Decimal:
        """Return the commission in dollars."""
        return to_step(qty * price * self._fraction)
