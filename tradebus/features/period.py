"""period: the checks that the parameters of indicators and strategies pass, with one wording."""

import math

from tradebus.errors import InputError


def check_period(field: str, value: object, minimum: int = 1) -> int:
    """Return a number of bars, checked.

    Args:
        field: What was set, for the message.
        value: The number of bars.
        minimum: The smallest number that makes sense.

    Raises:
        InputError: If the value is not a whole number of at least `minimum`.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise InputError(field, value, f"must be a whole number of bars >= {minimum}", f"use {minimum} or more")
    return value


def check_number(field: str, value: object, minimum: float = -math.inf) -> float:
    """Return a finite number of at least `minimum` as a float.

    Raises:
        InputError: If the value is not a number, not finite or below `minimum`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(field, value, "must be a finite number", "use a number such as 0.5")
    if value < minimum:
        raise InputError(field, value, f"must be >= {minimum:g}", f"use {minimum:g} or more")
    return float(value)


def check_order(fast_field: str, fast: int, slow_field: str, slow: int) -> None:
    """Check that a fast period is shorter than the slow one it is compared with.

    Raises:
        InputError: If it is not.
    """
    if fast >= slow:
        raise InputError(fast_field, fast, f"must be below {slow_field}, which is {slow}", f"use {slow - 1} or less")
