"""commission: what a venue charges for an execution; the models are in `commissions/`, one file each."""

import math
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal
from importlib import import_module
from typing import Protocol

from tradebus.errors import InputError, NotFoundError
from tradebus.model.order import OrderRequest

_STEP = Decimal("0.000001")
_CENT = Decimal("0.01")


class CommissionModel(Protocol):
    """**Protocol:** the commission of one execution."""

    def commission(
        self, order: OrderRequest, qty: Decimal, price: Decimal, *, is_maker: bool, filled_qty: Decimal
    ) -> Decimal:
        """Return the commission in dollars; negative for a rebate.

        Args:
            order: The order that is filled.
            qty: Shares or coins of this execution, > 0.
            price: Its price in dollars.
            is_maker: Whether the order rested at its limit when it was filled.
            filled_qty: Shares or coins of the order filled before this execution; 0 for its first.
        """
        ...


def commission_names() -> list[str]:
    """Return the names of the models: the files of `commissions/`, sorted."""
    from pkgutil import iter_modules

    from tradebus.matching import commissions

    return sorted(module.name for module in iter_modules(commissions.__path__))


def commission_model(name: str, **parameters: object) -> CommissionModel:
    """Return a commission model by its name, as `commission_model("per_share", rate=0.005)`.

    Args:
        name: File of the model in `commissions/`; `per_share` has the class `PerShare`.
        parameters: Arguments of its constructor, as text or as values.

    Raises:
        NotFoundError: If there is no such model; names what there is and the nearest match.
        InputError: If a parameter is unknown, missing or of no use.
    """
    from tradebus.parameters import build, listed, nearest

    key, known = name.strip().lower().replace("-", "_"), commission_names()
    if key not in known:
        raise NotFoundError("commission", name, f"no such model{nearest(key, known)}", f"use one of {listed(known)}")
    module = import_module(f"tradebus.matching.commissions.{key}")
    model: CommissionModel = build(getattr(module, key.title().replace("_", "")), parameters, "commission.")
    return model


def dollars(field: str, value: object) -> Decimal:
    """Return a rate or an amount that a person gave, exactly as written.

    Raises:
        InputError: If it is not a finite number of 0 or more; `field` names what was set.
    """
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
        return Decimal(str(value))
    raise InputError(field, value, "must be a finite number of 0 or more", "give 0 for nothing")


def fraction(field: str, bps: float) -> Decimal:
    """Return basis points as a fraction of the whole.

    Raises:
        InputError: If it is not a finite number from 0 to 10000; `field` names what was set.
    """
    share = dollars(field, bps) / 10_000
    if share > 1:
        raise InputError(field, bps, "is more than the whole notional", "give basis points: 10 is 0.1 %")
    return share


def to_step(dollars: Decimal) -> Decimal:
    """Return dollars rounded half-even to a millionth: fine enough that the rounding never adds up to a cent."""
    return dollars.quantize(_STEP, ROUND_HALF_EVEN)


def to_cent_up(dollars: Decimal) -> Decimal:
    """Return dollars rounded up to the cent."""
    return dollars.quantize(_CENT, ROUND_UP)
