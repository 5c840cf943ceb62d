"""Contract of every commission model in tradebus/matching/commissions/."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.matching.samples import order
from tradebus.matching.commission import CommissionModel, commission_model, commission_names
from tradebus.model.order import OrderSide

_NEEDED: dict[str, dict[str, Any]] = {
    "bps": {"bps": 12.5},
    "per_order": {"amount": 1.25},
    "per_share": {"rate": 0.0035, "minimum": 0.35},
}
"""Parameters of the models that cannot do without."""

_QTY = st.integers(1, 10**6).map(Decimal)
_PRICE = st.decimals("0.0001", 10_000, places=4)
_SYMBOLS = st.sampled_from(("AAPL", "BTC/USD"))


@pytest.fixture(scope="module", params=commission_names())
def model(request: pytest.FixtureRequest) -> CommissionModel:
    """Every model, found by its name."""
    return commission_model(request.param, **_NEEDED.get(request.param, {}))


@settings(max_examples=40, deadline=None)
@given(
    qty=_QTY, filled=st.integers(0, 10**6).map(Decimal), price=_PRICE, symbol=_SYMBOLS, side=st.sampled_from(OrderSide)
)
def test_a_commission_is_finite_and_not_negative(
    model: CommissionModel, qty: Decimal, filled: Decimal, price: Decimal, symbol: str, side: OrderSide
) -> None:
    """Whatever is filled, and a maker pays no more than a taker."""
    terms = order(symbol=symbol, side=side, qty=qty + filled)

    taker = model.commission(terms, qty, price, is_maker=False, filled_qty=filled)
    maker = model.commission(terms, qty, price, is_maker=True, filled_qty=filled)

    assert isinstance(taker, Decimal)
    assert taker.is_finite()
    assert 0 <= maker <= taker


@settings(max_examples=40, deadline=None)
@given(qty=_QTY, more=_QTY, price=_PRICE, symbol=_SYMBOLS)
def test_more_never_costs_less(
    model: CommissionModel, qty: Decimal, more: Decimal, price: Decimal, symbol: str
) -> None:
    """The first execution of a larger order costs at least that of a smaller one."""
    terms = order(symbol=symbol, side=OrderSide.SELL)

    small, large = (
        model.commission(terms, part, price, is_maker=False, filled_qty=Decimal(0)) for part in (qty, qty + more)
    )

    assert small <= large


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(_QTY, min_size=1, max_size=5), price=_PRICE)
def test_parts_cost_what_the_whole_costs(model: CommissionModel, parts: list[Decimal], price: Decimal) -> None:
    """But for rounding, at most a cent up for each fee of each part (and a cap that is a trade's)."""
    terms = order(side=OrderSide.BUY)
    whole = model.commission(terms, sum(parts, Decimal(0)), price, is_maker=False, filled_qty=Decimal(0))

    filled, total = Decimal(0), Decimal(0)
    for part in parts:
        total += model.commission(terms, part, price, is_maker=False, filled_qty=filled)
        filled += part

    assert abs(total - whole) <= Decimal("0.02") * len(parts)


def test_a_model_says_what_it_charges(model: CommissionModel) -> None:
    """Reports print it, so it names no address and no class."""
    words = str(model)

    assert "0x" not in words
    assert " " in words
