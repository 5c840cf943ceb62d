"""text: words and numbers for a terminal of 80 columns: dollars, percentages, blocks of figures, colours.

Text first: rich costs 60 ms to import and is used by the progress bar alone. Colour is added by a `Palette` where a
person looks at a terminal and has not set NO_COLOR (no-color.org).
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

WIDTH = 80
_CELL = 36

type Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Palette:
    """How text is marked; every mark is empty where there is no colour.

    Attributes:
        heading, quiet, good, bad: The escape sequence that begins the mark.
    """

    heading: str = ""
    quiet: str = ""
    good: str = ""
    bad: str = ""

    def paint(self, text: str, mark: str) -> str:
        """Return the text between a mark and its end."""
        return f"{mark}{text}\x1b[0m" if mark and text else text

    def signed(self, text: str, value: float | None) -> str:
        """Return the text marked as good or bad by the sign of a value."""
        return self.paint(text, (self.good if value > 0 else self.bad) if value else "")


PLAIN = Palette()
COLOR = Palette(heading="\x1b[1m", quiet="\x1b[2m", good="\x1b[32m", bad="\x1b[31m")


def palette_for(stream: TextIO, environ: Mapping[str, str]) -> Palette:
    """Return colours if the stream is a terminal and NO_COLOR is not set; TERM=dumb counts as no terminal."""
    wanted = stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    return COLOR if wanted else PLAIN


def money(value: float | None) -> str:
    """Return dollars, as in `-$1,234.50`; `-` for None."""
    if value is None:
        return "-"
    text = f"${abs(value):,.2f}"
    return f"-{text}" if value < 0 and text != "$0.00" else text


def percent(value: float | None, sign: str = "") -> str:
    """Return a fraction as a percentage, as in `14.60 %`; with sign `+`, `+14.60 %`; `-` for None."""
    if value is None:
        return "-"
    # 0.0 is added because a rounded -0.0 would print its sign.
    return f"{round(100 * value, 2) + 0.0:{sign},.2f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with thousands separators and at most some digits after the point; `-` for None."""
    if value is None:
        return "-"
    if value and abs(value) < 0.1**digits:
        return f"{value:.3g}"
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def plural(count: int, noun: str) -> str:
    """Return a count and its noun, as in `1 bar` and `1,200 bars`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def columns(heading: str, rows: Sequence[Row], palette: Palette) -> str:
    """Return a block of labels and values under a heading, two pairs a line (rows alternate), values flush right."""
    cells = []
    for label, value in rows:
        gap = _CELL - len(label) - _visible(value)
        cells.append(palette.paint(label, palette.quiet) + " " * max(gap, 1) + value)
    lines = [f"  {one}    {two}".rstrip() for one, two in zip(cells[::2], cells[1::2], strict=True)]
    return "\n".join([palette.paint(heading, palette.heading), *lines])


def paragraphs(heading: str, texts: Iterable[str], palette: Palette) -> str:
    """Return a block of wrapped texts under a heading."""
    lines = [palette.paint(heading, palette.heading)]
    for text in texts:
        lines += textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines)


def interleave(left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """Return the rows of `columns` for two columns, which need not be equally long."""
    rows: list[Row] = []
    for i in range(max(len(left), len(right))):
        rows.append(left[i] if i < len(left) else ("", ""))
        rows.append(right[i] if i < len(right) else ("", ""))
    return rows


def _visible(text: str) -> int:
    """Return the length of a text without its marks."""
    for mark in (COLOR.heading, COLOR.quiet, COLOR.good, COLOR.bad, "\x1b[0m"):
        text = text.replace(mark, "")
    return len(text)
