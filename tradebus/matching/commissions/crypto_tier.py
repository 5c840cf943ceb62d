"""crypto_tier: a share of the notional that depends on who was there first.

commission = qty * price * (maker_bps if the order rested, else taker_bps) / 10000
"""

from decimal import Decimal

from tradebus.matching.commission import fraction, to_step
from tradebus.model.order import OrderRequest


class CryptoTier:
    """Charges makers (limit orders that rested) less than takers, rounded to a millionth of a dollar.

    It is charged in dollars. Alpaca takes it out of what is received, so after a buy the account there holds less of
    the coin than was filled, by the fee.

    Args:
        maker_bps: Basis points for an order that rested at its limit, 0 to 10000.
        taker_bps: Basis points for any other, 0 to 10000.

    Source: docs.alpaca.markets, crypto fees, 2026: tier 1, below 100,000 dollars traded in 30 days, pays 15
    basis points as maker and 25 as taker; the highest tier 0 and 10.
    """

    def __init__(self, maker_bps: float = 15.0, taker_bps: float = 25.0) -> None:
        self._maker, self._taker = fraction("maker_bps", maker_bps), fraction("taker_bps", taker_bps)

    def __str__(self) -> str:
        maker, taker = (float(rate * 10_000) for rate in (self._maker, self._taker))
        return f"{maker:g} basis points of each fill as maker, {taker:g} as taker"

    def commission(
        self, order: OrderRequest, qty: Decimal, price: Decimal, *, is_maker: bool, filled_qty: Decimal
    ) -> Decimal:
        """Return the commission in dollars."""
        return to_step(qty * price * (self._maker if is_maker else self._taker))
