"""Tests of tradebus/risk/validator.py."""

from decimal import Decimal

import pytest

from tests.unit.risk.samples import SELL, account, order
from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book, CheckResult
from tradebus.risk.limits import Limits
from tradebus.risk.validator import APPROVED, OrderValidator, build_validator
from tradebus.risk.working_orders import WorkingOrders


class StubCheck:
    """A check that says what it is told, and nothing about its limit."""

    def __init__(self, code: str | None = None, *, applies_to_exits: bool = False) -> None:
        self.applies_to_exits = applies_to_exits
        self.asked: list[str] = []
        self.told: list[str] = []
        self._code = code

    def validate(self, order: OrderRequest, account: Account, book: Book) -> CheckResult | None:
        self.asked.append(order.client_order_id)
        return None if self._code is None else CheckResult(self._code, "1 thing", "2 things")

    def approved(self, order: OrderRequest) -> None:
        self.told.append(order.client_order_id)


def test_the_first_no_wins() -> None:
    """Later checks are not asked, and no check is told of a refused order."""
    yes, no, later = StubCheck(), StubCheck("NO"), StubCheck("LATER")

    result = OrderValidator([yes, no, later]).validate(order(), account(), WorkingOrders())

    assert (result.ok, result.code, result.detail) == (False, "NO", "2 things against a limit of 1 thing")
    assert (yes.asked, no.asked, later.asked) == (["a"], ["a"], [])
    assert yes.told == no.told == later.told == []


def test_after_a_yes_every_check_is_told() -> None:
    """Those that count orders count them all."""
    checks = [StubCheck(), StubCheck(applies_to_exits=True)]

    assert OrderValidator(checks).validate(order(), account(), WorkingOrders()) is APPROVED
    assert [check.told for check in checks] == [["a"], ["a"]]


def test_exits_skip_what_is_not_for_them_and_are_counted_all_the_same() -> None:
    """A no to entries is none to exits."""
    entries_only, all_orders = StubCheck("NO"), StubCheck(applies_to_exits=True)
    validator = OrderValidator([entries_only, all_orders])

    assert validator.validate(order(side=SELL, is_exit=True), account(), WorkingOrders()).ok

    assert (entries_only.asked, all_orders.asked) == ([], ["a"])
    assert (entries_only.told, all_orders.told) == (["a"], ["a"])


def test_an_explanation_shows_every_check_and_approves_nothing() -> None:
    """Also those after the first no; a check that does not describe itself is shown without numbers."""
    checks = [StubCheck(), StubCheck("NO"), StubCheck("LATER")]

    result = OrderValidator(checks).explain(order(), account(), WorkingOrders())

    assert (result.ok, result.code) == (False, "NO")
    assert [(one.check, one.limit, one.value, one.passed) for one in result.checks] == [
        ("Stub", "", "", True),
        ("Stub", "1 thing", "2 things", False),
        ("Stub", "1 thing", "2 things", False),
    ]
    assert all(check.told == [] for check in checks)


def test_an_explanation_says_what_is_none_of_an_exits_business() -> None:
    """It passed, for it was not asked."""
    result = OrderValidator([StubCheck("NO")]).explain(order(is_exit=True), account(), WorkingOrders())

    assert result.ok
    assert [(one.limit, one.value, one.passed) for one in result.checks] == [("entries only", "an exit", True)]


EVERYTHING = Limits(
    max_orders_per_minute=10,
    max_orders_per_symbol_per_minute=5,
    max_position_size=1000,
    max_position_value=60_000,
    max_total_exposure=80_000,
    max_exposure_pct=0.9,
    max_price_deviation_pct=0.1,
)


def test_all_checks_are_built_from_the_limits_in_order() -> None:
    """What makes no sense, what may not be, what is too much."""
    validator = build_validator(EVERYTHING, Instruments())

    assert [type(check).__name__ for check in validator.checks] == [
        "InvalidOrderCheck",
        "DuplicateOrderCheck",
        "TradingHaltedCheck",
        "ShortNotAllowedCheck",
        "MarketClosedCheck",
        "PriceCollarCheck",
        "RateLimitCheck",
        "SymbolRateLimitCheck",
        "CapitalCheck",
        "PositionSizeCheck",
        "PositionValueCheck",
        "TotalExposureCheck",
    ]


def test_limits_that_are_not_set_have_no_check() -> None:
    """The account's cash is always one."""
    validator = build_validator(Limits(regular_hours_only=False), Instruments())

    assert [type(check).__name__ for check in validator.checks] == [
        "InvalidOrderCheck",
        "DuplicateOrderCheck",
        "TradingHaltedCheck",
        "ShortNotAllowedCheck",
        "CapitalCheck",
    ]


def test_either_exposure_limit_is_enough_for_its_check() -> None:
    """Dollars or a fraction."""
    for limits in (Limits(max_total_exposure=1), Limits(max_exposure_pct=1)):
        names = [type(check).__name__ for check in build_validator(limits, Instruments()).checks]
        assert "TotalExposureCheck" in names


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"qty": "0"}, "INVALID_ORDER"),
        ({"side": SELL}, "SHORT_NOT_ALLOWED"),
        ({"time_ns": 0}, "MARKET_CLOSED"),
        ({"limit": "75"}, "PRICE_COLLAR"),
        ({"qty": "2001"}, "INSUFFICIENT_CAPITAL"),
        ({"qty": "1001"}, "POSITION_SIZE_LIMIT"),
        ({"qty": "1000", "price": 60.01}, "POSITION_VALUE_LIMIT"),
    ],
)
def test_every_code_is_the_systems(terms: dict[str, object], code: str) -> None:
    """The names in the table of the system's description."""
    validator = build_validator(EVERYTHING, Instruments())

    result = validator.validate(order(**terms), account(), WorkingOrders())  # type: ignore[arg-type]

    assert (result.ok, result.code) == (False, code)
    assert result.detail


def test_every_check_can_be_explained_when_it_passes() -> None:
    """Each says its limit and the value in words."""
    result = build_validator(EVERYTHING, Instruments()).explain(order(), account(), WorkingOrders())

    assert result.ok
    assert all(one.limit and one.value and one.passed for one in result.checks)
    assert ("Capital", "100,000 dollars", "5,000 dollars") in [(c.check, c.limit, c.value) for c in result.checks]


def test_a_validation_changes_neither_books_nor_orders() -> None:
    """It reads."""
    books, book = account(), WorkingOrders()

    build_validator(EVERYTHING, Instruments()).validate(order(), books, book)

    assert (books.cash, books.equity, list(books.positions())) == (Decimal(100_000), 100_000.0, [])
    assert len(book) == 0
