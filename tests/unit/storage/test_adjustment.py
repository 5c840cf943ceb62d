"""Tests of tradebus/storage/adjustment.py."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.storage.bars import bar_table, write_csv
from tradebus.errors import DataError, NotFoundError
from tradebus.model.timeframe import Timeframe
from tradebus.storage.adjustment import Adjustment, adjust, read_actions
from tradebus.storage.bar_file import read_bars

RAW, SPLIT, ALL = Adjustment.RAW, Adjustment.SPLIT, Adjustment.ALL
FIRST = date(1970, 1, 1)
HEADER = "symbol,ex_date,kind,value"


def actions(*rows: tuple[int, str, float]) -> pl.DataFrame:
    """Return corporate actions, by days after the first bar."""
    return pl.DataFrame(
        [(FIRST + timedelta(day), kind, value) for day, kind, value in rows],
        schema={"ex_date": pl.Date, "kind": pl.String, "value": pl.Float64},
        orient="row",
    )


def closes(table: pl.DataFrame) -> list[float]:
    """Return the closes, rounded to what a test needs."""
    return [round(close, 9) for close in table["close"]]


def in_utc(count: int, *rows: tuple[int, str, float], how: Adjustment = ALL) -> pl.DataFrame:
    """Return bars of 10.5 each, adjusted, in days of UTC."""
    return adjust(bar_table(count), actions(*rows), how, zone="UTC")


def test_a_split_divides_prices_and_multiplies_volumes() -> None:
    """Bars before the ex-date are in new shares; the value stays, and so do later bars."""
    table = in_utc(4, (2, "split", 7.0), how=SPLIT)

    for name, value in {"open": 10.0, "high": 11.0, "low": 9.0, "close": 10.5, "vwap": 10.2}.items():
        assert table[name].to_list() == [value / 7, value / 7, value, value]
    assert table["volume"].to_list() == [7000.0, 7000.0, 1000.0, 1000.0]
    assert table["trade_count"].to_list() == [7, 7, 7, 7]


def test_a_dividend_lowers_the_prices_before_it() -> None:
    """Prices before the ex-date are lower by the dividend's share of the last close; volumes stay."""
    table = in_utc(3, (1, "cash_dividend", 1.05))

    assert closes(table) == [9.45, 10.5, 10.5]
    assert table["volume"].to_list() == [1000.0] * 3


def test_each_choice_works_in_what_it_says() -> None:
    """`raw` changes nothing, `split` no dividends, `all` both."""
    events = ((1, "cash_dividend", 1.05), (2, "split", 2.0))

    assert in_utc(3, *events, how=RAW).equals(bar_table(3))
    assert closes(in_utc(3, *events, how=SPLIT)) == [5.25, 5.25, 10.5]
    assert closes(in_utc(3, *events, how=ALL)) == [4.725, 5.25, 10.5]


def test_actions_are_multiplied() -> None:
    """Several splits and dividends, a reverse split too, add up in any order of the rows."""
    rows = ((1, "split", 2.0), (2, "split", 0.5), (3, "cash_dividend", 1.05), (4, "cash_dividend", 2.1))
    forward, backward = in_utc(5, *rows), in_utc(5, *reversed(rows))

    assert closes(forward) == [round(10.5 * 0.9 * 0.8, 9), round(21 * 0.9 * 0.8, 9), 7.56, 8.4, 10.5]
    assert forward.equals(backward)


@pytest.mark.parametrize("day", [-3, 0, 4, 400])
def test_actions_outside_the_bars_change_nothing(day: int) -> None:
    """An ex-date on or before the first bar's day, or after the last one's, is no business of these bars."""
    assert in_utc(4, (day, "split", 7.0), (day, "cash_dividend", 1.0)).equals(bar_table(4))


def test_nothing_to_do_changes_nothing() -> None:
    """Without actions, or without bars, the table is as it was; what is not known stays so."""
    assert in_utc(3).equals(bar_table(3))
    assert in_utc(0, (1, "split", 2.0)).height == 0
    assert adjust(bar_table(2, vwap=[None, None]), actions((1, "split", 2.0)), ALL)["vwap"].to_list() == [None, None]


def test_an_ex_date_is_a_day_of_new_york() -> None:
    """A bar at midnight UTC is of the evening before in New York, where the ex-date begins later."""
    assert closes(adjust(bar_table(3), actions((1, "split", 2.0)), SPLIT)) == [5.25, 5.25, 10.5]


def test_a_dividend_that_eats_the_price_is_refused() -> None:
    """A dividend is below the price it was paid from; a split may be what was meant."""
    with pytest.raises(
        DataError, match=r"value=10\.5: dividend of 1970-01-02 is not below the close before it \(10\.5\)"
    ):
        in_utc(3, (1, "cash_dividend", 10.5))


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(-1, 9), st.just("split"), st.floats(0.01, 100)), max_size=5),
    st.lists(st.tuples(st.integers(-1, 9), st.just("cash_dividend"), st.floats(0.01, 10)), max_size=5),
)
def test_adjusted_bars_are_bars(splits: list[tuple[int, str, float]], dividends: list[tuple[int, str, float]]) -> None:
    """Prices stay in order and positive, the last bar stays as it is, and splits keep the value of what was traded."""
    raw, table = bar_table(8), in_utc(8, *splits, *dividends)

    assert table.select(
        ((pl.col("low") > 0) & (pl.col("low") <= pl.col("open")) & (pl.col("close") <= pl.col("high"))).all()
    ).item()
    assert table.tail(1).equals(raw.tail(1))
    split = in_utc(8, *splits, how=SPLIT)
    for traded in split["close"] * split["volume"]:
        assert traded == pytest.approx(10_500)


def both(market_data: Path, symbol: str, how: Adjustment, file: str, year: int | None = None) -> pl.DataFrame:
    """Return unadjusted bars, adjusted here, beside a vendor's close and adj_close of the same days."""
    raw = read_bars(market_data / "equity_daily_raw.parquet", symbol, Timeframe.DAY_1).table
    known = read_actions(market_data / "corporate_actions.parquet").filter(pl.col("symbol") == symbol)
    rows = pl.read_parquet(market_data / file).filter(pl.col("symbol") == symbol)
    vendor = rows.select(
        pl.col("timestamp").dt.epoch("ns").alias("start_ns"),
        pl.col("timestamp").dt.year().alias("year"),
        *(pl.col(name).alias(f"vendor_{name}") for name in ("close", "adj_close", "volume")),
    )
    joined = adjust(raw, known, how).join(vendor, on="start_ns")
    return joined if year is None else joined.filter(pl.col("year") == year)


def spread(series: pl.Series) -> float:
    """Return by which fraction the highest is above the lowest."""
    ordered = series.sort()
    return float(ordered[-1] / ordered[0] - 1)


def test_split_adjusted_prices_agree_with_another_source(market_data: Path) -> None:
    """AAPL's unadjusted closes, split 7 for 1, are Yahoo's to 6e-5 on all sessions and to 1e-7 on most."""
    bars = both(market_data, "AAPL", SPLIT, "equity_daily_splitadj.parquet")
    errors = (bars["close"] / bars["vendor_close"] - 1).abs().sort()

    assert bars.height == 1006
    assert (errors[-1] < 6e-5, errors[900] < 1e-7) == (True, True)
    assert (bars["volume"] / bars["vendor_volume"] - 1).abs().sort()[503] < 0.01


@pytest.mark.parametrize("year", [2011, 2012, 2014])
def test_dividends_are_worked_in_as_yahoo_does(market_data: Path, year: int) -> None:
    """Within a year that has all its dividends, our factor is Yahoo's to 1e-6, but for that of later dividends."""
    split = both(market_data, "AAPL", SPLIT, "equity_daily_splitadj.parquet", year)
    bars = both(market_data, "AAPL", ALL, "equity_daily_splitadj.parquet", year)

    ours, yahoos = bars["close"] / split["close"], bars["vendor_adj_close"] / bars["vendor_close"]

    assert bars.height >= 250
    assert spread(ours / yahoos) < 1e-6
    assert (spread(ours) > 0.008) == (year != 2011)


@pytest.mark.parametrize(("symbol", "year"), [("AAPL", 2011), ("AAPL", 2012), ("AAPL", 2014), ("MSFT", 2014)])
def test_fully_adjusted_prices_are_near_quandls(market_data: Path, symbol: str, year: int) -> None:
    """WIKI takes the close of the ex-date for that before it, which is a difference of up to 3e-4 in a year."""
    bars = both(market_data, symbol, ALL, "equity_daily_raw.parquet", year)

    assert bars.height >= 250
    assert spread(bars["close"] / bars["vendor_adj_close"]) < 3e-4


def test_actions_are_read_from_csv_and_parquet(tmp_path: Path) -> None:
    """Both kinds of file give the same actions; other columns are not looked at."""
    path = write_csv(tmp_path / "a.csv", "AAPL,2014-06-09,split,7,x", header=f"{HEADER},note")
    read = read_actions(path)
    read.write_parquet(tmp_path / "a.parquet")

    assert read.rows() == [("AAPL", date(2014, 6, 9), "split", 7.0)]
    assert read_actions(tmp_path / "a.parquet").equals(read)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",2014-06-09,split,7", "symbol=None: is no symbol"),
        ("no one!,2014-06-09,split,7", "symbol=no one!: is no symbol"),
        ("AAPL,soon,split,7", "ex_date=soon: is no ex_date"),
        ("AAPL,2014-06-09,merger,7", "kind=merger: is no kind"),
        ("AAPL,2014-06-09,,7", "kind=None: is no kind"),
        ("AAPL,2014-06-09,split,0", "value=0: is no value"),
        ("AAPL,2014-06-09,split,-2", "value=-2: is no value"),
        ("AAPL,2014-06-09,split,nan", "value=nan: is no value"),
        ("AAPL,2014-06-09,split,inf", "value=inf: is no value"),
        ("AAPL,2014-06-09,split,7:1", "value=7:1: is no value"),
    ],
)
def test_an_action_that_cannot_be_true_is_refused(tmp_path: Path, row: str, problem: str) -> None:
    """The error names the cell, the file, the row and what to write."""
    path = write_csv(tmp_path / "a.csv", "AAPL,2012-08-09,cash_dividend,2.65", row, header=HEADER)

    with pytest.raises(DataError, match=rf"{problem} of a corporate action, a\.csv row 3\. Fix: give a date as"):
        read_actions(path)


def test_a_file_that_holds_no_actions_is_refused(tmp_path: Path) -> None:
    """Missing columns, columns of another kind and missing files are told in one line."""
    path = write_csv(tmp_path / "a.csv", "1,2", header="x,y")
    pl.DataFrame({"symbol": ["A"], "ex_date": [[1]], "kind": ["split"], "value": [1.0]}).write_parquet(tmp_path / "p")

    with pytest.raises(DataError, match=r"has no column symbol, ex_date, kind, value \(it has x, y\)"):
        read_actions(path)
    with pytest.raises(DataError, match="has columns of the wrong kind"):
        read_actions(tmp_path / "p")
    with pytest.raises(NotFoundError, match="no such file"):
        read_actions(tmp_path / "none")
