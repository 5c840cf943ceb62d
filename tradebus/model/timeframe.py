"""timeframe: how long a bar lasts, in Alpaca's names.

A bar is stamped with its start and becomes known at its end. For equities a day is a New York session, so a daily bar
ends at 16:00 New York (a half day too: the early close is the calendar's business), a weekly one on Friday and a
monthly one on the last weekday of the month at that hour. For crypto, days, weeks and months end at 00:00 UTC.
"""

from enum import StrEnum

from tradebus.errors import InputError


class Timeframe(StrEnum):
    """Length of a bar; the value is Alpaca's name for it.

    Source: docs.alpaca.markets, historical bars, parameter `timeframe` (read 2026-06-24).
    """

    MIN_1 = "1Min"
    MIN_2 = "2Min"
    MIN_3 = "3Min"
    MIN_5 = "5Min"
    MIN_10 = "10Min"
    MIN_15 = "15Min"
    MIN_30 = "30Min"
    HOUR_1 = "1Hour"
    HOUR_2 = "2Hour"
    HOUR_4 = "4Hour"
    HOUR_6 = "6Hour"
    HOUR_12 = "12Hour"
    DAY_1 = "1Day"
    WEEK_1 = "1Week"
    MONTH_1 = "1Month"

    @property
    def seconds(self) -> int | None:
        """Length in seconds for minutes and hours; None where it depends on the calendar (day, week, month)."""
        return _SECONDS.get(self)

    @property
    def is_intraday(self) -> bool:
        """Whether the bar is shorter than a day."""
        return self in _SECONDS

    @classmethod
    def parse(cls, text: str, field: str = "timeframe") -> "Timeframe":
        """Return the timeframe of a name such as `1Day`, in any case.

        Raises:
            InputError: If there is no such timeframe; `field` names what was set.
        """
        for timeframe in cls:
            if timeframe.value.lower() == text.strip().lower():
                return timeframe
        raise InputError(field, text, "no such timeframe", f"use one of {', '.join(cls)}")


_SECONDS: dict[Timeframe, int] = {
    timeframe: int(timeframe.removesuffix("Min").removesuffix("Hour")) * (60 if timeframe.endswith("Min") else 3600)
    for timeframe in Timeframe
    if timeframe.endswith(("Min", "Hour"))
}
