"""The command line in an empty folder, and what it leaves there."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tradebus import log
from tradebus.cli.main import main
from tradebus.config.environment import is_ours

type Files = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did.

    Attributes:
        code: Its exit code.
        out, err: What it printed.
        written: Paths that were not there before, or are not as they were, below the folder it ran in.
    """

    code: int
    out: str
    err: str
    written: tuple[str, ...]


type Run = Callable[..., Ran]


@pytest.fixture
def tradebus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """A function that runs a command line in process, in a folder that holds nothing but the files it is given.

    What lies in the folder for temporary files counts as written there too.
    """
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("TMPDIR", str(place))
    for name in filter(is_ours, list(os.environ)):
        monkeypatch.delenv(name)

    def run(*arguments: str, files: Files | None = None) -> Ran:
        for name, content in (files or {}).items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        before = _contents(tmp_path)
        capfd.readouterr()
        code = main(arguments)
        captured = capfd.readouterr()
        after = _contents(tmp_path)
        written = sorted(name for name, content in after.items() if before.get(name, b"new") != content)
        assert before.keys() <= after.keys(), "nothing is ever removed"
        return Ran(code, captured.out, captured.err, tuple(written))

    yield run
    log.configure(0)


def _contents(folder: Path) -> dict[str, bytes | None]:
    """Return the content of everything below a folder; None for a folder."""
    return {
        path.relative_to(folder / "here").as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if path.name != "here"
    }
