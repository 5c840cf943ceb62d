"""bar_checks: rows that cannot be true, found on whole columns, refused or left out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradebus.errors import DataError
from tradebus.model.time import iso

if TYPE_CHECKING:
    import polars as pl

# Vendors round the vwap and the prices apart.
_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be true.

    Attributes:
        row: Where it stands in the file, counted from 1, a header included.
        time_ns: Its start; None if that is what is wrong.
        column: Which column.
        value: What stands there.
        what: What is wrong with it.
    """

    row: int
    time_ns: int | None
    column: str
    value: object
    what: str

    def __str__(self) -> str:
        when = "" if self.time_ns is None else f" ({iso(self.time_ns)})"
        return f"row {self.row}{when}: {self.column}={self.value} {self.what}"


def check(frame: "pl.DataFrame") -> list[Problem]:
    """Return what is wrong with the rows of a bar table, in the order of the rows.

    Checked are missing, infinite and non-positive prices, a high below or a low above another price, negative or
    missing volumes, a vwap outside the bar, times that repeat and times that go back. A volume of zero is allowed.

    Args:
        frame: A bar table with one more column, `row`: the row's number in its file.
    """
    import polars as pl

    rules: list[tuple[str, str, pl.Expr]] = []
    for name in ("open", "high", "low", "close"):
        price = pl.col(name)
        rules.append((name, "is no finite number", price.is_null() | ~price.is_finite()))
        rules.append((name, "must be above 0", price <= 0))
    volume, vwap = pl.col("volume"), pl.col("vwap")
    rules += [
        ("volume", "is no finite number", volume.is_null() | ~volume.is_finite()),
        ("volume", "must not be negative", volume < 0),
        ("high", "is below another price of the bar", pl.col("high") < pl.max_horizontal("open", "low", "close")),
        ("low", "is above another price of the bar", pl.col("low") > pl.min_horizontal("open", "close")),
        (
            "vwap",
            "lies outside the bar",
            vwap.is_not_null()
            & (volume > 0)
            & ((vwap < pl.col("low") * (1 - _TOLERANCE)) | (vwap > pl.col("high") * (1 + _TOLERANCE))),
        ),
        (
            "timestamp",
            "repeats an earlier row's",
            pl.col("start_ns").is_duplicated() & ~pl.col("start_ns").is_first_distinct(),
        ),
        ("timestamp", "goes back in time", pl.col("start_ns") < pl.col("start_ns").shift(1)),
    ]
    flags = frame.select(*(rule.fill_null(False).alias(f"{n}") for n, (_, _, rule) in enumerate(rules)))
    found: dict[int, Problem] = {}
    for number, (column, what, _) in enumerate(rules):
        for index in flags[str(number)].arg_true().to_list():
            if index not in found:
                found[index] = _problem(frame, index, column, what)
    return [found[index] for index in sorted(found)]


def _problem(frame: "pl.DataFrame", index: int, column: str, what: str) -> Problem:
    start = int(frame["start_ns"][index])
    value = iso(start) if column == "timestamp" else frame[column][index]
    return Problem(int(frame["row"][index]), None if column == "timestamp" else start, column, value, what)


def refuse(problems: list[Problem], source: str) -> DataError:
    """Return the error for rows that cannot be true: the first of them, and how many more there are."""
    first = problems[0]
    more = f" (and {len(problems) - 1:,} more rows)" if len(problems) > 1 else ""
    when = "" if first.time_ns is None else f", {iso(first.time_ns)}"
    return DataError(
        first.column,
        str(first.value),
        f"{first.what}, {source} row {first.row}{when}{more}",
        "correct the data, or leave such rows out with --repair drop",
    )


def drop(frame: "pl.DataFrame", problems: list[Problem]) -> "pl.DataFrame":
    """Return the table without the rows that cannot be true, sorted; of rows with one time the first stays."""
    import polars as pl

    unsorted = [problem for problem in problems if problem.what == "goes back in time"]
    bad = [problem.row for problem in problems if problem not in unsorted]
    return frame.filter(~pl.col("row").is_in(bad)).sort("start_ns")
