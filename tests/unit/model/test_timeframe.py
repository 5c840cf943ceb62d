"""Tests of tradebus/model/timeframe.py."""

import pytest

from tradebus.errors import InputError
from tradebus.model.timeframe import Timeframe

SECONDS = {
    "1Min": 60,
    "2Min": 120,
    "3Min": 180,
    "5Min": 300,
    "10Min": 600,
    "15Min": 900,
    "30Min": 1800,
    "1Hour": 3600,
    "2Hour": 7200,
    "4Hour": 14_400,
    "6Hour": 21_600,
    "12Hour": 43_200,
    "1Day": None,
    "1Week": None,
    "1Month": None,
}


def test_these_are_all_timeframes() -> None:
    """The names are the ones of the table above and no others, shortest first."""
    assert [timeframe.value for timeframe in Timeframe] == list(SECONDS)


@pytest.mark.parametrize(("name", "seconds"), SECONDS.items())
def test_a_timeframe_knows_its_length(name: str, seconds: int | None) -> None:
    """Minutes and hours have a length; a day, a week and a month depend on the calendar."""
    timeframe = Timeframe(name)

    assert timeframe.seconds == seconds
    assert timeframe.is_intraday == (seconds is not None)


@pytest.mark.parametrize("name", SECONDS)
def test_a_timeframe_is_read_in_any_case(name: str) -> None:
    """Case and blanks around a name do not matter; 1Min and 1Month stay apart."""
    assert Timeframe.parse(f" {name.upper()} ") is Timeframe.parse(name.lower()) is Timeframe(name)


@pytest.mark.parametrize("text", ["", "1", "1M", "Day", "1 Day", "60Min", "1Days", "0Min", "-1Day", "1Min,5Min"])
def test_what_is_no_timeframe_is_refused(text: str) -> None:
    """The message names what was set, its value and every name that is allowed."""
    with pytest.raises(InputError, match="no such timeframe") as caught:
        Timeframe.parse(text, "--timeframe")

    assert (caught.value.field, caught.value.value) == ("--timeframe", text)
    assert all(name in caught.value.fix for name in SECONDS)
