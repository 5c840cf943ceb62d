"""Tests of tradebus/cli/text.py."""

import io

import pytest

from tradebus.cli.text import COLOR, PLAIN, columns, interleave, money, number, palette_for, paragraphs, percent, plural


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567.891, "$1,234,567.89"),
        (-0.5, "-$0.50"),
        (-0.001, "$0.00"),
        (0.0, "$0.00"),
        (None, "-"),
    ],
)
def test_money_is_dollars_and_cents(value: float | None, text: str) -> None:
    """The sign stands before the dollar, and nothing is not negative."""
    assert money(value) == text


@pytest.mark.parametrize(
    ("value", "sign", "text"),
    [
        (0.146, "", "14.60 %"),
        (0.146, "+", "+14.60 %"),
        (-0.5, "+", "-50.00 %"),
        (-0.000001, "", "0.00 %"),
        (80.3, "+", "+8,030.00 %"),
        (None, "+", "-"),
    ],
)
def test_percent_reads_a_fraction(value: float | None, sign: str, text: str) -> None:
    """A tenth is ten percent."""
    assert percent(value, sign) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1234.5, 2, "1,234.50"),
        (1234.0, 0, "1,234"),
        (0.00001234, 4, "1.23e-05"),
        (-0.0, 2, "0.00"),
        (None, 2, "-"),
    ],
)
def test_a_number_keeps_some_digits(value: float | None, digits: int, text: str) -> None:
    """Thousands are separated, and a very small number is not rounded to nothing."""
    assert number(value, digits) == text


def test_one_is_singular() -> None:
    """Counts read as English."""
    assert (plural(0, "bar"), plural(1, "bar"), plural(1200, "bar")) == ("0 bars", "1 bar", "1,200 bars")


def test_columns_are_flush_with_and_without_colour() -> None:
    """Marks take no room."""
    rows = interleave([("Return", PLAIN.signed("+1.00 %", 1.0)), ("Final value", "$1.00")], [("Trades", "1")])
    painted = interleave([("Return", COLOR.signed("+1.00 %", 1.0)), ("Final value", "$1.00")], [("Trades", "1")])

    plain, colored = columns("Result", rows, PLAIN), columns("Result", painted, COLOR)

    assert plain.splitlines() == [
        "Result",
        "  Return                       +1.00 %    Trades                             1",
        "  Final value                    $1.00",
    ]
    for mark in (COLOR.heading, COLOR.quiet, COLOR.good, "\x1b[0m"):
        colored = colored.replace(mark, "")
    assert [line.rstrip() for line in colored.splitlines()] == plain.splitlines()


def test_a_long_text_is_wrapped() -> None:
    """No line of a paragraph is wider than a terminal."""
    lines = paragraphs("Why", ["word " * 40, "short"], PLAIN).splitlines()

    assert lines[0] == "Why"
    assert lines[-1] == "  short"
    assert max(map(len, lines)) <= 80


def test_signs_have_colours() -> None:
    """Gains are good, losses are bad, nothing is neither."""
    assert COLOR.signed("x", 1.0) == "\x1b[32mx\x1b[0m"
    assert COLOR.signed("x", -1.0) == "\x1b[31mx\x1b[0m"
    assert COLOR.signed("x", 0.0) == COLOR.signed("x", None) == PLAIN.signed("x", 1.0) == "x"
    assert COLOR.paint("", COLOR.heading) == ""


def test_colour_is_for_people_at_terminals() -> None:
    """A file, NO_COLOR and a dumb terminal get plain text."""
    assert palette_for(Terminal(), {}) is COLOR
    assert palette_for(Terminal(), {"NO_COLOR": ""}) is COLOR
    assert palette_for(io.StringIO(), {}) is PLAIN
    assert palette_for(Terminal(), {"NO_COLOR": "1"}) is PLAIN
    assert palette_for(Terminal(), {"TERM": "dumb"}) is PLAIN
