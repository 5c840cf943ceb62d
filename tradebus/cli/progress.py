"""progress: a bar on a terminal while bars are replayed; nothing where nobody looks."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

type Update = Callable[[int, int], None]


@contextmanager
def progress(label: str, stream: TextIO | None = None) -> Iterator[Update | None]:
    """Show how far something has come, and wipe it away at the end.

    Args:
        label: What is being done.
        stream: Where to show it; None for standard error.

    Yields:
        `update(done, total)`; None if the stream is not a terminal, so that the work can skip calling it.
    """
    stream = sys.stderr if stream is None else stream
    if not stream.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Drawn on update only: a drawing thread would take turns with the run.
    with Progress(*columns, console=Console(file=stream), transient=True, auto_refresh=False) as display:
        task = display.add_task(label, total=None)

        def update(done: int, total: int) -> None:
            display.update(task, completed=done, total=total, refresh=True)

        yield update
