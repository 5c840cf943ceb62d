"""Tests of tradebus/storage/bar_file.py."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.unit.storage.bars import HEADER, day_rows, write_csv, write_days
from tradebus.errors import DataError, NotFoundError
from tradebus.model.time import NEW_YORK, to_ns
from tradebus.model.timeframe import Timeframe
from tradebus.storage.bar_file import read_bars
from tradebus.storage.bar_table import COLUMNS

DAY_1 = Timeframe.DAY_1


def new_york_ns(day: int, hour: int = 0) -> int:
    """Return an hour of a day of January 2023 in New York."""
    return to_ns(datetime(2023, 1, day, hour, tzinfo=NEW_YORK))


def test_a_file_becomes_a_bar_table(tmp_path: Path) -> None:
    """The table has exactly the columns of a bar table, in their order and types, with the ends of the bars."""
    path = write_csv(tmp_path / "x.csv", "2023-01-03,10,11,9,10.5,1000,7,10.2", header=f"{HEADER},trade_count,vwap")

    read = read_bars(path, "AAPL", DAY_1)

    assert tuple(read.table.columns) == COLUMNS
    whole = {"time_ns", "start_ns", "trade_count"}
    assert read.table.dtypes == [pl.Int64 if name in whole else pl.Float64 for name in COLUMNS]
    assert read.table.row(0) == (new_york_ns(3, 16), new_york_ns(3), 10.0, 11.0, 9.0, 10.5, 1000.0, 7, 10.2)
    assert (read.repairs, read.names_symbol) == ([], False)


@pytest.mark.parametrize(
    "header",
    [
        "timestamp,open,high,low,close,volume",
        "Date,Open,High,Low,Close,Volume",
        "t,o,h,l,c,v",
        " TIME , OPEN , HIGH , LOW , CLOSE , VOL ",
        "datetime,open,high,low,close,volume",
        "Date,Open,High,Low,Close,Volume,Adj Close",
    ],
)
def test_columns_are_found_by_their_usual_names(tmp_path: Path, header: str) -> None:
    """Names are found in any case, with spaces around them, and by their usual short forms."""
    row = "2023-01-03,10,11,9,10.5,1000" + ",5" * (header.count(",") - 5)

    table = read_bars(write_csv(tmp_path / "x.csv", row, header=header), "AAPL", DAY_1).table

    assert table.select("open", "high", "low", "close", "volume").row(0) == (10.0, 11.0, 9.0, 10.5, 1000.0)
    assert table.select("trade_count", "vwap").row(0) == (None, None)


def test_csv_and_parquet_give_the_same_bars(tmp_path: Path) -> None:
    """What a file is stored as does not change what is read from it; whole numbers become the table's types."""
    csv = write_days(tmp_path / "x.csv")
    rows = pl.read_csv(csv, try_parse_dates=True).with_columns(pl.col("open", "volume").cast(pl.Int32))
    rows.write_parquet(tmp_path / "x.parquet")

    assert read_bars(tmp_path / "x.parquet", "AAPL", DAY_1).table.equals(read_bars(csv, "AAPL", DAY_1).table)


def test_the_rows_of_the_symbol_are_taken(tmp_path: Path) -> None:
    """A file may hold several symbols, in any spelling of theirs; rows are numbered as they stand in the file."""
    rows = ["2023-01-03,10,11,9,10.5,1000,aapl", "2023-01-03,20,21,19,20,9,BTC-USD", "2023-01-04,1,-5,9,1,1,AAPL"]
    path = write_csv(tmp_path / "x.csv", *rows, header=f"{HEADER},Ticker")

    read = read_bars(path, "BTC/USD", DAY_1)

    assert (read.table["open"].to_list(), read.names_symbol) == ([20.0], True)
    with pytest.raises(DataError, match=r"high=-5\.0: must be above 0, x\.csv row 4"):
        read_bars(path, "AAPL", DAY_1)


def test_a_symbol_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    """The error lists what is there, names that are no symbols too, and not all of very many."""
    names = ["MSFT", "not one!", *(f"A{chr(65 + index)}" for index in range(20))]
    rows = [f"2023-01-03,10,11,9,10.5,1000,{name}" for name in names]
    path = write_csv(tmp_path / "x.csv", *rows, header=f"{HEADER},symbol")

    with pytest.raises(NotFoundError, match=r"symbol=AAPL: is not in x\.csv\. Fix: use one of AB?A, .* and 10 more"):
        read_bars(path, "AAPL", DAY_1)


def test_a_column_of_symbols_may_be_empty(tmp_path: Path) -> None:
    """A column without a symbol in it says as little as none."""
    path = write_csv(tmp_path / "x.csv", "2023-01-03,10,11,9,10.5,1000,", header=f"{HEADER},symbol")

    read = read_bars(path, "AAPL", DAY_1)

    assert (read.table.height, read.names_symbol) == (1, False)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """The error names what is missing and what is there."""
    path = write_csv(tmp_path / "x.csv", "2023-01-03,1", header="day,price")

    with pytest.raises(DataError, match=r"x\.csv: has no column timestamp, open, .*, volume \(it has day, price\)"):
        read_bars(path, "AAPL", DAY_1)


@pytest.mark.parametrize("rows", [(), ("", ",,,,,")])
def test_a_file_without_rows_is_refused(tmp_path: Path, rows: tuple[str, ...]) -> None:
    """A header and empty lines are no bars."""
    with pytest.raises(DataError, match="has no rows"):
        read_bars(write_csv(tmp_path / "x.csv", *rows), "AAPL", DAY_1)


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    """Empty lines are no rows, but count as lines."""
    path = write_csv(tmp_path / "x.csv", *day_rows("2023-01-03"), "", "2023-01-04,10,x,9,10.5,1000", "")

    with pytest.raises(DataError, match=r"high=x: is no number, x\.csv row 4"):
        read_bars(path, "AAPL", DAY_1)


@pytest.mark.parametrize("text", ["1,5", "1_000", "$10", "ten", "0x10"])
def test_what_is_no_number_is_refused(tmp_path: Path, text: str) -> None:
    """The error names column, text, row and the form to use."""
    path = write_csv(tmp_path / "x.csv", *day_rows("2023-01-03"), f'2023-01-04,"{text}",11,9,10.5,1000')

    with pytest.raises(
        DataError, match=r"open=.*: is no number, x\.csv row 3\. Fix: write numbers with a decimal point"
    ):
        read_bars(path, "AAPL", DAY_1)


@pytest.mark.parametrize(("text", "shown"), [("", "None"), ("nan", "nan"), ("inf", "inf")])
def test_what_is_no_finite_number_is_refused(tmp_path: Path, text: str, shown: str) -> None:
    """Nothing, NaN and infinity are read and then found by the checks."""
    path = write_csv(tmp_path / "x.csv", f"2023-01-03,10,11,9,{text},1000")

    with pytest.raises(DataError, match=rf"close={shown}: is no finite number, x\.csv row 2, 2023-01-03T05:00:00Z"):
        read_bars(path, "AAPL", DAY_1)


def test_columns_of_another_kind_are_refused(tmp_path: Path) -> None:
    """Lists, truth values and the like are neither prices nor symbols."""
    day = datetime(2023, 1, 3, 5, tzinfo=UTC)
    good = {"timestamp": [day], "open": [10], "high": [11], "low": [9], "close": [10], "volume": [1]}
    for wrong in ({"low": [[9]]}, {"low": [True]}, {"symbol": [1.5]}, {"symbol": [["AAPL"]]}):
        pl.DataFrame({**good, **wrong}).write_parquet(tmp_path / "x.parquet")
        with pytest.raises(DataError, match=r"is of a kind \(.*\) that (low|symbol) cannot be, x\.parquet"):
            read_bars(tmp_path / "x.parquet", "AAPL", DAY_1)


def test_symbols_may_be_categories(tmp_path: Path) -> None:
    """Parquet files often store symbols as categories."""
    day = datetime(2023, 1, 3, 5, tzinfo=UTC)
    rows = pl.DataFrame(
        {"timestamp": [day], "open": [10], "high": [11], "low": [9], "close": [10], "volume": [1], "symbol": ["AAPL"]},
        schema_overrides={"symbol": pl.Categorical},
    )
    rows.write_parquet(tmp_path / "x.parquet")

    assert read_bars(tmp_path / "x.parquet", "AAPL", DAY_1).names_symbol


@pytest.mark.parametrize(("volume", "vwap"), [("0", "0"), ("0", "77"), ("1000", "nan"), ("1000", "")])
def test_a_vwap_of_nothing_is_not_known(tmp_path: Path, volume: str, vwap: str) -> None:
    """What vendors write where nothing was traded, and NaN, mean that there is no vwap."""
    path = write_csv(tmp_path / "x.csv", f"2023-01-03,10,11,9,10.5,{volume},{vwap}", header=f"{HEADER},vwap")

    assert read_bars(path, "AAPL", DAY_1).table["vwap"].to_list() == [None]


def test_repairing_leaves_out_what_cannot_be_true(tmp_path: Path) -> None:
    """With repair, bad rows are left out, the rest is sorted, and each change is told; without, one line refuses."""
    rows = [*day_rows("2023-01-05", "2023-01-04"), "2023-01-04,1,1,1,1,1", "2023-01-03,-1,11,9,10.5,1"]
    path = write_csv(tmp_path / "x.csv", *rows)

    read = read_bars(path, "AAPL", DAY_1, repair=True)

    assert read.table["start_ns"].to_list() == [new_york_ns(4), new_york_ns(5)]
    assert [line.partition(": ")[2][:20] for line in read.repairs] == [
        "left out row 4 (2023",
        "left out row 5 (2023",
        "sorted by time, 1 ro",
    ]
    with pytest.raises(DataError, match=r"row 3.*\(and 2 more rows\)"):
        read_bars(path, "AAPL", DAY_1)


def test_repairing_does_not_make_bars_of_nothing(tmp_path: Path) -> None:
    """A file of which no row can be true is refused with repair, too."""
    path = write_csv(tmp_path / "x.csv", *day_rows("2023-01-03", "2023-01-04", numbers="10,11,9,-1,5"))

    with pytest.raises(
        DataError, match=r"--repair=drop: leaves nothing of x\.csv: row 2 .*close=-1\.0 must be above 0"
    ):
        read_bars(path, "AAPL", DAY_1, repair=True)


def test_times_are_read_with_the_zone_that_is_given(tmp_path: Path) -> None:
    """Minutes without a zone are read in the one given, and bars of another length are refused."""
    path = write_days(tmp_path / "x.csv", "2023-01-03 09:30", "2023-01-03 09:31")

    table = read_bars(path, "AAPL", Timeframe.MIN_1, timezone="America/New_York").table

    assert table["start_ns"][0] == to_ns(datetime(2023, 1, 3, 14, 30, tzinfo=UTC))
    with pytest.raises(DataError, match="before a 5Min bar has ended"):
        read_bars(path, "AAPL", Timeframe.MIN_5, timezone="America/New_York")


SETS = [
    ("equity_1min_ext", "AAPL", Timeframe.MIN_1, 7269),
    ("equity_1min_rth", "MSFT", Timeframe.MIN_1, 3510),
    ("equity_daily_raw", "AAPL", DAY_1, 1006),
    ("equity_daily_splitadj", "MSFT", DAY_1, 8111),
    ("crypto_1min", "ETH/USD", Timeframe.MIN_1, 5329),
    ("crypto_1min_bitstamp", "BTC/USD", Timeframe.MIN_1, 1440),
    ("crypto_1min_vwap", "BTC/USD", Timeframe.MIN_1, 5000),
    ("crypto_4h", "BTC/USD", Timeframe.HOUR_4, 20695),
]


@pytest.mark.parametrize(("file", "symbol", "timeframe", "count"), SETS)
def test_the_data_sets_are_read(market_data: Path, file: str, symbol: str, timeframe: Timeframe, count: int) -> None:
    """Real files pass all checks, bar for bar."""
    assert read_bars(market_data / f"{file}.parquet", symbol, timeframe).table.height == count


def test_the_two_bad_days_of_spy_are_refused_or_left_out(market_data: Path) -> None:
    """Yahoo's lows above the open are named, and left out on request."""
    path = market_data / "equity_daily_splitadj.parquet"
    with pytest.raises(DataError, match=r"low=209\.850006: .*row \d+, 2015-03-05T05:00:00Z \(and 1 more row\)"):
        read_bars(path, "SPY", DAY_1)

    read = read_bars(path, "SPY", DAY_1, repair=True)

    assert (read.table.height, len(read.repairs)) == (2266, 2)


@pytest.mark.parametrize(
    ("file", "said"),
    [("equity_daily_raw", Timeframe.MIN_1), ("equity_daily_raw", Timeframe.WEEK_1), ("crypto_4h", DAY_1)],
)
def test_the_data_sets_are_not_read_as_something_else(market_data: Path, file: str, said: Timeframe) -> None:
    """A wrong timeframe is found on real data, with their holidays and gaps."""
    with pytest.raises(DataError, match=f"--timeframe={said}: "):
        read_bars(market_data / f"{file}.parquet", "BTC/USD" if "crypto" in file else "AAPL", said)
