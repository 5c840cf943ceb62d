"""Tests of tradebus/cli/progress.py."""

import io

from tradebus.cli.progress import progress


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def test_nothing_is_shown_where_nobody_looks() -> None:
    """Into a file or a pipe not a byte is written, and there is nothing to call."""
    stream = io.StringIO()

    with progress("Replaying", stream) as update:
        assert update is None

    assert stream.getvalue() == ""


def test_a_terminal_sees_how_far_it_is() -> None:
    """Label, done and total are drawn on each update."""
    stream = Terminal()

    with progress("Replaying", stream) as update:
        assert update is not None
        update(500, 2000)
        drawn = stream.getvalue()

    assert "Replaying" in drawn
    assert "500/2000" in drawn


def test_standard_error_is_the_default() -> None:
    """Results on standard output are never mixed with progress; under a test runner nobody looks."""
    with progress("Replaying") as update:
        assert update is None
