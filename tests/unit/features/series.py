"""Series that the tests of the indicators share."""

from hypothesis import strategies as st

PRICES = st.lists(st.floats(1e-4, 1e6, allow_subnormal=False), max_size=120)
"""Closes, wilder than any market, within the factor for which both ways of computing are equal bit for bit."""

PERIODS = st.integers(1, 30)


def bits(values: list[float | None]) -> list[str | None]:
    """Return floats so that only equal bits are equal."""
    return [None if value is None else value.hex() for value in values]
