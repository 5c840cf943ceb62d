"""Tests of tradebus/matching/commissions/crypto_tier.py."""

from decimal import Decimal

from tests.unit.matching.samples import order
from tradebus.matching.commissions.crypto_tier import CryptoTier


def test_makers_pay_less_than_takers() -> None:
    """Tier 1 of Alpaca: 15 and 25 basis points."""
    model, terms = CryptoTier(), order(symbol="BTC/USD")

    assert model.commission(terms, Decimal("0.5"), Decimal(40_000), is_maker=True, filled_qty=Decimal(0)) == 30
    assert model.commission(terms, Decimal("0.5"), Decimal(40_000), is_maker=False, filled_qty=Decimal(0)) == 50
