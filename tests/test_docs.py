"""The commands in README.md and docs/ run as they are printed, and their links lead somewhere.

Every line that begins with `tradebus ` in a ```bash block is run, unless the block's info string gives a reason not to:

    ```bash skip=needs credentials

A ```python block is run as a script; one that follows the words "Save this as `NAME`" is saved under that name first,
for the commands to use.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
TIME_LIMIT_S = 120

OPEN = re.compile(r"\s*```bash\b *(?P<info>.*)$")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)[^)]*\)")


PYTHON = re.compile(
    r"(?:Save this as `(?P<name>[\w.]+)`[^\n]*\n+)?```python\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL
)


class Command(NamedTuple):
    """A command line in a page.

    Attributes:
        line: Number of its first line, from 1.
        text: The command, its continuation lines joined.
    """

    line: int
    text: str


def commands(markdown: str) -> Iterator[Command]:
    """Yield the commands that a page asks its reader to type and that can be run here.

    Raises:
        ValueError: If a block is skipped without a reason or has another word in its info string.
    """
    lines = enumerate(markdown.splitlines(), 1)
    for number, line in lines:
        block = OPEN.match(line)
        if block is None:
            continue
        info = block["info"].strip()
        reason = info.removeprefix("skip=").strip()
        if info and (not info.startswith("skip=") or not reason):
            raise ValueError(f"line {number}: after ```bash comes nothing or skip=REASON, was {info!r}")
        for inner_number, inner in lines:
            text = inner.strip()
            if text.startswith("```"):
                break
            while text.endswith("\\"):
                text = text[:-1].rstrip() + " " + next(lines)[1].strip()
            if text.startswith("tradebus ") and not info:
                yield Command(inner_number, text)


def workplace(folder: Path) -> dict[str, str]:
    """Lay out a folder as a reader of the docs has it, and return the environment for commands in it."""
    shutil.copytree(ROOT / "configs", folder / "configs")
    programs = folder / ".programs"
    programs.mkdir()
    program = programs / "tradebus"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tradebus "$@"\n')
    program.chmod(0o755)
    secret = ("ALPACA_", "TRADING_", "RISK_", "STOPLOSS_", "TRADEBUS_")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(secret)}
    return inherited | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_of_a_page_run_in_their_order(page: Path, tmp_path: Path) -> None:
    """A reader who types every command of a page, top to bottom in an empty folder, sees none fail."""
    environment = workplace(tmp_path)
    blocks = list(PYTHON.finditer(page.read_text()))
    for block in blocks:
        if block["name"]:
            (tmp_path / block["name"]).write_text(block["code"])

    for command in commands(page.read_text()):
        assert_runs(["/bin/sh", "-ec", command.text], tmp_path, environment, f"{page.name}:{command.line}")
    for block in blocks:
        if not block["name"]:
            assert_runs([sys.executable, "-c", block["code"]], tmp_path, environment, page.name)


def assert_runs(words: list[str], folder: Path, environment: dict[str, str], where: str) -> None:
    """Run a program and show what it said if it fails."""
    run = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_S,
        check=False,
    )
    said = (run.stdout + run.stderr)[-2000:]
    assert run.returncode == 0, f"{where}: {words[-1]}\nexit {run.returncode}\n{said}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_a_page_lead_to_files(page: Path) -> None:
    """Every relative link of a page names something in the checkout."""
    links = LINK.findall(page.read_text())

    missing = [link for link in links if not (page.parent / link).exists()]

    assert not missing


def test_commands_are_found_in_bash_blocks_only() -> None:
    """Text, other languages, other programs, output and skipped blocks are left alone; continuations are joined."""
    page = textwrap.dedent("""
        tradebus text
        ```bash
        tradebus first --a 1
        make demo
        # tradebus comment
        tradebus second \\
            --b 2 | head
        ```
        ```
        tradebus output
        ```
        ```python
        tradebus python
        ```
        ```bash skip=needs credentials
        tradebus live
        ```
        ```bash
        tradebus third
        ```
    """)

    found = list(commands(page))

    assert found == [(4, "tradebus first --a 1"), (7, "tradebus second --b 2 | head"), (20, "tradebus third")]


@pytest.mark.parametrize("info", ["skip=", "skip= ", "skip", "run"])
def test_a_block_is_not_skipped_without_a_reason(info: str) -> None:
    """The info string of a bash block is empty or gives a reason."""
    with pytest.raises(ValueError, match="skip=REASON"):
        list(commands(f"```bash {info}\ntradebus x\n```"))
