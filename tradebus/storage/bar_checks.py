"""bar_checks: rows that cannot be true, found on whole columns, refused or left out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tradebus.errors import DataError
from tradebus.model.time import iso
from tradebus.storage.bar_table import PRICES

if TYPE_CHECKING:
    import polars as pl

_TOLERANCE = 1e-4
"""Fraction that a vwap may lie outside its bar: vendors round it and the prices apart."""

_BACK = "goes back in time"
_LINES = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be true.

    Attributes:
        row: Where it stands in the file, counted from 1, a header included.
        time_ns: Start of its bar.
        column: Which column.
        value: What stands there.
        what: What is wrong with it.
    """

    row: int
    time_ns: int
    column: str
    value: object
    what: str

    @property
    def is_order(self) -> bool:
        """Whether the row itself may be true, but stands after a later one."""
        return self.what == _BACK

    @property
    def shown(self) -> str:
        """The value, a time in ISO 8601."""
        return iso(self.time_ns) if self.column == "timestamp" else str(self.value)

    def __str__(self) -> str:
        return f"row {self.row} ({iso(self.time_ns)}): {self.column}={self.shown} {self.what}"


def check(frame: "pl.DataFrame") -> list[Problem]:
    """Return what is wrong with the rows of a bar table, at most one problem a row, in the order of the rows.

    Checked are missing, infinite and non-positive prices, a high below or a low above another price, negative or
    missing volumes, a vwap outside the bar, times that repeat and times that go back. A volume of zero is allowed: no
    order fills in such a bar unless its volume is not to be looked at.

    Args:
        frame: A bar table with one more column, `row`: the row's number in its file.
    """
    rules = _rules()
    flags = frame.select(rule.fill_null(value=False).alias(str(n)) for n, (_, _, rule) in enumerate(rules))
    problems: list[Problem] = []
    sound = frame
    if any(flags[name].any() for name in flags.columns):
        problems, sound = _broken(frame, flags, [(column, what) for column, what, _ in rules])
    if not (sound["start_ns"].diff().slice(1) > 0).all():
        problems += _repeated(sound) + _unsorted(sound)
    return sorted(problems, key=lambda problem: problem.row)


def _rules() -> "list[tuple[str, str, pl.Expr]]":
    """Return column, what is wrong with it, and how that is seen; the first rule that a row breaks is its problem."""
    import polars as pl

    low, high, volume, vwap = (pl.col(name) for name in ("low", "high", "volume", "vwap"))
    rules: list[tuple[str, str, pl.Expr]] = []
    for name in PRICES:
        price = pl.col(name)
        rules.append((name, "is no finite number", price.is_null() | ~price.is_finite()))
        rules.append((name, "must be above 0", price <= 0))
    outside = (vwap < low * (1 - _TOLERANCE)) | (vwap > high * (1 + _TOLERANCE))
    return [
        *rules,
        ("volume", "is no finite number", volume.is_null() | ~volume.is_finite()),
        ("volume", "must not be negative", volume < 0),
        ("high", "is below another price of the bar", high < pl.max_horizontal("open", "low", "close")),
        ("low", "is above another price of the bar", low > pl.min_horizontal("open", "close")),
        ("vwap", "lies outside the bar", outside),
        ("trade_count", "must not be negative", pl.col("trade_count") < 0),
    ]


def _broken(
    frame: "pl.DataFrame", flags: "pl.DataFrame", rules: list[tuple[str, str]]
) -> "tuple[list[Problem], pl.DataFrame]":
    """Return the problems of the rows that break a rule, and the other rows."""
    import polars as pl

    bad = flags.select(pl.any_horizontal(pl.all())).to_series()
    rows, marks = frame.filter(bad), flags.filter(bad)
    values = {column: rows[column].to_list() for column, _ in rules}
    problems = []
    for index, (row, start, marked) in enumerate(
        zip(*_columns(rows, "row", "start_ns"), marks.iter_rows(), strict=True)
    ):
        column, what = rules[marked.index(True)]
        problems.append(Problem(row, start, column, values[column][index], what))
    return problems, frame.filter(~bad)


def _columns(frame: "pl.DataFrame", *names: str) -> list[list[Any]]:
    return [frame[name].to_list() for name in names]


def _repeated(frame: "pl.DataFrame") -> list[Problem]:
    """Return the rows that have the time of an earlier one."""
    import polars as pl

    repeats = ~frame["start_ns"].is_first_distinct()
    if not repeats.any():
        return []
    twins = frame.filter(frame["start_ns"].is_duplicated())
    # A row is a mere copy if all that it says was said before.
    copy = ~twins.select(pl.struct(pl.exclude("row")).is_first_distinct()).to_series()
    later = twins.with_columns(copy.alias("copy")).filter(~twins["start_ns"].is_first_distinct())
    words = {True: "repeats an earlier row", False: "is the time of an earlier row with other numbers"}
    triples = zip(*_columns(later, "row", "start_ns", "copy"), strict=True)
    return [Problem(row, start, "timestamp", start, words[same]) for row, start, same in triples]


def _unsorted(frame: "pl.DataFrame") -> list[Problem]:
    if frame["start_ns"].is_sorted():
        return []
    first = frame.filter(frame["start_ns"].is_first_distinct())
    back = first.filter(first["start_ns"].diff() < 0)
    return [
        Problem(row, start, "timestamp", start, _BACK)
        for row, start in zip(*_columns(back, "row", "start_ns"), strict=True)
    ]


def refuse(problems: list[Problem], source: str) -> DataError:
    """Return the error for rows that cannot be true: the first of them, and how many more there are."""
    first = problems[0]
    others = len(problems) - 1
    more = f" (and {others:,} more row{'s' if others > 1 else ''})" if others else ""
    when = "" if first.column == "timestamp" else f", {iso(first.time_ns)}"
    fix = "correct the data, or leave such rows out with --repair drop"
    if first.is_order:
        fix = "sort the rows by time, or have it done with --repair drop"
    return DataError(first.column, first.shown, f"{first.what}, {source} row {first.row}{when}{more}", fix)


def drop(frame: "pl.DataFrame", problems: list[Problem]) -> "pl.DataFrame":
    """Return the table without the rows that cannot be true, sorted; of rows with one time the first that can stays."""
    import polars as pl

    bad = pl.Series([problem.row for problem in problems if not problem.is_order], dtype=pl.Int64)
    return frame.filter(~frame["row"].is_in(bad.implode())).sort("start_ns")


def report(problems: list[Problem], source: str) -> list[str]:
    """Return what `drop` does about problems: a line for each row left out, the first 20 of them, and sums."""
    out = [problem for problem in problems if not problem.is_order]
    moved = len(problems) - len(out)
    lines = [f"{source}: left out {problem}" for problem in out[:_LINES]]
    if len(out) > _LINES:
        lines.append(f"{source}: left out {len(out) - _LINES:,} more rows")
    if moved:
        lines.append(f"{source}: sorted by time, {moved:,} rows stood after a later one")
    return lines
