"""period: checks of the parameters of indicators and strategies that go beyond one number."""

import math

from tradebus.errors import InputError


def require_finite(field: str, value: object, minimum: float = -math.inf) -> None:
    """Refuse what is not a finite number of at least `minimum`.

    Raises:
        InputError: If it is below, NaN, infinite or no number; `field` names what was set.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(field, value, "must be a finite number", "use a number such as 0.5")
    if value < minimum:
        raise InputError(field, value, f"must be at least {minimum:g}", f"use {minimum:g} or more")


def require_shorter(field: str, value: int, longer_field: str, longer: int) -> None:
    """Refuse a period that is not shorter than the one it is compared with.

    Raises:
        InputError: If it is not; the message names both.
    """
    if value >= longer:
        fix = f"use {longer - 1} or less, or a longer {longer_field}" if longer > 1 else f"use a longer {longer_field}"
        raise InputError(field, value, f"must be below {longer_field}, which is {longer}", fix)
