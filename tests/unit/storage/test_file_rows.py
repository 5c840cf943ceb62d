"""Tests of tradebus/storage/file_rows.py."""

import gzip
import random
from pathlib import Path

import polars as pl
import pytest

from tradebus.errors import DataError, NotFoundError, TradebusError
from tradebus.storage.file_rows import read_rows

CSV = b"a,b\n1,x\n2,y\n"
FIX = "Fix: give a CSV or Parquet file with a line of column names"


def write(path: Path, content: bytes) -> Path:
    """Write bytes and return where they are."""
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content", [CSV, CSV.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + CSV, b"\n" + CSV, gzip.compress(CSV, mtime=0)]
)
def test_csv_is_read_as_text(tmp_path: Path, content: bytes) -> None:
    """CSV is text, however its lines end, with a byte order mark or packed, and whatever its name says."""
    rows = read_rows(write(tmp_path / "bars.parquet", content))

    assert rows.frame.to_dict(as_series=False) == {"a": ["1", "2"], "b": ["x", "y"]}
    assert rows.first_row == 2


def test_parquet_is_told_by_content(tmp_path: Path) -> None:
    """Parquet keeps its types, whatever its name says; its rows are counted from 1."""
    frame = pl.DataFrame({"a": [1, 2], "b": [1.5, None]})
    path = tmp_path / "bars.csv"
    frame.write_parquet(path)

    rows = read_rows(path)

    assert rows.frame.equals(frame)
    assert (rows.first_row, rows.path) == (1, path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"<!DOCTYPE html><html></html>", "is neither CSV nor Parquet"),
        (b'{"bars": []}', "is neither CSV nor Parquet"),
        (b"[1, 2]", "is neither CSV nor Parquet"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is neither CSV nor Parquet"),
        ("a,b\n1,2\n".encode("utf-16"), "is neither CSV nor Parquet"),
        (b"a,b\n1,\xff\xfe\n", "cannot be read as CSV (invalid utf-8 sequence)"),
        (b"a,b\n1,2,3\n", "cannot be read as CSV (a row has more fields than the first line)"),
        (b"PAR1", "is no whole Parquet file ("),
        (b"PAR1 and then nothing like it", "is no whole Parquet file ("),
        (gzip.compress(CSV, mtime=0)[:-4], "is no whole gzip file (Compressed file ended before"),
        (b"\x1f\x8b and then nothing like it", "is no whole gzip file ("),
        (gzip.compress(CSV, mtime=0)[:-8] + b"12345678", "is no whole gzip file (CRC check failed"),
    ],
)
def test_what_is_neither_csv_nor_parquet_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    """The error is one line that names the file, what is wrong with it, and the fix."""
    path = write(tmp_path / "bars.csv", content)

    with pytest.raises(DataError) as caught:
        read_rows(path)

    assert caught.value.problem.startswith(problem)
    assert str(caught.value).endswith(FIX)
    assert "\n" not in str(caught.value)
    assert caught.value.value == str(path)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (".", r"cannot be read \(Is a directory\)"),
        ("file/below", r"cannot be read \(Not a directory\)"),
        ("n" * 300, r"cannot be read \(File name too long\)"),
        ("nul\0", r"cannot be read \(.*null byte"),
    ],
)
def test_what_cannot_be_opened_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    """What the system says becomes one line."""
    write(tmp_path / "file", CSV)

    with pytest.raises(DataError, match=problem):
        read_rows(tmp_path / name)


def test_a_missing_file_is_not_found() -> None:
    """The error names what was set and the path."""
    with pytest.raises(NotFoundError, match=r"--file=none\.csv: there is no such file\. Fix: name a CSV") as caught:
        read_rows(Path("none.csv"), "--file")

    assert caught.value.exit_code == 4


def test_broken_parquet_never_ends_in_a_traceback(tmp_path: Path) -> None:
    """Whichever bytes of a Parquet file are wrong, it is read or refused."""
    whole = tmp_path / "whole.parquet"
    pl.DataFrame({"a": list(range(200)), "b": ["x", "y"] * 100}).write_parquet(whole)
    content, rng, refused = whole.read_bytes(), random.Random(7), 0
    for _ in range(100):
        broken = bytearray(content)
        for _ in range(rng.choice([1, 3, 20])):
            broken[rng.randrange(4, len(broken))] = rng.randrange(256)
        try:
            read_rows(write(tmp_path / "broken.parquet", bytes(broken[: rng.choice([len(broken), 300])])))
        except TradebusError:
            refused += 1

    assert refused > 50
