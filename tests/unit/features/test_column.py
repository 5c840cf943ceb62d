"""Tests of tradebus/features/column.py."""

import math

import numpy as np
import polars as pl
import pytest

from tradebus.errors import DataError
from tradebus.features.column import checked, padded, to_floats, to_series


def test_numbers_of_any_kind_become_floats() -> None:
    """Integers and single floats are prices too."""
    assert to_floats(pl.Series("close", [1, 2])) == [1.0, 2.0]
    assert checked(pl.Series("close", [1.5], dtype=pl.Float32)).dtype == pl.Float64
    assert to_floats(pl.Series("close", [], dtype=pl.Float64)) == []


@pytest.mark.parametrize("bad", [None, math.nan, math.inf])
def test_a_value_that_is_no_price_is_refused_with_its_row(bad: float | None) -> None:
    """An indicator over a gap would be wrong without a sign of it."""
    with pytest.raises(DataError, match=r"close\[1\]=.*not a finite number"):
        to_floats(pl.Series("close", [1.0, bad, 2.0]))


def test_a_column_of_text_is_refused() -> None:
    """It is not guessed at."""
    with pytest.raises(DataError, match="column=String: is not a column of numbers"):
        checked(pl.Series("", ["1"]))


def test_none_becomes_null() -> None:
    """The warm-up is empty, not NaN."""
    assert to_series("x", [None, 1.0]).to_list() == [None, 1.0]
    assert to_series("x", []).dtype == pl.Float64


def test_values_are_padded_in_front() -> None:
    """The last value belongs to the last row."""
    assert padded("x", np.array([2.0]), 3).to_list() == [None, None, 2.0]
    assert padded("x", np.array([]), 2).to_list() == [None, None]
    assert padded("x", np.array([]), 0).to_list() == []
