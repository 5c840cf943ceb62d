"""Tests of tradebus/gateways/file_data.py."""

import asyncio
import gzip
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.unit.storage.bars import HEADER, day_rows, write_csv, write_days
from tradebus.errors import DataError, InputError, NotFoundError
from tradebus.gateways.file_data import FileDataGateway
from tradebus.model.time import NEW_YORK, to_datetime
from tradebus.model.timeframe import Timeframe

DAY_1, HOUR_1, HOUR_4 = Timeframe.DAY_1, Timeframe.HOUR_1, Timeframe.HOUR_4


def fetch(
    gateway: FileDataGateway, symbol: str = "AAPL", timeframe: Timeframe = DAY_1, start: Any = None, end: Any = None
) -> pl.DataFrame:
    """Connect a gateway and return bars from it."""

    async def wanted() -> pl.DataFrame:
        await gateway.connect()
        return await gateway.fetch_bars(symbol, timeframe, start, end)

    return asyncio.run(wanted())


def days(table: pl.DataFrame) -> list[str]:
    """Return the days of a table's bars, New York."""
    return [f"{to_datetime(start).astimezone(NEW_YORK):%Y-%m-%d}" for start in table["start_ns"]]


def test_the_samples_need_no_path() -> None:
    """Without a path the bundled bars are given, by default adjusted for splits."""
    gateway = FileDataGateway()

    table = fetch(gateway)

    assert (table.height, days(table)[0], days(table)[-1]) == (1006, "2011-01-03", "2014-12-31")
    assert table["close"][0] == 329.57 / 7
    assert gateway.adjusted == "adjusted for splits, not for dividends"
    assert gateway.source.startswith("bundled samples")
    assert gateway.repairs == []


@pytest.mark.parametrize(
    ("adjustment", "close", "words"),
    [("raw", 329.57, "raw, as they were traded"), ("all", 45.705, "adjusted for splits and dividends")],
)
def test_the_samples_are_adjusted_as_wished(adjustment: str, close: float, words: str) -> None:
    """The choice decides what is worked into the prices, and the report says so."""
    gateway = FileDataGateway(adjustment=adjustment)

    assert fetch(gateway)["close"][0] == pytest.approx(close, abs=0.01)
    assert gateway.adjusted.startswith(words)


def test_a_choice_that_is_none_is_refused() -> None:
    """The error names the flag and the choices."""
    with pytest.raises(InputError, match=r"--adjustment=full: no such choice\. Fix: use one of raw, split, all"):
        FileDataGateway(adjustment="full")


def test_crypto_is_not_adjusted() -> None:
    """Coins have no splits; the symbol may be written with a dash or in small letters."""
    gateway = FileDataGateway()

    assert fetch(gateway, "btc-usd", HOUR_4).height == 20695
    assert gateway.adjusted == "as traded (crypto has no splits or dividends)"
    fetch(gateway)
    assert gateway.adjusted == "adjusted for splits, not for dividends"


def test_what_is_not_among_the_samples_is_not_found() -> None:
    """The error says which bars there are, and how to use one's own."""
    with pytest.raises(NotFoundError, match=r"symbol=GOOG: .*AAPL 1Day 2011-01-03 to 2014-12-31; MSFT .*--data PATH"):
        fetch(FileDataGateway(), "GOOG")
    with pytest.raises(NotFoundError, match="timeframe=1Hour: the bundled bars of AAPL are of 1Day"):
        fetch(FileDataGateway(), "AAPL", HOUR_1)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2011, 1, 3), date(2011, 1, 4), 2),
        (date(2011, 1, 4), None, 1005),
        (None, date(2011, 1, 4), 2),
        (date(2011, 1, 1), date(2011, 1, 3), 1),
        (datetime(2011, 1, 3, tzinfo=NEW_YORK), datetime(2011, 1, 4, tzinfo=NEW_YORK), 2),
        (datetime(2011, 1, 3, 0, 0, 1, tzinfo=NEW_YORK), datetime(2011, 1, 4, tzinfo=NEW_YORK), 1),
        (datetime(2011, 1, 3, 5, tzinfo=UTC), datetime(2011, 1, 4, 4, 59, tzinfo=UTC), 1),
        (date(1, 1, 2), date(9999, 12, 30), 1006),
        (date(2014, 12, 31), date(2014, 12, 31), 1),
    ],
)
def test_a_range_is_inclusive(start: Any, end: Any, count: int) -> None:
    """Bars that start from the start to the end are given; dates are whole days of New York."""
    assert fetch(FileDataGateway(), start=start, end=end).height == count


def test_dates_of_crypto_are_days_of_utc() -> None:
    """A date has six bars of four hours, from 00:00 UTC."""
    table = fetch(FileDataGateway(), "BTC/USD", HOUR_4, date(2020, 7, 1), date(2020, 7, 1))

    assert (table.height, to_datetime(table["start_ns"][0])) == (6, datetime(2020, 7, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2011, 1, 1), date(2011, 1, 2)),
        (date(2015, 1, 1), None),
        (None, date(2011, 1, 2)),
        (date(1900, 1, 1), date(1900, 1, 2)),
        (date(9999, 1, 1), None),
        (date(2011, 1, 8), date(2011, 1, 9)),
        (datetime(2011, 1, 8, tzinfo=NEW_YORK), datetime(2011, 1, 9, 23, 59, 59, 999_999, tzinfo=NEW_YORK)),
    ],
)
def test_a_range_without_bars_is_not_found(start: date | None, end: date | None) -> None:
    """The error says what was asked for and which range there is; before, between and after the bars."""
    with pytest.raises(NotFoundError) as caught:
        fetch(FileDataGateway(), start=start, end=end)

    assert str(caught.value) == (
        f"start={str(start or '...')[:10]} to {str(end or '...')[:10]}: there is no bar of AAPL then. "
        "Fix: choose a range within 2011-01-03 to 2014-12-31"
    )


def test_a_range_within_a_day_is_told_to_the_second() -> None:
    """Where moments were asked for, the error names them."""
    noon = datetime(2011, 1, 3, 12, tzinfo=UTC)

    with pytest.raises(
        NotFoundError, match=r"start=2011-01-03 12:00:00\+00:00 to 2011-01-03 12:00:00\+00:00: there is"
    ):
        fetch(FileDataGateway(), start=noon, end=noon)


def test_a_range_that_is_none_is_refused() -> None:
    """A start after the end, and a time without a zone, are mistakes."""
    with pytest.raises(InputError, match="start=2014-01-02: lies after end 2014-01-01"):
        fetch(FileDataGateway(), start=date(2014, 1, 2), end=date(2014, 1, 1))
    with pytest.raises(InputError, match=r"end=.*has no time zone"):
        fetch(FileDataGateway(), end=datetime(2014, 1, 2))  # noqa: DTZ001


def test_one_file_may_be_given(tmp_path: Path) -> None:
    """The bars of a file are given as they are: nobody knows what was worked into them."""
    path = write_days(tmp_path / "any name.txt")
    gateway = FileDataGateway(path, adjustment="all")

    assert days(fetch(gateway)) == ["2023-01-03", "2023-01-04", "2023-01-05", "2023-01-06"]
    assert (gateway.source, gateway.adjusted) == (str(path), "as the file gives them")


def test_a_file_without_symbols_is_of_one(tmp_path: Path) -> None:
    """Bars of nobody are not taken for those of two symbols; the same symbol may be asked for again."""
    gateway = FileDataGateway(write_days(tmp_path / "x.csv"))
    fetch(gateway)
    fetch(gateway)

    with pytest.raises(
        InputError, match="symbol=MSFT: has no column symbol, and its bars were taken for those of AAPL"
    ):
        fetch(gateway, "MSFT")


def test_a_file_with_symbols_is_of_many(tmp_path: Path) -> None:
    """Each symbol gets its rows, also if the file is gone by then: it is read once."""
    rows = [f"{row},{symbol}" for symbol in ("AAPL", "MSFT") for row in day_rows()]
    path = write_csv(tmp_path / "x.csv", *rows, header=f"{HEADER},symbol")
    gateway = FileDataGateway(path)
    first = asyncio.run(gateway.fetch_bars("AAPL", DAY_1, None, None))
    path.unlink()

    assert first.equals(asyncio.run(gateway.fetch_bars("MSFT", DAY_1, None, None)))
    with pytest.raises(NotFoundError, match=r"symbol=GOOG: is not in x\.csv\. Fix: use one of AAPL, MSFT"):
        asyncio.run(gateway.fetch_bars("GOOG", DAY_1, None, None))


@pytest.mark.parametrize("name", ["AAPL.csv", "AAPL.csv.gz", "AAPL_1Day.csv", "AAPL_1Day.parquet"])
def test_a_folder_has_a_file_for_each_symbol(tmp_path: Path, name: str) -> None:
    """Files are found by symbol, or symbol and timeframe, whatever kind they are."""
    path = write_days(tmp_path / name)
    if name.endswith("gz"):
        path.write_bytes(gzip.compress(path.read_bytes()))
    write_days(tmp_path / "MSFT.csv", "2024-01-02")
    gateway = FileDataGateway(tmp_path)

    assert fetch(gateway).height == 4
    assert fetch(gateway, "MSFT").height == 1
    assert gateway.adjusted == "as the file gives them"


def test_the_file_of_the_timeframe_goes_first(tmp_path: Path) -> None:
    """A file that names its timeframe is preferred; pairs are written with a dash, and dots belong to the symbol."""
    write_days(tmp_path / "BTC-USD.csv")
    write_days(tmp_path / "BTC-USD_4Hour.csv", "2023-01-03T00:00Z", "2023-01-03T04:00Z")
    write_days(tmp_path / "BRK.B.csv")
    gateway = FileDataGateway(tmp_path)

    assert fetch(gateway, "BTC/USD", HOUR_4).height == 2
    assert fetch(gateway, "BTC/USD").height == 4
    assert fetch(gateway, "BRK.B").height == 4


def test_what_a_folder_does_not_have_is_not_found(tmp_path: Path) -> None:
    """The error says which files there are: those of the symbol if there are any, else all."""
    with pytest.raises(NotFoundError, match=r"symbol=AAPL: no 1Day bars of AAPL in .* \(it has no such file\)"):
        fetch(FileDataGateway(tmp_path))
    write_days(tmp_path / "MSFT.csv")
    write_days(tmp_path / "BTC-USD_4Hour.csv")

    with pytest.raises(NotFoundError, match=r"\(it has BTC-USD_4Hour\.csv, MSFT\.csv\)\. Fix: .* AAPL_1Day\.csv or"):
        fetch(FileDataGateway(tmp_path))
    with pytest.raises(
        NotFoundError, match=r"timeframe=1Day: no 1Day bars of BTC/USD in .*\(it has BTC-USD_4Hour\.csv\)"
    ):
        fetch(FileDataGateway(tmp_path), "BTC/USD")


def test_a_folder_may_have_corporate_actions(tmp_path: Path) -> None:
    """Actions beside the bars are worked into them, each into those of its symbol."""
    write_days(tmp_path / "AAPL.csv")
    write_days(tmp_path / "MSFT.csv")
    write_csv(tmp_path / "corporate_actions.csv", "aapl,2023-01-05,split,2", header="symbol,ex_date,kind,value")
    gateway = FileDataGateway(tmp_path)

    assert fetch(gateway)["close"].to_list() == [5.25, 5.25, 10.5, 10.5]
    assert fetch(gateway, "MSFT")["close"].to_list() == [10.5] * 4
    assert gateway.adjusted == "adjusted for splits, not for dividends"
    assert fetch(FileDataGateway(tmp_path / "AAPL.csv"))["close"].to_list() == [10.5] * 4


def test_a_path_that_does_not_exist_is_not_found(tmp_path: Path) -> None:
    """The error comes before anything else is looked at; a folder that is a file's name too."""
    with pytest.raises(
        NotFoundError, match=r"--data=.*none: there is no such file or folder\. Fix: name one that exists"
    ):
        fetch(FileDataGateway(tmp_path / "none"))


def test_the_zone_is_handed_on(tmp_path: Path) -> None:
    """Times without a zone are read in the one given."""
    path = write_days(tmp_path / "x.csv", "2023-01-03 00:00", "2023-01-04 00:00")

    assert fetch(FileDataGateway(path, timezone="America/New_York")).height == 2
    with pytest.raises(DataError, match="has no time zone"):
        fetch(FileDataGateway(path))


def test_repairs_are_told_once(tmp_path: Path) -> None:
    """What was left out is told, and not twice if the bars are fetched twice."""
    path = write_csv(tmp_path / "x.csv", *day_rows(), "2023-01-09,10,11,9,-1,5")
    gateway = FileDataGateway(path, repair=True)

    assert fetch(gateway).height == fetch(gateway).height == 4
    assert gateway.repairs == [
        "x.csv: left out row 6 (2023-01-09T05:00:00Z): close=-1.0 must be above 0",
    ]
    with pytest.raises(DataError, match="close=-1"):
        fetch(FileDataGateway(path))


def test_the_hash_is_of_what_was_fetched(tmp_path: Path) -> None:
    """The same bars have the same hash, from another file and fetched twice too; other bars have another."""
    one, same, other = (FileDataGateway(write_days(tmp_path / name)) for name in ("a.csv", "b.csv", "c.csv"))
    for gateway in (one, one, same):
        fetch(gateway)
    fetch(other, end=date(2023, 1, 5))

    assert one.data_hash() == same.data_hash() != other.data_hash()
    assert FileDataGateway().data_hash() != one.data_hash()


def test_connecting_twice_is_safe() -> None:
    """Nothing changes by connecting again."""
    gateway = FileDataGateway()
    fetch(gateway)
    before = gateway.data_hash()

    asyncio.run(gateway.connect())

    assert gateway.data_hash() == before
