"""equity_tracker: the equity curve, kept as four columns of plain numbers.

A run of a million bars records a million points, so a point is four appends to arrays (32 bytes) and nothing else;
every figure is computed at the end. A session that never ends sets a capacity: its curve gets coarser, not longer.
"""

from array import array
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypedDict

from tradebus.analytics.drawdown import find_drawdown
from tradebus.model.time import DAY_NS, iso

if TYPE_CHECKING:
    import polars as pl

type Record = Callable[[int, float, float, float], None]


class EquityPoint(TypedDict):
    """One point of the curve: ISO 8601 time in UTC, and the equity in dollars."""

    timestamp: str
    value: float


class EquityTracker:
    """The equity curve of a session.

    Attributes:
        times: Market time of each point, nanoseconds since the epoch, UTC, never falling.
        equity, cash, exposure: Dollars at that time; exposure is the sum of the absolute market values.
        record: `record(time_ns, equity, cash, exposure)` adds a point. It is a closure over the four bound appends,
            which is what makes it cheap; take it once and keep it.
        worst: Largest drawdown among points that may have been dropped, a fraction; 0.0 while no capacity is set.
    """

    __slots__ = ("_peak", "cash", "equity", "exposure", "record", "times", "worst")

    def __init__(self, capacity: int | None = None) -> None:
        """Start an empty curve.

        Args:
            capacity: Points to keep at most, >= 4. When they are reached every second point is dropped, and the largest
                drawdown is still that of all points. None keeps every point.
        """
        self.times = array("q")
        self.equity = array("d")
        self.cash = array("d")
        self.exposure = array("d")
        self._peak = self.worst = 0.0
        self.record: Record = self._recorder() if capacity is None else self._thinning_recorder(capacity)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def max_drawdown(self) -> float:
        """Largest fall below an earlier high, as a fraction of that high: 0.10 is 10 %; 0.0 if there was none."""
        found = find_drawdown(self.times, self.equity, self.equity[0]) if self.equity else None
        return max(self.worst, found.depth if found else 0.0)

    def points(self) -> list[EquityPoint]:
        """Return the curve as SYSTEM's timestamp and value pairs. A million of them cost 400 MB: see `to_frame`."""
        return [
            {"timestamp": stamp, "value": value} for stamp, value in zip(stamps(self.times), self.equity, strict=True)
        ]

    def to_frame(self) -> "pl.DataFrame":
        """Return the columns timestamp (microseconds, UTC), equity, cash and exposure."""
        import polars as pl

        times = pl.Series("timestamp", self.times, dtype=pl.Int64) // 1000
        return pl.DataFrame(
            [
                times.cast(pl.Datetime("us", "UTC")),
                pl.Series("equity", self.equity, dtype=pl.Float64),
                pl.Series("cash", self.cash, dtype=pl.Float64),
                pl.Series("exposure", self.exposure, dtype=pl.Float64),
            ]
        )

    def _recorder(self) -> Record:
        add_time, add_equity, add_cash, add_exposure = (
            self.times.append,
            self.equity.append,
            self.cash.append,
            self.exposure.append,
        )

        def record(time_ns: int, equity: float, cash: float, exposure: float) -> None:
            add_time(time_ns)
            add_equity(equity)
            add_cash(cash)
            add_exposure(exposure)

        return record

    def _thinning_recorder(self, capacity: int) -> Record:
        assert capacity >= 4, f"an equity curve needs room for 4 points, was {capacity}"
        record, times = self._recorder(), self.times

        def record_and_thin(time_ns: int, equity: float, cash: float, exposure: float) -> None:
            if len(times) >= capacity:
                # In place, for the appends are bound to these very arrays.
                for column in (self.times, self.equity, self.cash, self.exposure):
                    del column[1::2]
            record(time_ns, equity, cash, exposure)
            if equity > self._peak:
                self._peak = equity
            elif self._peak > 0:
                self.worst = max(self.worst, 1 - equity / self._peak)

        return record_and_thin


def stamps(times: Iterable[int]) -> list[str]:
    """Return `iso` of each time; date and clock are formatted once each, for bars repeat both all the time."""
    clock: dict[int, str] = {}
    day: int | None = None
    date, texts = "", []
    for time_ns in times:
        today, rest = divmod(time_ns, DAY_NS)
        if today != day:
            day, date = today, iso(time_ns)[:11]
        text = clock.get(rest)
        if text is None:
            if len(clock) > 86_400:
                clock.clear()
            text = clock[rest] = iso(rest)[11:]
        texts.append(date + text)
    return texts
