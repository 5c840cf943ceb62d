"""Tests of tradebus/matching/commissions/alpaca_fees.py."""

from decimal import Decimal

import pytest

from tests.unit.matching.samples import order, sell
from tradebus.matching.commissions.alpaca_fees import AlpacaFees
from tradebus.model.order import OrderRequest


def _fee(terms: OrderRequest, qty: float, price: float) -> Decimal:
    exact = Decimal(str(qty)), Decimal(str(price))
    return AlpacaFees().commission(terms, *exact, is_maker=False, filled_qty=Decimal(0))


def test_buys_of_equities_are_free() -> None:
    """There is no commission, and the fees are the seller's."""
    assert _fee(order(), 100, 50) == 0


@pytest.mark.parametrize(
    ("qty", "price", "fee"),
    [
        # SEC 0.206 -> 0.21, TAF 0.039 -> 0.04.
        (200, 50, "0.25"),
        (1, 1, "0.02"),
        # TAF of 100,000 shares would be 19.50.
        (100_000, 10, "30.39"),
    ],
)
def test_sales_of_equities_pay_two_fees(qty: float, price: float, fee: str) -> None:
    """Each is rounded up to the cent, and FINRA's has a cap."""
    assert _fee(sell(), qty, price) == Decimal(fee)


def test_crypto_pays_tier_one_both_ways() -> None:
    """25 basis points of 1,000 dollars for a taker."""
    assert _fee(order(symbol="BTC/USD"), 0.1, 10_000) == Decimal("2.5")
    assert _fee(sell(symbol="BTC/USD"), 0.1, 10_000) == Decimal("2.5")
