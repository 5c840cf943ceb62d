"""Tests of tradebus/risk/checks/invalid_order.py."""

import math

import pytest

from tests.unit.risk.samples import SELL, account, fill, order
from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderType
from tradebus.ports import CheckResult
from tradebus.risk.checks.invalid_order import InvalidOrderCheck
from tradebus.risk.working_orders import WorkingOrders

CHECK = InvalidOrderCheck(Instruments())


def refusal(**terms: object) -> CheckResult | None:
    """Return what the check says of an order; 100 shares are held."""
    return CHECK.validate(order(**terms), account("100000", fill("100")), WorkingOrders())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"limit": "49.99"},
        {"stop": "51"},
        {"limit": "51", "stop": "50.5"},
        {"trail": 0.05, "kind": OrderType.TRAILING_STOP},
        {"price": 0.5, "limit": "0.4999"},
        {"qty": "0.00000001", "symbol": "BTC/USD", "limit": "20000.000000001"},
        {"take_profit": "60", "stop_loss": "40"},
        {"side": SELL, "take_profit": "40", "stop_loss": "60"},
        {"limit": "45", "take_profit": "46", "stop_loss": "44"},
        {"side": SELL, "is_exit": True, "take_profit": "60", "stop_loss": "40"},
        {"side": SELL, "is_exit": True, "limit": "60", "take_profit": "60", "stop_loss": "40"},
    ],
)
def test_terms_that_make_sense_pass(terms: dict[str, object]) -> None:
    """Every type, below and above one dollar, with and without a bracket."""
    assert refusal(**terms) is None


@pytest.mark.parametrize(
    ("terms", "value"),
    [
        ({"qty": "0"}, "qty 0"),
        ({"qty": "-1"}, "qty -1"),
        ({"qty": "NaN"}, "qty NaN"),
        ({"qty": "1.5"}, "qty 1.5"),
        ({"qty": "0.000000001", "symbol": "BTC/USD"}, "qty 1E-9"),
        ({"kind": OrderType.LIMIT}, "none"),
        ({"kind": OrderType.STOP}, "none"),
        ({"kind": OrderType.STOP_LIMIT, "limit": "50"}, "none"),
        ({"kind": OrderType.TRAILING_STOP}, "none"),
        ({"kind": OrderType.MARKET, "limit": "50"}, "limit_price 50"),
        ({"kind": OrderType.LIMIT, "limit": "50", "stop": "50"}, "stop_price 50"),
        ({"trail": 0.05}, "trail_pct 0.05"),
        ({"trail": 0.0, "kind": OrderType.TRAILING_STOP}, "trail_pct 0.0"),
        ({"trail": 1.0, "kind": OrderType.TRAILING_STOP}, "trail_pct 1.0"),
        ({"trail": math.nan, "kind": OrderType.TRAILING_STOP}, "trail_pct nan"),
        ({"price": math.nan}, "price nan"),
        ({"price": math.inf}, "price inf"),
        ({"price": 0.0}, "price 0.0"),
        ({"price": -1.0}, "price -1.0"),
        ({"limit": "0"}, "limit_price 0"),
        ({"limit": "NaN"}, "limit_price NaN"),
        ({"limit": "Infinity"}, "limit_price Infinity"),
        ({"limit": "50.001"}, "limit_price 50.001"),
        ({"limit": "0.99999"}, "limit_price 0.99999"),
        ({"stop": "50.001"}, "stop_price 50.001"),
        ({"take_profit": "60.001"}, "take_profit 60.001"),
        ({"take_profit": "50"}, "take_profit 50"),
        ({"stop_loss": "50"}, "stop_loss 50"),
        ({"stop_loss": "51"}, "stop_loss 51"),
        ({"side": SELL, "take_profit": "51"}, "take_profit 51"),
        ({"side": SELL, "stop_loss": "49"}, "stop_loss 49"),
        ({"limit": "45", "take_profit": "45"}, "take_profit 45"),
        ({"side": SELL, "is_exit": True, "stop_loss": "55"}, "stop_loss 55"),
    ],
)
def test_terms_that_make_none_are_refused(terms: dict[str, object], value: str) -> None:
    """The first of them is named."""
    no = refusal(**terms)

    assert no is not None
    assert (no.code, no.value) == ("INVALID_ORDER", value)
    assert no.limit


def test_exits_are_checked_too() -> None:
    """No venue would take them either."""
    assert CHECK.applies_to_exits
    assert refusal(qty="0", side=SELL, is_exit=True) is not None


def test_an_exit_of_all_that_is_held_may_be_off_the_lot() -> None:
    """A split can leave half a share, which must be sold."""
    books = account("100000", fill("10.5"))

    whole = order("10.5", side=SELL, is_exit=True)
    part = order("5.25", side=SELL, is_exit=True)

    assert CHECK.validate(whole, books, WorkingOrders()) is None
    assert CHECK.validate(part, books, WorkingOrders()) is not None
    assert CHECK.validate(order("10.5", side=SELL), books, WorkingOrders()) is not None


def test_a_stop_that_the_market_went_through_may_be_off_the_tick() -> None:
    """It is a level that was computed, and no venue sees it; other prices stay on theirs."""
    exit_ = {"side": SELL, "is_exit": True, "stop": "47.123456"}

    assert refusal(**exit_, triggered=True) is None
    assert refusal(**exit_) is not None


def test_it_describes_itself() -> None:
    """For the explanation, whether it passes or not."""

    assert CHECK.describe(order(), account(), WorkingOrders()) == ("valid terms", "market of 100")
    assert CHECK.describe(order("0"), account(), WorkingOrders()) == ("a quantity above 0", "qty 0")
