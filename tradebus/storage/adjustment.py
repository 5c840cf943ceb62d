"""adjustment: splits and dividends worked back into the prices before them.

    split      price / ratio, volume x ratio, for all bars before the ex-date
    dividend   price x (1 - dividend / close of the last bar before the ex-date), for all bars before the ex-date

A dividend whose ex-date is that of a split is taken per old share.

Source: the dividend factor is Yahoo's ("What is the adjusted close?", help.yahoo.com; after CRSP's standards); it gives
its adj_close of AAPL to 1e-6. Quandl WIKI used close / (close + dividend) with the close of the ex-date instead, which
differs by up to 2e-4 a dividend there; that price was not known when the dividend left the share.
"""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tradebus.errors import DataError
from tradebus.storage.bar_table import PRICES, symbol_of
from tradebus.storage.file_rows import read_rows

if TYPE_CHECKING:
    import polars as pl

_SPLIT, _DIVIDEND = "split", "cash_dividend"
_COLUMNS = ("symbol", "ex_date", "kind", "value")


class Adjustment(StrEnum):
    """What is worked into prices."""

    RAW = "raw"
    """Nothing: prices as they were."""
    SPLIT = "split"
    """Splits."""
    ALL = "all"
    """Splits and cash dividends."""


def read_actions(path: Path) -> "pl.DataFrame":
    """Return the corporate actions of a CSV or Parquet file.

    Returns:
        Columns symbol, ex_date (date), kind (`split` or `cash_dividend`), value (new shares for an old one, or dollars
        a share; finite, above 0).

    Raises:
        NotFoundError: If there is no such file.
        DataError: If it cannot be read, or an action cannot be true.
    """
    import polars as pl

    rows = read_rows(path)
    missing = [name for name in _COLUMNS if name not in rows.frame.columns]
    if missing:
        problem = f"has no column {', '.join(missing)} (it has {', '.join(rows.frame.columns[:12])})"
        raise DataError("--data", str(path), problem, f"give it the columns {', '.join(_COLUMNS)}")
    given = rows.frame.select(_COLUMNS)
    ex_date = pl.col("ex_date")
    if given["ex_date"].dtype == pl.String:
        ex_date = ex_date.str.to_date("%Y-%m-%d", strict=False)
    try:
        actions = given.select(
            pl.col("symbol").cast(pl.String),
            ex_date.cast(pl.Date, strict=False),
            pl.col("kind").cast(pl.String),
            pl.col("value").cast(pl.Float64, strict=False),
        )
    except pl.exceptions.PolarsError as error:
        problem = f"has columns of the wrong kind ({str(error).partition(chr(10))[0][:120]})"
        raise DataError("--data", str(path), problem, "give dates, text and numbers") from None
    names = {name: symbol_of(name) for name in actions["symbol"].unique().drop_nulls()}
    actions = actions.with_columns(pl.col("symbol").replace_strict(names, default=None, return_dtype=pl.String))
    possible = {
        "symbol": pl.col("symbol").is_not_null(),
        "ex_date": pl.col("ex_date").is_not_null(),
        "kind": pl.col("kind").is_in([_SPLIT, _DIVIDEND]),
        "value": pl.col("value").is_finite() & (pl.col("value") > 0),
    }
    for name, rule in possible.items():
        wrong = actions.select(~rule.fill_null(value=False)).to_series().arg_true()
        if len(wrong):
            index = int(wrong[0])
            problem = f"is no {name} of a corporate action, {path.name} row {rows.first_row + index}"
            fix = "give a date as 2014-06-09, the kind split or cash_dividend, and a value above 0"
            raise DataError(name, str(given[name][index]), problem, fix)
    return actions


def adjust(
    table: "pl.DataFrame", actions: "pl.DataFrame", how: Adjustment, zone: str = "America/New_York"
) -> "pl.DataFrame":
    """Return a bar table with corporate actions worked into it, as of its last day.

    Actions with an ex-date after the last day, or on or before the first, change nothing.

    Args:
        table: A bar table of raw prices.
        actions: Columns ex_date, kind and value as `read_actions` returns them, of this symbol alone.
        how: What to work in.
        zone: Time zone of the days.

    Raises:
        DataError: If a dividend is not below the price it was paid from.
    """
    import polars as pl

    if how is Adjustment.RAW or not actions.height or not table.height:
        return table
    days = table["start_ns"].cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(zone).dt.date()
    ratio, factor = pl.lit(1.0), pl.lit(1.0)
    for ex_date, kind, value in actions.select("ex_date", "kind", "value").sort(pl.all()).iter_rows():
        before = 0 if ex_date > days[-1] else int((days < ex_date).sum())
        if not before:
            continue
        earlier = pl.int_range(pl.len()) < before
        if kind == _SPLIT:
            ratio = ratio * pl.when(earlier).then(value).otherwise(1.0)
        elif how is Adjustment.ALL:
            paid = _dividend_factor(ex_date, value, float(table["close"][before - 1]))
            factor = factor * pl.when(earlier).then(paid).otherwise(1.0)
    adjusted = [(pl.col(name) / ratio * factor).alias(name) for name in (*PRICES, "vwap")]
    return table.with_columns(*adjusted, (pl.col("volume") * ratio).alias("volume"))


def _dividend_factor(ex_date: date, dividend: float, close: float) -> float:
    if dividend >= close:
        problem = f"dividend of {ex_date} is not below the close before it ({close:g})"
        raise DataError("value", dividend, problem, "correct it, or use --adjustment split")
    return 1 - dividend / close
