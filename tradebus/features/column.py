"""column: the door between tables and indicators: checked floats in, series with nulls in the warm-up out."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tradebus.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


def checked(series: "pl.Series") -> "pl.Series":
    """Return a numeric series as Float64, all values finite.

    Raises:
        DataError: If the series is not numeric, or a value is null, NaN or infinite; names the column and the row.
    """
    import polars as pl

    if not series.dtype.is_numeric():
        raise DataError(series.name or "column", str(series.dtype), "is not a column of numbers", "cast it to Float64")
    floats = series.cast(pl.Float64)
    bad = ~floats.is_finite().fill_null(value=False)
    if bad.any():
        row = bad.arg_max() or 0
        raise DataError(
            f"{series.name or 'column'}[{row}]", floats[row], "is not a finite number", "drop or repair the row"
        )
    return floats


def to_floats(series: "pl.Series") -> list[float]:
    """Return the values of a numeric series, finite.

    Raises:
        DataError: As `checked` does.
    """
    return checked(series).to_list()


def to_series(name: str, values: Iterable[float | None]) -> "pl.Series":
    """Return a Float64 series of an indicator's values; None, during the warm-up, becomes null."""
    import polars as pl

    return pl.Series(name, list(values), dtype=pl.Float64)


def padded(name: str, values: "NDArray[np.float64]", length: int) -> "pl.Series":
    """Return a Float64 series of `length` that ends with the values; null before them, during the warm-up."""
    import polars as pl

    nulls = pl.Series(name, [None], dtype=pl.Float64).new_from_index(0, length - len(values))
    return pl.concat([nulls, pl.Series(name, values, dtype=pl.Float64)])
