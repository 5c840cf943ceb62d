"""Bars and files of bars that the tests of storage and gateways share."""

from pathlib import Path
from typing import Any

import polars as pl

from tradebus.model.time import DAY_NS
from tradebus.storage.bar_table import COLUMNS

HEADER = "timestamp,open,high,low,close,volume"
DAYS = ("2023-01-03", "2023-01-04", "2023-01-05", "2023-01-06")


def write_csv(path: Path, *rows: str, header: str = HEADER) -> Path:
    """Write a CSV file and return where it is."""
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def day_rows(*days: str, numbers: str = "10,11,9,10.5,1000") -> list[str]:
    """Return a row of the same bar for each day, or other form of time."""
    return [f"{day},{numbers}" for day in days or DAYS]


def write_days(path: Path, *days: str) -> Path:
    """Write a CSV file of one bar for each day."""
    return write_csv(path, *day_rows(*days))


def numbered(count: int = 5, **columns: Any) -> pl.DataFrame:
    """Return sound bars as `check` takes them, rows numbered from 2; what is given replaces a column."""
    sound: dict[str, list[Any]] = {
        "row": [index + 2 for index in range(count)],
        "start_ns": [index * DAY_NS for index in range(count)],
        "open": [10.0] * count,
        "high": [11.0] * count,
        "low": [9.0] * count,
        "close": [10.5] * count,
        "volume": [1000.0] * count,
        "trade_count": [7] * count,
        "vwap": [10.2] * count,
    }
    kinds = {name: pl.Int64 if name in {"row", "start_ns", "trade_count"} else pl.Float64 for name in sound}
    return pl.DataFrame({**sound, **columns}, schema=kinds)


def bar_table(count: int = 5, **columns: Any) -> pl.DataFrame:
    """Return a bar table of sound bars; what is given replaces a column."""
    frame = numbered(count, **columns)
    return frame.with_columns((frame["start_ns"] + DAY_NS).alias("time_ns")).select(COLUMNS)
