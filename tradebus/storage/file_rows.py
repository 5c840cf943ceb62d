"""file_rows: a CSV or Parquet file -> its rows as they stand there, or one line that says why it is neither."""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tradebus.errors import DataError, NotFoundError

if TYPE_CHECKING:
    import polars as pl

_FIX = "give a CSV or Parquet file with a line of column names"
_PARQUET, _GZIP = b"PAR1", b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of a file.

    Attributes:
        path: Where they stand.
        frame: Columns by their names in the file; all of them text if the file is CSV.
        first_row: Number of the first of them, counted as an editor counts lines.
    """

    path: Path
    frame: "pl.DataFrame"
    first_row: int


def read_rows(path: Path, field: str = "--data") -> FileRows:
    """Return the rows of a file, CSV (gzipped or not) or Parquet, told apart by content.

    Args:
        path: Where the file is.
        field: What named it, for messages.

    Raises:
        NotFoundError: If there is no such file.
        DataError: If it may not be read, or is neither CSV nor Parquet.
    """
    import polars as pl

    content = _content(path, field)
    if content[:4] == _PARQUET:
        try:
            return FileRows(path, pl.read_parquet(content), 1)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise _unreadable(path, field, f"is no whole Parquet file ({_in_short(error)})") from None
    if not content.strip():
        raise _unreadable(path, field, "is empty")
    if b"\0" in content[:4096] or content.lstrip()[:1] in (b"<", b"{", b"["):
        raise _unreadable(path, field, "is neither CSV nor Parquet")
    try:
        return FileRows(path, pl.read_csv(content, infer_schema=False), 2)
    except pl.exceptions.PolarsError as error:
        raise _unreadable(path, field, f"cannot be read as CSV ({_in_short(error)})") from None


def _content(path: Path, field: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NotFoundError(field, str(path), "there is no such file", "name a CSV or Parquet file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(field, str(path), f"cannot be read ({reason})", "name a file that may be read") from None
    if content[:2] != _GZIP:
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, field, f"is no whole gzip file ({_in_short(error)})") from None


def _unreadable(path: Path, field: str, problem: str) -> DataError:
    return DataError(field, str(path), problem, _FIX)


def _in_short(error: BaseException) -> str:
    text = str(error).partition("\n")[0]
    if "more fields than defined" in text:
        return "a row has more fields than the first line"
    return text[:120]
