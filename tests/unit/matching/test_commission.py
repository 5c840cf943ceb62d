"""Tests of tradebus/matching/commission.py."""

from decimal import Decimal
from typing import Any

import pytest

from tradebus.errors import InputError, NotFoundError
from tradebus.matching.commission import commission_model, commission_names, dollars, fraction, to_cent_up, to_step
from tradebus.matching.commissions.per_share import PerShare


def test_models_are_found_by_their_file() -> None:
    """A new file in the folder is a new name."""
    assert commission_names() == ["alpaca_fees", "bps", "crypto_tier", "per_order", "per_share"]
    assert isinstance(commission_model("Per-Share", rate="0.005", minimum=1), PerShare)


def test_an_unknown_model_is_refused() -> None:
    """The message lists what there is and the nearest."""
    with pytest.raises(NotFoundError, match=r"commission=per_shore: no such model; did you mean per_share\?"):
        commission_model("per_shore")


@pytest.mark.parametrize(
    ("name", "parameters", "field"),
    [
        ("per_share", {}, "commission.rate"),
        ("per_share", {"rate": 1, "minimal": 1}, "commission.minimal"),
        ("per_share", {"rate": -1}, "commission.rate"),
        ("per_order", {"amount": "free"}, "commission.amount"),
        ("bps", {"bps": 10_001}, "commission.bps"),
        ("crypto_tier", {"taker_bps": -1}, "commission.taker_bps"),
        ("alpaca_fees", {"rate": 1}, "commission.rate"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(name: str, parameters: dict[str, Any], field: str) -> None:
    """Unknown, missing and senseless ones alike."""
    with pytest.raises(InputError) as caught:
        commission_model(name, **parameters)

    assert caught.value.field == field


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "1", None, True])
def test_an_amount_is_a_number_of_zero_or_more(value: object) -> None:
    """Anything else is refused and shown."""
    with pytest.raises(InputError, match="finite number of 0 or more"):
        dollars("rate", value)


def test_an_amount_is_kept_as_it_is_written() -> None:
    """0.1 is a tenth, not the nearest binary fraction."""
    assert [dollars("rate", value) for value in (0.1, 0, Decimal("1E-9"))] == [Decimal("0.1"), 0, Decimal("1E-9")]


def test_basis_points_are_ten_thousandths() -> None:
    """10 bps are 0.1 %, and more than the whole is refused."""
    assert fraction("bps", 10.0) == Decimal("0.001")
    with pytest.raises(InputError, match="more than the whole"):
        fraction("bps", 10_001.0)


def test_rounding_goes_where_it_says() -> None:
    """A millionth half-even, a cent upward."""
    assert to_step(Decimal("0.0000025")) == Decimal("0.000002")
    assert to_cent_up(Decimal("0.010001")) == Decimal("0.02")
    assert to_cent_up(Decimal("0.01")) == Decimal("0.01")
