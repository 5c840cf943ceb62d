"""bar_table: bars of one symbol and timeframe as a polars DataFrame, and what is worked out on whole columns.

time_ns   Int64     end of the bar, nanoseconds since the epoch, UTC
start_ns  Int64     start of the bar, ascending
open, high, low, close, volume   Float64
trade_count   Int64, null where not known
vwap          Float64, null where not known
"""

import hashlib
import sys
from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tradebus.errors import InputError
from tradebus.model.instrument import AssetClass, default_instrument, parse_symbol
from tradebus.model.time import SECOND_NS
from tradebus.model.timeframe import Timeframe

if TYPE_CHECKING:
    import polars as pl

PRICES = ("open", "high", "low", "close")
COLUMNS = ("time_ns", "start_ns", *PRICES, "volume", "trade_count", "vwap")
_CLOSE = "16h"
_PORTION = 65_536


def bar_ends(starts: "pl.Series", timeframe: Timeframe, asset_class: AssetClass) -> "pl.Series":
    """Return the ends of bars, see `tradebus.model.timeframe` for where a day, a week and a month end.

    Args:
        starts: Starts, Int64 nanoseconds since the epoch, UTC.
        timeframe: Length of the bars.
        asset_class: Whose days they are.

    Returns:
        Int64 nanoseconds, one for each start.
    """
    import polars as pl

    if timeframe.seconds is not None:
        return starts + timeframe.seconds * SECOND_NS
    crypto, zone = asset_class is AssetClass.CRYPTO, zone_of(asset_class)
    # Calendar arithmetic on local clocks, so that a day with a change of the hour still ends at its hour.
    local = starts.cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(zone)
    day = local.dt.replace_time_zone(None).dt.truncate("1d")
    if timeframe is Timeframe.WEEK_1:
        # Two days on, so that a week that is stamped with the Saturday or Sunday before it ends on its own Friday.
        week = day.dt.offset_by("2d").dt.truncate("1w")
        end = day.dt.offset_by("7d") if crypto else _at_close(week.dt.offset_by("4d"))
    elif timeframe is Timeframe.MONTH_1:
        month = day.dt.truncate("1mo").dt.offset_by("1mo")
        # A month that ends on a weekend has its last session on the Friday before.
        last = month.dt.offset_by("-1d").dt.add_business_days(0, roll="backward")
        end = month if crypto else _at_close(last).zip_with(_at_close(last) >= day, _at_close(day))
    else:
        end = day.dt.offset_by("1d") if crypto else _at_close(day)
    return end.dt.replace_time_zone(zone).dt.convert_time_zone("UTC").cast(pl.Int64)


def _at_close(day: "pl.Series") -> "pl.Series":
    return day.dt.offset_by(_CLOSE)


def _little_endian[T: (int, float)](numbers: "array[T]") -> "array[T]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def zone_of(asset_class: AssetClass) -> str:
    """Return the name of the time zone that an asset class counts its days in."""
    return "UTC" if asset_class is AssetClass.CRYPTO else "America/New_York"


def asset_class_of(symbol: str) -> AssetClass:
    """Return the asset class of a canonical symbol."""
    return default_instrument(symbol).asset_class


def symbol_of(text: str) -> str | None:
    """Return the canonical form of a symbol as a file spells it; None if it is no symbol."""
    try:
        return parse_symbol(text)
    except InputError:
        return None


def table_hash(tables: "Iterable[tuple[str, Timeframe, pl.DataFrame]]") -> str:
    """Return the sha256 of the bars of several tables: the same bars give the same hash, however they were stored."""
    import polars as pl

    digest = hashlib.sha256()
    for symbol, timeframe, table in tables:
        digest.update(f"{symbol}|{timeframe}|{table.height}|".encode())
        for name in COLUMNS:
            kind = "q" if table[name].dtype == pl.Int64 else "d"
            for part in range(0, table.height, _PORTION):
                column = table[name].slice(part, _PORTION)
                # A null is told apart from every number by a byte of its own.
                digest.update(bytes(column.is_null().to_list()))
                digest.update(_little_endian(array(kind, column.fill_null(0).to_list())))
    return digest.hexdigest()
