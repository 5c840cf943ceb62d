"""validator: an order against all checks, in order; the first no wins.

OrderSized -> OrderApproved | OrderRejected(code, detail)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderRequest
from tradebus.model.portfolio import Account
from tradebus.ports import Book, Check
from tradebus.risk.checks.capital import CapitalCheck
from tradebus.risk.checks.duplicate_order import DuplicateOrderCheck
from tradebus.risk.checks.invalid_order import InvalidOrderCheck
from tradebus.risk.checks.market_closed import MarketClosedCheck
from tradebus.risk.checks.position_size import PositionSizeCheck
from tradebus.risk.checks.position_value import PositionValueCheck
from tradebus.risk.checks.price_collar import PriceCollarCheck
from tradebus.risk.checks.rate_limit import RateLimitCheck
from tradebus.risk.checks.short_not_allowed import ShortNotAllowedCheck
from tradebus.risk.checks.symbol_rate_limit import SymbolRateLimitCheck
from tradebus.risk.checks.total_exposure import TotalExposureCheck
from tradebus.risk.checks.trading_halted import TradingHaltedCheck
from tradebus.risk.limits import Limits


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What one check said of an order.

    Attributes:
        check: Name of the check's class without `Check`.
        limit: What is allowed, as text with its unit; empty if the check does not say.
        value: What was asked, as text with its unit; empty if the check does not say.
        passed: Whether it said yes, or is none of an exit's business.
    """

    check: str
    limit: str
    value: str
    passed: bool


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """What came of a validation.

    Attributes:
        ok: Whether the order may go out.
        code: Stable name of the reason for no; empty for yes.
        detail: The same for people; empty for yes.
        checks: What each check said, in their order; filled by `OrderValidator.explain` alone, for it costs more than
            the validation.
    """

    ok: bool
    code: str = ""
    detail: str = ""
    checks: tuple[CheckOutcome, ...] = ()


APPROVED = ValidationResult(ok=True)
"""The yes of `OrderValidator.validate`, shared."""


class OrderValidator:
    """Asks the checks in the given order.

    An order that only reduces a position skips the checks that do not apply to exits. After a yes the checks that count
    orders are told, of exits too. A refused order leaves no trace.

    Args:
        checks: Asked first to last.
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        self._for_exits = tuple(check for check in self.checks if check.applies_to_exits)
        found = (getattr(check, "approved", None) for check in self.checks)
        self._counting: tuple[Callable[[OrderRequest], None], ...] = tuple(hook for hook in found if hook is not None)

    def validate(self, order: OrderRequest, account: Account, book: Book) -> ValidationResult:
        """Return a yes, with which the checks take note of the order, or the first no."""
        for check in self._for_exits if order.is_exit else self.checks:
            refusal = check.validate(order, account, book)
            if refusal is not None:
                return ValidationResult(False, refusal.code, refusal.detail)
        for approved in self._counting:
            approved(order)
        return APPROVED

    def explain(self, order: OrderRequest, account: Account, book: Book) -> ValidationResult:
        """Return what `validate` would, with every check's limit and value, without approving anything."""
        outcomes = []
        code = detail = ""
        for check in self.checks:
            applies = check.applies_to_exits or not order.is_exit
            refusal = check.validate(order, account, book) if applies else None
            if refusal is not None:
                limit, value = refusal.limit, refusal.value
                if not code:
                    code, detail = refusal.code, refusal.detail
            elif applies:
                describe = getattr(check, "describe", None)
                limit, value = ("", "") if describe is None else describe(order, account, book)
            else:
                limit, value = "entries only", "an exit"
            name = type(check).__name__.removesuffix("Check")
            outcomes.append(CheckOutcome(name, limit, value, passed=refusal is None))
        return ValidationResult(not code, code, detail, tuple(outcomes))


def build_validator(limits: Limits, instruments: Instruments) -> OrderValidator:
    """Return the validator with every check that the limits ask for.

    What makes no sense is refused first, then what may not be, then what is too much.

    Args:
        limits: What an order may do at most.
        instruments: Steps, hours and whether they can be sold short.
    """
    checks: list[Check] = [
        InvalidOrderCheck(instruments),
        DuplicateOrderCheck(),
        TradingHaltedCheck(),
        ShortNotAllowedCheck(instruments, allow_short=limits.allow_short),
    ]
    if limits.regular_hours_only:
        checks.append(MarketClosedCheck(instruments))
    if limits.max_price_deviation_pct is not None:
        checks.append(PriceCollarCheck(limits.max_price_deviation_pct))
    if limits.max_orders_per_minute is not None:
        checks.append(RateLimitCheck(limits.max_orders_per_minute))
    if limits.max_orders_per_symbol_per_minute is not None:
        checks.append(SymbolRateLimitCheck(limits.max_orders_per_symbol_per_minute))
    checks.append(CapitalCheck())
    if limits.max_position_size is not None:
        checks.append(PositionSizeCheck(limits.max_position_size))
    if limits.max_position_value is not None:
        checks.append(PositionValueCheck(limits.max_position_value))
    if limits.max_total_exposure is not None or limits.max_exposure_pct is not None:
        checks.append(TotalExposureCheck(limits.max_total_exposure, limits.max_exposure_pct))
    return OrderValidator(checks)
