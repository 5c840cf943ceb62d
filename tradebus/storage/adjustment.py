"""adjustment: splits and dividends worked back into the prices before them.

    split      price / ratio, volume x ratio, for all bars before the ex-date
    dividend   price x (1 - dividend / close of the day before the ex-date), for all bars before the ex-date

Source: the dividend factor is the one of CRSP's adjusted prices, which Yahoo and Quandl WIKI used too
(crsp.org, Data Definitions, "Cumulative Factor to Adjust Price").
"""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from tradebus.storage.bar_table import PRICES

if TYPE_CHECKING:
    import polars as pl


class Adjustment(StrEnum):
    """What is worked into prices."""

    RAW = "raw"
    """Nothing: prices as they were."""
    SPLIT = "split"
    """Splits."""
    ALL = "all"
    """Splits and cash dividends."""


def adjust(
    table: "pl.DataFrame", actions: "pl.DataFrame", how: Adjustment, zone: str = "America/New_York"
) -> "pl.DataFrame":
    """Return a bar table with corporate actions worked into it.

    Actions outside the table's days change nothing: a split after the last bar is not known to who trades then.

    Args:
        table: A bar table of raw prices.
        actions: Columns ex_date (date), kind (`split` or `cash_dividend`), value (new shares for an old one, or dollars
            a share), of this symbol alone.
        how: What to work in.
        zone: Time zone of the days.
    """
    import polars as pl

    if how is Adjustment.RAW or not actions.height or not table.height:
        return table
    days = table["start_ns"].cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(zone).dt.date()
    price, volume = pl.lit(1.0), pl.lit(1.0)
    last = days[-1]
    for ex_date, kind, value in actions.select("ex_date", "kind", "value").sort("ex_date", "kind").iter_rows():
        before = _bars_before(days, ex_date)
        if not before or ex_date > last:
            continue
        earlier = pl.int_range(pl.len()) < before
        if kind == "split":
            price = price * pl.when(earlier).then(1 / value).otherwise(1.0)
            volume = volume * pl.when(earlier).then(value).otherwise(1.0)
        elif kind == "cash_dividend" and how is Adjustment.ALL:
            factor = 1 - value / table["close"][before - 1]
            price = price * pl.when(earlier).then(factor).otherwise(1.0)
    adjusted = [(pl.col(name) * price).alias(name) for name in (*PRICES, "vwap")]
    return table.with_columns(*adjusted, (pl.col("volume") * volume).alias("volume"))


def _bars_before(days: "pl.Series", ex_date: date) -> int:
    return int((days < ex_date).sum())
