"""alpaca_fees: what Alpaca passes on to a customer who pays no commission.

equity sale: SEC fee = notional * 20.60 / 1e6, TAF = min(0.000195 * qty, 9.79), each rounded up to the cent
equity buy:  nothing
crypto:      as `crypto_tier`, tier 1
"""

from decimal import Decimal

from tradebus.matching.commission import to_cent_up
from tradebus.matching.commissions.crypto_tier import CryptoTier
from tradebus.model.order import OrderRequest, OrderSide

_SEC = Decimal("20.60") / 1_000_000
_TAF = Decimal("0.000195")
_TAF_CAP = Decimal("9.79")


class AlpacaFees:
    """Charges the fees of the SEC and of FINRA on sales of equities, and the first fee tier on crypto.

    Each execution is a trade of its own and each of its fees is rounded up. Alpaca rounds the sum of a day, so a day of
    many executions is charged up to two cents too much for each. Rates are today's, also for bars of the past, and the
    consolidated audit trail's fee (3 millionths of a dollar a share) is left out. Paper accounts pay none of this.

    Source: Alpaca's regulatory fees for 2026 (docs.alpaca.markets; not checked against a statement): SEC section 31 fee
    of 20.60 dollars per million from 2026-04-04 (0 for most of the year before), FINRA trading activity fee of 0.000195
    dollars a share sold, suspended from October to December 2026, which is not modelled. The cap of 9.79 dollars is
    FINRA's: by-laws, schedule A, section 1, for 2026.
    """

    def __init__(self) -> None:
        self._crypto = CryptoTier()

    def __str__(self) -> str:
        return f"SEC and FINRA fees on sales of equities; on crypto {self._crypto}"

    def commission(
        self, order: OrderRequest, qty: Decimal, price: Decimal, *, is_maker: bool, filled_qty: Decimal
    ) -> Decimal:
        """Return the fees in dollars."""
        if "/" in order.symbol:
            return self._crypto.commission(order, qty, price, is_maker=is_maker, filled_qty=filled_qty)
        if order.side is OrderSide.BUY:
            return Decimal(0)
        return to_cent_up(qty * price * _SEC) + to_cent_up(min(_TAF * qty, _TAF_CAP))
