"""equity_tracker: the equity curve, kept as plain numbers in 32 bytes a point.

A run of a million bars records a million points, so that a point is packed and added to one array of rows (0.15 us,
half of what appends to four arrays take), and everything else happens at the end, when the rows are read as columns.
A session that never ends sets a capacity: its curve gets coarser, not longer.
"""

from array import array
from collections.abc import Callable, Iterable
from struct import Struct
from typing import TYPE_CHECKING, TypedDict

from tradebus.analytics.drawdown import find_drawdown
from tradebus.model.time import DAY_NS, iso

if TYPE_CHECKING:
    import polars as pl

# Time and the three doubles, in the machine's order, as array("q") and array("d") have it.
_ROW = Struct("=qddd")
_FIELDS = 4

type Record = Callable[[int, float, float, float], None]
type Columns = tuple[array[int], array[float], array[float], array[float]]


class EquityPoint(TypedDict):
    """One point of the curve: ISO 8601 time in UTC, and the equity in dollars."""

    timestamp: str
    value: float


class EquityTracker:
    """The equity curve of a session.

    Attributes:
        record: `record(time_ns, equity, cash, exposure)` adds a point; times never fall. It is a closure over what it
            calls, which is what makes it cheap; take it once and keep it.
        worst: Largest drawdown among points that may have been dropped, a fraction; 0.0 while no capacity is set.
    """

    __slots__ = ("_peak", "_read", "_rows", "record", "worst")

    def __init__(self, capacity: int | None = None) -> None:
        """Start an empty curve.

        Args:
            capacity: Points to keep at most, >= 4. When they are reached every second point is dropped, and the largest
                drawdown is still that of all points. None keeps every point.
        """
        self._rows = array("q")
        self._read: Columns = (array("q"), array("d"), array("d"), array("d"))
        self._peak = self.worst = 0.0
        self.record: Record = self._recorder() if capacity is None else self._thinning_recorder(capacity)

    def __len__(self) -> int:
        return len(self._rows) // _FIELDS

    @property
    def times(self) -> array[int]:
        """Market time of each point, nanoseconds since the epoch, UTC."""
        return self._columns()[0]

    @property
    def equity(self) -> array[float]:
        """Cash and positions at each point, dollars."""
        return self._columns()[1]

    @property
    def cash(self) -> array[float]:
        """Cash at each point, dollars."""
        return self._columns()[2]

    @property
    def exposure(self) -> array[float]:
        """Sum of the absolute market values at each point, dollars."""
        return self._columns()[3]

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

    def _columns(self) -> Columns:
        """Return the columns; they are read again only after something was recorded."""
        if len(self._read[0]) != len(self):
            rows = self._rows
            equity, cash, exposure = (array("d", rows[i::_FIELDS].tobytes()) for i in range(1, _FIELDS))
            self._read = (rows[::_FIELDS], equity, cash, exposure)
        return self._read

    def _recorder(self) -> Record:
        add, pack = self._rows.frombytes, _ROW.pack

        def record(time_ns: int, equity: float, cash: float, exposure: float) -> None:
            add(pack(time_ns, equity, cash, exposure))

        return record

    def _thinning_recorder(self, capacity: int) -> Record:
        assert capacity >= 4, f"an equity curve needs room for 4 points, was {capacity}"
        record = self._recorder()

        def record_and_thin(time_ns: int, equity: float, cash: float, exposure: float) -> None:
            if len(self) >= capacity:
                self._thin()
            record(time_ns, equity, cash, exposure)
            if equity > self._peak:
                self._peak = equity
            elif self._peak > 0:
                self.worst = max(self.worst, 1 - equity / self._peak)

        return record_and_thin

    def _thin(self) -> None:
        """Drop every second point."""
        rows = self._rows
        kept = array("q", bytes((len(self) + 1) // 2 * _ROW.size))
        for i in range(_FIELDS):
            kept[i::_FIELDS] = rows[i :: 2 * _FIELDS]
        # In place, for `record` is bound to this very array.
        rows[:] = kept
        self._read = (array("q"), array("d"), array("d"), array("d"))


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
