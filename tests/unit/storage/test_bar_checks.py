"""Tests of tradebus/storage/bar_checks.py."""

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.storage.bars import numbered
from tradebus.model.time import DAY_NS
from tradebus.storage.bar_checks import check, drop, refuse, report

NUMBER = "is no finite number"
POSITIVE = "must be above 0"


def with_cell(column: str, value: Any, index: int = 2) -> pl.DataFrame:
    """Return sound bars with another value in one cell."""
    cells = numbered()[column].to_list()
    cells[index] = value
    return numbered(5, **{column: cells})


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        *((name, value, NUMBER) for name in ("open", "high", "low", "close") for value in (None, math.nan, math.inf)),
        *((name, value, POSITIVE) for name in ("open", "high", "low", "close") for value in (0.0, -10.0)),
        *(("volume", value, NUMBER) for value in (None, math.nan, math.inf)),
        ("volume", -1.0, "must not be negative"),
        ("trade_count", -1, "must not be negative"),
        ("high", 10.4, "is below another price of the bar"),
        ("high", 8.0, "is below another price of the bar"),
        ("low", 10.1, "is above another price of the bar"),
        ("vwap", 11.01, "lies outside the bar"),
        ("vwap", 8.99, "lies outside the bar"),
        ("vwap", math.nan, "lies outside the bar"),
    ],
)
def test_what_cannot_be_true_is_found(column: str, value: Any, what: str) -> None:
    """Each impossible cell is one problem, that names row, time, column, value and what is wrong."""
    (problem,) = check(with_cell(column, value))

    assert (problem.row, problem.time_ns, problem.column, problem.what) == (4, 2 * DAY_NS, column, what)
    assert problem.value is value or problem.value == value or math.isnan(value)
    assert not problem.is_order


@pytest.mark.parametrize(
    ("column", "value"),
    [("volume", 0.0), ("trade_count", None), ("trade_count", 0), ("vwap", None), ("vwap", 11.0001), ("high", 10.5)],
)
def test_what_can_be_true_is_let_through(column: str, value: Any) -> None:
    """A bar without trades, without a vwap or a count, or with a vwap that was rounded is a bar."""
    assert check(with_cell(column, value)) == []


def test_no_bars_have_no_problems() -> None:
    """An empty table is sound."""
    assert check(numbered(0)) == []


def test_a_row_has_one_problem() -> None:
    """Of several things that are wrong with a row the first is told; rows come in the order of the file."""
    frame = numbered(3, open=[0.0, 10.0, math.nan], volume=[-1.0, -2.0, 5.0], start_ns=[0, 0, 0])

    assert [(one.row, one.column, one.what) for one in check(frame)] == [
        (2, "open", POSITIVE),
        (3, "volume", "must not be negative"),
        (4, "open", NUMBER),
    ]


def test_a_copy_is_told_from_a_contradiction() -> None:
    """A time that comes twice is found anywhere in the file, and whether its numbers are the same."""
    frame = numbered(4, start_ns=[0, DAY_NS, 0, DAY_NS], close=[10.5, 10.5, 10.5, 10.4])

    assert [(one.row, one.column, one.what) for one in check(frame)] == [
        (4, "timestamp", "repeats an earlier row"),
        (5, "timestamp", "is the time of an earlier row with other numbers"),
    ]


def test_rows_that_go_back_in_time_are_found() -> None:
    """A row that stands after a later one is found; the row after it is in order again."""
    frame = numbered(5, start_ns=[0, 2 * DAY_NS, DAY_NS, 3 * DAY_NS, 4 * DAY_NS])
    (problem,) = check(frame)

    assert (problem.row, problem.what, problem.is_order) == (4, "goes back in time", True)


def test_the_refusal_is_one_line_with_a_fix() -> None:
    """The error names the column, the value, the file, the row, its time, and how many more there are."""
    frame = numbered(open=[10.0, -1.0, -2.0, -3.0, 10.0])

    error = refuse(check(frame), "x.csv")

    assert str(error) == (
        "open=-1.0: must be above 0, x.csv row 3, 1970-01-02T00:00:00Z (and 2 more rows). "
        "Fix: correct the data, or leave such rows out with --repair drop"
    )
    assert (error.field, error.value) == ("open", "-1.0")


def test_the_refusal_of_a_wrong_order_advises_to_sort() -> None:
    """Newest first is no fault of the rows; the time is the value and not said twice."""
    error = refuse(check(numbered(2, start_ns=[DAY_NS, 0])), "x.csv")

    assert str(error) == (
        "timestamp=1970-01-01T00:00:00Z: goes back in time, x.csv row 3. "
        "Fix: sort the rows by time, or have it done with --repair drop"
    )


def test_dropping_keeps_the_first_sound_row_of_a_time() -> None:
    """Of rows with one time, the first that can be true stays; the rest is sorted and nothing is lost."""
    frame = numbered(
        5, start_ns=[3 * DAY_NS, DAY_NS, DAY_NS, DAY_NS, 0], open=[10.0, -1.0, 10.1, 10.2, 10.0], volume=[1, 2, 3, 4, 5]
    )
    problems = check(frame)

    kept = drop(frame, problems)

    assert kept["row"].to_list() == [6, 4, 2]
    assert kept["start_ns"].to_list() == [0, DAY_NS, 3 * DAY_NS]
    second = "1970-01-02T00:00:00Z"
    assert report(problems, "x.csv") == [
        "x.csv: left out row 3 (1970-01-02T00:00:00Z): open=-1.0 must be above 0",
        f"x.csv: left out row 5 ({second}): timestamp={second} is the time of an earlier row with other numbers",
        "x.csv: sorted by time, 2 rows stood after a later one",
    ]


def test_a_report_is_short() -> None:
    """Twenty rows are told one by one, the others as a sum; without problems there is no report."""
    lines = report(check(numbered(1_030, open=[-1.0] * 1_030)), "x.csv")

    assert len(lines) == 21
    assert lines[-1] == "x.csv: left out 1,010 more rows"
    assert report([], "x.csv") == []


CELLS = st.sampled_from([9.0, 10.0, 11.0, 0.0, -1.0, math.nan, math.inf, None])


@settings(max_examples=60)
@given(st.data())
def test_what_was_dropped_makes_sound_bars(data: st.DataObject) -> None:
    """Whatever the rows, those that stay pass all checks, are sorted and have a time each; no sound time is lost."""
    count = data.draw(st.integers(0, 12))
    column = st.lists(CELLS, min_size=count, max_size=count)
    days = data.draw(st.lists(st.integers(0, 8), min_size=count, max_size=count))
    drawn = {name: data.draw(column) for name in ("open", "high", "low", "close", "volume", "vwap")}
    frame = numbered(count, start_ns=[day * DAY_NS for day in days], **drawn)

    problems = check(frame)
    kept = drop(frame, problems)

    assert check(kept) == []
    times = kept["start_ns"].to_list()
    assert times == sorted(set(times))
    left_out = {problem.row for problem in problems if not problem.is_order}
    assert set(kept["row"]) == set(frame["row"]) - left_out
    assert len(left_out) + kept.height == count


def test_the_two_bad_rows_of_the_data_sets_are_found(market_data: Path) -> None:
    """Yahoo's two errors in SPY are found, and nothing else in 13,758 daily bars of three symbols."""
    rows = pl.read_parquet(market_data / "equity_daily_splitadj.parquet")
    starts = pl.col("timestamp").dt.cast_time_unit("ns").cast(pl.Int64).alias("start_ns")
    found = []
    for symbol in ("AAPL", "MSFT", "SPY"):
        frame = rows.filter(pl.col("symbol") == symbol).with_row_index("row", 1).with_columns(starts)
        found += [(symbol, *str(problem).split(": ")) for problem in check(frame.drop("symbol", "timestamp"))]

    low = "is above another price of the bar"
    assert found == [
        ("SPY", "row 1807 (2015-03-05T05:00:00Z)", f"low=209.850006 {low}"),
        ("SPY", "row 1824 (2015-03-30T04:00:00Z)", f"low=206.960007 {low}"),
    ]
