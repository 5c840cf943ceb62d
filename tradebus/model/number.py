"""number: the checks of numbers that a person sets, so that every setting refuses the same nonsense in the same words.

A name that ends in `_pct` is a fraction everywhere (0.10 is 10 %); a percentage written by mistake is the error that
costs most, so it is named when it is seen.
"""

import math
from decimal import Decimal

from tradebus.errors import InputError

type Number = int | float | Decimal


def require_positive(field: str, value: Number) -> None:
    """Refuse what is not a finite number above 0.

    Raises:
        InputError: If it is zero, negative, NaN, infinite or no number; `field` names what was set.
    """
    if not (_is_number(value) and value > 0):
        raise InputError(field, value, "must be a finite number above 0", "use a number above 0")


def require_count(field: str, value: object) -> None:
    """Refuse what is not a whole number of at least 1.

    Raises:
        InputError: If it is zero, negative, not whole or no number; `field` names what was set.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError(field, value, "must be a whole number of at least 1", "use 1 or more")


def require_fraction(field: str, value: Number, name: str = "") -> None:
    """Refuse what is not a fraction: 0 < value <= 1.

    Args:
        field: What was set, in the words of the one who set it.
        value: What it was set to.
        name: Name of the parameter, where it differs from `field`.

    Raises:
        InputError: If it is outside the range, NaN or no number.
    """
    if not (_is_number(value) and 0 < value <= 1):
        fix = "use a number above 0 and at most 1, for instance 0.10 for 10 %"
        raise InputError(field, value, f"{name or field} is a fraction, was {value}", fix)


def require_proper_fraction(field: str, value: Number) -> None:
    """Refuse what is not strictly between 0 and 1.

    Raises:
        InputError: If it is outside the range, NaN or no number; `field` names what was set.
    """
    if not (_is_number(value) and 0 < value < 1):
        fix = "use a number above 0 and below 1, for instance 0.05 for 5 %"
        raise InputError(field, value, f"{field} is a fraction below 1, was {value}", fix)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value)
