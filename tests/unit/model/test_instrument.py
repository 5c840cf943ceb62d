"""Tests of tradebus/model/instrument.py."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebus.errors import InputError
from tradebus.model.instrument import (
    AssetClass,
    Instrument,
    Instruments,
    TradingHours,
    default_instrument,
    parse_symbol,
)
from tradebus.model.time import NEW_YORK, to_ns

EQUITY = default_instrument("AAPL")
CRYPTO = default_instrument("BTC/USD")
EXTENDED = Instrument(symbol="AAPL", hours=TradingHours.EXTENDED)


def new_york(text: str) -> int:
    """Return nanoseconds of a New York time such as `2014-03-10 09:30`."""
    return to_ns(datetime.fromisoformat(text).replace(tzinfo=NEW_YORK))


def utc(text: str) -> int:
    """Return nanoseconds of a UTC time."""
    return to_ns(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("AAPL", "AAPL"),
        ("aapl", "AAPL"),
        (" F ", "F"),
        ("GOOGL", "GOOGL"),
        ("BRK.B", "BRK.B"),
        ("brk.b", "BRK.B"),
        ("ABCDEF", "ABCDEF"),
        ("BTC/USD", "BTC/USD"),
        ("BTC-USD", "BTC/USD"),
        ("eth/btc", "ETH/BTC"),
        ("1INCH/USD", "1INCH/USD"),
        ("PEPE/USDT", "PEPE/USDT"),
    ],
)
def test_a_symbol_is_read_to_its_canonical_form(text: str, symbol: str) -> None:
    """Case, blanks around it and the sign between two coins do not matter."""
    assert parse_symbol(text) == symbol
    assert parse_symbol(symbol) == symbol


ATTACKS = {
    "empty": "",
    "blank": "   ",
    "parent folder": "../x",
    "parent folder in a pair": "../USD",
    "folder": "A/B",
    "absolute": "/etc/passwd",
    "root of a pair": "/USD",
    "back slash": "..\\x",
    "drive": "C:AAPL",
    "encoded dots": "%2e%2e%2f",
    "encoded letter": "%41APL",
    "NUL": "AAPL\0",
    "NUL inside": "AA\0PL",
    "line end inside": "AA\nPL",
    "header": "AAPL\r\nX-Evil: 1",
    "terminal": "\x1b[31mAAPL",
    "dots": "..",
    "dot at the end": "AAPL.",
    "dot at the start": ".AAPL",
    "two dots": "BRK..B",
    "two classes": "BRK.A.B",
    "long class": "BRK.ABC",
    "digit first": "1AAPL",
    "long": "ABCDEFG",
    "very long": "A" * 10_000,
    "very long pair": "A" * 10_000 + "/USD",
    "unknown quote": "BTC/XYZ",
    "two slashes": "BTC/USD/USD",
    "blank inside": "AA PL",
    "list": "AAPL,MSFT",
    "wildcard": "*",
    "question": "AAPL?x=1",
    "fragment": "AAPL#x",
    "ampersand": "A&B",
    "shell": "$(id)",
    "quote": "AAPL'--",
    "glob": "[A-Z]",
    "minus": "-AAPL",
    "wide letters": "\uff21\uff21\uff30\uff2c",
    "Greek capital alpha": "\u0391APL",
    "Cyrillic": "\u0410\u0410\u0420L",
    "dotless i, a Latin I in upper case": "A\u0131G",
    "long s, a Latin S in upper case": "M\u017fFT",
    "ligature, two letters in upper case": "\ufb01",
    "sharp s": "\u00df",
    "Kelvin sign": "\u212a",
    "other digits": "A\u0661",
    "zero width": "AA\u200bPL",
    "right to left": "\u202eLPAA",
    "combining": "A\u0301APL",
    "division slash": "BTC\u2215USD",
    "hyphen": "BTC\u2010USD",
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_what_is_no_symbol_is_refused(text: str) -> None:
    """Symbols end in file names and URLs, so the grammar is an allow-list; the message is one short line."""
    with pytest.raises(InputError, match="not a symbol") as caught:
        parse_symbol(text, "--symbol")

    assert (caught.value.field, caught.value.value) == ("--symbol", text)
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


@given(st.text(max_size=12))
def test_a_symbol_is_refused_or_harmless(text: str) -> None:
    """Whatever is given, what comes out has safe characters only, at most one slash, and is stable."""
    try:
        symbol = parse_symbol(text)
    except InputError:
        return

    assert set(symbol) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./")
    assert symbol.count("/") + symbol.count(".") <= 1
    assert not symbol.startswith((".", "/"))
    assert parse_symbol(symbol) == symbol


@pytest.mark.parametrize(
    ("qty", "lot", "rounded"),
    [
        (10.999, "1", "10"),
        (-10.999, "1", "-10"),
        (0.999, "1", "0"),
        (0.1 + 0.2, "0.1", "0.3"),
        (0.3, "0.1", "0.3"),
        (Decimal("1.23456789"), "0.00000001", "1.23456789"),
        (Decimal("1.234567899"), "0.00000001", "1.23456789"),
        (1e-9, "0.00000001", "0"),
        (150, "100", "100"),
        (1e15, "1", "1000000000000000"),
    ],
)
def test_quantities_are_rounded_down_to_the_lot(qty: float | Decimal, lot: str, rounded: str) -> None:
    """Never more than was asked, and floats are taken for what they print as."""
    instrument = Instrument(symbol="AAPL", lot=Decimal(lot))

    assert instrument.quantize_qty(qty) == Decimal(rounded)


@given(st.decimals(0, 10**9, places=12), st.sampled_from(["1", "0.1", "0.00000001", "100"]))
def test_a_rounded_quantity_is_less_by_less_than_a_lot(qty: Decimal, lot: str) -> None:
    """Rounding takes away less than one lot, adds nothing and is done after one time."""
    instrument = Instrument(symbol="AAPL", lot=Decimal(lot))

    rounded = instrument.quantize_qty(qty)

    assert 0 <= qty - rounded < Decimal(lot)
    assert rounded % Decimal(lot) == 0
    assert instrument.quantize_qty(rounded) == rounded


@pytest.mark.parametrize(
    ("price", "rounded"),
    [
        (100.1234564, "100.123456"),
        (Decimal("0.0000005"), "0.000000"),
        (Decimal("0.0000015"), "0.000002"),
        (0.1, "0.100000"),
        (99.99999999, "100.000000"),
    ],
)
def test_fill_prices_are_rounded_half_even(price: float | Decimal, rounded: str) -> None:
    """A fill price keeps six decimals, and ties favour nobody."""
    assert EQUITY.quantize_price(price) == Decimal(rounded)


@pytest.mark.parametrize(
    ("price", "down", "up"),
    [
        (100.123, "100.12", "100.13"),
        (100.12, "100.12", "100.12"),
        (1, "1", "1"),
        (1.001, "1", "1.01"),
        (0.99999, "0.9999", "1"),
        (0.12341, "0.1234", "0.1235"),
        (Decimal("0.00001"), "0", "0.0001"),
    ],
)
def test_order_prices_are_on_the_tick(price: float | Decimal, down: str, up: str) -> None:
    """A cent from one dollar on, a hundredth of a cent below, in the direction that is asked."""
    exact = Decimal(price) if isinstance(price, int) else price

    assert EQUITY.quantize_order_price(exact, up=False) == Decimal(down)
    assert EQUITY.quantize_order_price(exact, up=True) == Decimal(up)


@pytest.mark.parametrize(
    ("time", "regular", "extended"),
    [
        ("2014-06-09 03:59:59", False, False),
        ("2014-06-09 04:00:00", False, True),
        ("2014-06-09 09:29:59", False, True),
        ("2014-06-09 09:30:00", True, True),
        ("2014-06-09 16:00:00", True, True),
        ("2014-06-09 16:00:01", False, True),
        ("2014-06-09 20:00:00", False, True),
        ("2014-06-09 20:00:01", False, False),
        ("2014-06-07 12:00:00", False, False),
        ("2014-06-08 12:00:00", False, False),
    ],
)
def test_equities_trade_in_new_york_hours(time: str, regular: bool, extended: bool) -> None:
    """Both ends belong to the session; nothing trades on a weekend."""
    assert EQUITY.is_open(new_york(time)) == regular
    assert EXTENDED.is_open(new_york(time)) == extended


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        ("2014-03-07", "14:30"),  # Friday before the clocks go forward
        ("2014-03-10", "13:30"),  # Monday after
        ("2014-10-31", "13:30"),  # Friday before the clocks go back
        ("2014-11-03", "14:30"),  # Monday after
    ],
)
def test_hours_follow_the_clocks_of_new_york(day: str, opens: str) -> None:
    """The session moves by an hour in UTC when New York changes its clocks."""
    opening = utc(f"{day} {opens}")

    assert EQUITY.is_open(opening)
    assert not EQUITY.is_open(opening - 1_000_000_000)


@pytest.mark.parametrize("time", ["2014-06-08 03:00", "2014-03-09 07:30", "2014-12-25 00:00"])
def test_crypto_never_closes(time: str) -> None:
    """Coins trade on weekends, holidays and while clocks change; no day is ever over."""
    assert CRYPTO.is_open(utc(time))
    assert not CRYPTO.is_over(utc(time))


@pytest.mark.parametrize(
    ("time", "regular", "extended"),
    [
        ("2014-06-09 03:00", False, False),
        ("2014-06-09 12:00", False, False),
        ("2014-06-09 15:59:59", False, False),
        ("2014-06-09 16:00", True, False),
        ("2014-06-09 19:59:59", True, False),
        ("2014-06-09 20:00", True, True),
        ("2014-06-07 12:00", True, True),
        ("2014-06-08 03:00", True, True),
    ],
)
def test_a_day_is_over_at_its_close(time: str, regular: bool, extended: bool) -> None:
    """A DAY order sent at or after the close, or on a weekend, waits for the next session."""
    assert EQUITY.is_over(new_york(time)) == regular
    assert EXTENDED.is_over(new_york(time)) == extended


@pytest.mark.parametrize("zone_changes", ["2014-03-09", "2014-11-02"])
def test_a_session_day_is_new_yorks_date(zone_changes: str) -> None:
    """The date changes at midnight in New York, on the days of 23 and of 25 hours too."""
    midnight = new_york(f"{zone_changes} 00:00")

    day = EQUITY.session_day(midnight)

    assert day == datetime.fromisoformat(zone_changes).toordinal()
    assert EQUITY.session_day(midnight - 1) == day - 1
    assert EQUITY.session_day(new_york(f"{zone_changes} 23:59:59")) == day


def test_a_crypto_day_is_utcs_date() -> None:
    """The date of a coin changes at midnight UTC, when New York is in the evening before."""
    midnight = utc("2014-06-09 00:00")

    assert CRYPTO.session_day(midnight) == CRYPTO.session_day(midnight - 1) + 1
    assert EQUITY.session_day(midnight) == EQUITY.session_day(midnight - 1)


def test_equities_are_whole_and_may_be_short() -> None:
    """What is not said about an equity follows from its class."""
    assert Instrument(symbol="AAPL") == EQUITY
    assert (EQUITY.asset_class, EQUITY.fractional, EQUITY.shortable) == (AssetClass.US_EQUITY, False, True)
    assert (EQUITY.lot, EQUITY.tick, EQUITY.hours) == (Decimal(1), Decimal("0.01"), TradingHours.REGULAR)


def test_crypto_is_fractional_and_long_only() -> None:
    """What is not said about a coin follows from its class."""
    assert (CRYPTO.asset_class, CRYPTO.fractional, CRYPTO.shortable) == (AssetClass.CRYPTO, True, False)
    assert (CRYPTO.lot, CRYPTO.tick, CRYPTO.hours) == (Decimal("1e-8"), Decimal("1e-9"), TradingHours.ALWAYS)


def test_instruments_know_those_given_and_default_the_rest() -> None:
    """A given instrument is returned as it is; any other has its class's defaults, the same object each time."""
    fractional = Instrument(symbol="AAPL", lot=Decimal("0.001"), fractional=True)

    instruments = Instruments(fractional)

    assert instruments["AAPL"] is fractional
    assert instruments["MSFT"] == default_instrument("MSFT")
    assert instruments["BTC/USD"] is instruments["BTC/USD"]
