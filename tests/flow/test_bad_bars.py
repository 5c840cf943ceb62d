"""Every file of bars that cannot be true: one line that names row, column, value and fix, and nothing written."""

import gzip
import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.flow.conftest import Run
from tests.flow.test_bad_input import assert_refused

HEAD = "timestamp,open,high,low,close,volume"
DAYS = (3, 4, 5, 6, 9, 10, 11, 12, 13)
ROWS = [f"2023-01-{day:02},10,11,9,10.5,1000" for day in DAYS]
GIVEN = ("--symbol", "AAPL", "--data", "d.csv")
HOURS = (*GIVEN, "--timeframe", "1Hour")


def csv(*rows: str, head: str = HEAD) -> str:
    """Return a file of rows."""
    return "\n".join([head, *rows, ""])


def changed(index: int, row: str) -> str:
    """Return a good file with one row in place of another; the first is row 2 of the file."""
    return csv(*ROWS[:index], row, *ROWS[index + 1 :])


def test_good_bars_are_accepted(tradebus: Run) -> None:
    """What the tests below change is good before, with a bar without volume too."""
    ran = tradebus("backtest", *GIVEN, "--json", files={"d.csv": changed(3, "2023-01-06,10,11,9,10.5,0")})

    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["bar_count"] == len(ROWS)


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "volume"])
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("NaN", "nan: is no finite number"),
        ("inf", "inf: is no finite number"),
        ("-inf", "-inf: is no finite number"),
        ("1e400", "inf: is no finite number"),
        ("", "None: is no finite number"),
        ("-1", "-1.0: must "),
        ("ten", "ten: is no number"),
        ("1_000", "1_000: is no number"),
        ('"1,000"', "1,000: is no number"),
    ],
)
def test_a_number_that_is_none_is_refused(tradebus: Run, column: str, value: str, problem: str) -> None:
    """In every column, with the row and the day."""
    cells = dict(zip(HEAD.split(","), ROWS[2].split(","), strict=True)) | {column: value}

    ran = tradebus("backtest", *GIVEN, files={"d.csv": changed(2, ",".join(cells.values()))})

    assert (ran.code, ran.out, ran.written) == (1, "", ())
    (line,) = ran.err.splitlines()
    assert line.startswith(f"error: {column}={problem}")
    assert "d.csv row 4" in line
    assert ". Fix: " in line


@pytest.mark.parametrize(
    ("row", "begin"),
    [
        ("2023-01-05,10,11,9,0,1000", "close=0.0: must be above 0, d.csv row 4, 2023-01-05T05:00:00Z. Fix: correct"),
        ("2023-01-05,10,8,9,10,1000", "high=8.0: is below another price of the bar, d.csv row 4"),
        ("2023-01-05,10,11,10.2,10.5,1000", "low=10.2: is above another price of the bar, d.csv row 4"),
        ("2023-01-04,10,11,9,10.5,1000", "timestamp=2023-01-04T05:00:00Z: repeats an earlier row, d.csv row 4"),
        ("2023-01-04,10,11,9,10,1000", "timestamp=2023-01-04T05:00:00Z: is the time of an earlier row with other"),
        ("2022-12-30,10,11,9,10,1000", "timestamp=2022-12-30T05:00:00Z: goes back in time, d.csv row 4"),
        ("2023-02-30,10,11,9,10,1000", "timestamp=2023-02-30: is no time like the other rows', d.csv row 4"),
        ("2023-01-05", "open=None: is no finite number, d.csv row 4"),
        ("2023-01-05,10,11,9,10,1000,5,6", "--data=d.csv: cannot be read as CSV (a row has more fields"),
        ("1672894800,10,11,9,10,1000", "timestamp=1672894800: is no time like the other rows', d.csv row 4"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused(tradebus: Run, row: str, begin: str) -> None:
    """With what is wrong with it."""
    assert_refused(tradebus, GIVEN, 1, begin, {"d.csv": changed(2, row)})


@pytest.mark.parametrize(
    ("bad", "count", "says"),
    [
        ("2023-01-05,10,11,9,NaN,1000", 8, ["left out row 4 (2023-01-05T05:00:00Z): close=nan is no finite number"]),
        ("2023-01-05,10,11,9,-1,1000", 8, ["left out row 4 (2023-01-05T05:00:00Z): close=-1.0 must be above 0"]),
        ("2023-01-05,10,8,9,10,1000", 8, ["left out row 4 (2023-01-05T05:00:00Z): high=8.0 is below another"]),
        ("2023-01-05,10,11,9,10,-1", 8, ["left out row 4 (2023-01-05T05:00:00Z): volume=-1.0 must not be negative"]),
        ("2023-01-04,10,11,9,10.5,9", 8, ["left out row 4 (2023-01-04T05:00:00Z): timestamp=2023-01-04T05:00:00Z is"]),
        ("2023-01-17,10,11,9,10,1000", 9, ["sorted by time, "]),
    ],
)
def test_repairing_says_what_it_does(tradebus: Run, bad: str, count: int, says: list[str]) -> None:
    """Rows that cannot be true are left out and named on standard error, rows out of order are sorted."""
    ran = tradebus("backtest", *GIVEN, "--repair", "drop", "--json", files={"d.csv": changed(2, bad)})

    assert ran.code == 0
    assert json.loads(ran.out)["bar_count"] == count
    lines = ran.err.splitlines()
    assert len(lines) == len(says)
    for line, said in zip(lines, says, strict=True):
        assert line.startswith(f"d.csv: {said}")


def test_repairing_leaves_something_or_refuses(tradebus: Run) -> None:
    """A file of nothing but bad rows is no file of bars."""
    rows = [row.replace("10.5", "-1") for row in ROWS]

    assert_refused(
        tradebus, (*GIVEN, "--repair", "drop"), 1, "--repair=drop: leaves nothing of d.csv", {"d.csv": csv(*rows)}
    )


@pytest.mark.parametrize(
    ("arguments", "rows", "code", "begin"),
    [
        (HOURS, ["2023-01-05T10:00:00", "2023-01-05T11:00:00"], 1, "timestamp=2023-01-05T10:00:00: has no time zone"),
        (HOURS, ["2023-01-05", "2023-01-06"], 1, "timestamp=2023-01-05: is a day, not the start of a 1Hour bar"),
        (HOURS, ["2023-03-12 01:30", "2023-03-12 02:30"], 1, "timestamp=2023-03-12 02:30: does not exist in"),
        (HOURS, ["2023-11-05 01:30", "2023-11-05 02:30"], 1, "timestamp=2023-11-05 01:30: does not exist in"),
        (GIVEN, ["2023-01-03T00:00:00Z"], 1, "timestamp=2023-01-03T00:00:00Z: is 2023-01-02 19:00 in New York, not"),
        (GIVEN, ["1672756200"], 1, "timestamp=1672756200: is no time, d.csv row 2"),
        (GIVEN, ["1672756200000"], 1, "timestamp=1672756200000: is no time, d.csv row 2"),
        (GIVEN, ["01/03/2023", "01/04/2023"], 1, "timestamp=01/03/2023: is no time, d.csv row 2"),
        (GIVEN, ["0001-01-01"], 1, "timestamp=0001-01-01: is no possible time, d.csv row 2"),
        (GIVEN, [""], 1, "timestamp="),
        ((*GIVEN, "--timeframe", "1Week"), ["2023-01-03", "2023-01-04"], 1, "--timeframe=1Week: d.csv has a bar at"),
        (
            (*GIVEN, "--timeframe", "1Min"),
            [f"2023-01-03T{hour:02}:00:00Z" for hour in range(12)],
            1,
            "--timeframe=1Min",
        ),
        (("--symbol", "BTC/USD", *GIVEN[2:]), ["2023-01-03T05:00:00Z"], 1, "timestamp=2023-01-03T05:00:00Z: is 2023"),
    ],
)
def test_times_that_cannot_be_placed_are_refused(
    tradebus: Run, arguments: tuple[str, ...], rows: list[str], code: int, begin: str
) -> None:
    """Without a zone, in no day, in an hour that the clocks skip or repeat, or of another timeframe."""
    zone = ("--timezone", "America/New_York") if "does not exist" in begin else ()
    file = csv(*(f"{row},10,11,9,10.5,1000" for row in rows))

    assert_refused(tradebus, (*arguments, *zone), code, begin, {"d.csv": file})


def _trunk() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"timestamp": [datetime(2023, 1, 3, 5, tzinfo=UTC)], "open": [1.0]}).write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "begin"),
    [
        ("", "--data=d.csv: is empty"),
        ("\n\n", "--data=d.csv: is empty"),
        (csv(), "--data=d.csv: has no rows"),
        (csv(*ROWS[1:], head=ROWS[0]), "--data=d.csv: has no column timestamp, open, high, low, close, volume (it has"),
        (csv("2023-01-03,1", head="timestamp,open"), "--data=d.csv: has no column high, low, close, volume (it has"),
        (csv(*ROWS).replace(",", ";"), "--data=d.csv: has no column timestamp,"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "--data=d.csv: is neither CSV nor Parquet"),
        (bytes(range(128, 256)) * 40, "--data=d.csv: has no column timestamp,"),
        (csv(*ROWS).encode("utf-16"), "--data=d.csv: is neither CSV nor Parquet"),
        (csv(*ROWS).encode() + b"\xff\xfe\xfd,1,2,3,4,5\n", "--data=d.csv: cannot be read as CSV"),
        ("<!doctype html><html></html>", "--data=d.csv: is neither CSV nor Parquet"),
        ('{"bars": []}', "--data=d.csv: is neither CSV nor Parquet"),
        ("[1, 2]", "--data=d.csv: is neither CSV nor Parquet"),
        (b"PAR1aaaa", "--data=d.csv: is no whole Parquet file"),
        (_trunk()[:-20], "--data=d.csv: is no whole Parquet file"),
        (_trunk(), "--data=d.csv: has no column high, low, close, volume (it has timestamp, open)"),
        (gzip.compress(csv(*ROWS).encode(), mtime=0)[:-20], "--data=d.csv: is no whole gzip file"),
    ],
)
def test_what_is_no_file_of_bars_is_refused(tradebus: Run, content: str | bytes, begin: str) -> None:
    """Told by its content, not by its name."""
    assert_refused(tradebus, GIVEN, 1, begin, {"d.csv": content})


def test_a_symbol_has_to_be_in_the_file_or_folder(tradebus: Run) -> None:
    """Code 4, with what there is."""
    file = csv(*(f"{row},MSFT" for row in ROWS), head=f"{HEAD},symbol")

    assert_refused(tradebus, GIVEN, 4, "--symbol=AAPL: is not in d.csv. Fix: use one of MSFT", {"d.csv": file})
    assert_refused(tradebus, ("--symbol", "AAPL", "--data", "."), 4, "--symbol=AAPL: no 1Day bars of AAPL in .")
    files = {"one/AAPL_1Hour.csv": "x"}
    assert_refused(tradebus, ("--symbol", "AAPL", "--data", "one"), 4, "--timeframe=1Day: no 1Day bars of AAPL", files)


def test_one_file_is_not_the_bars_of_two_symbols(tradebus: Run) -> None:
    """Unless it says whose they are."""
    files = {"d.csv": csv(*ROWS)}

    assert_refused(tradebus, ("--symbol", "AAPL,MSFT", *GIVEN[2:]), 2, "--symbol=MSFT: has no column symbol", files)
