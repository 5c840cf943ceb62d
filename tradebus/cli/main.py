"""main: the command `tradebus`, a group that imports a command only when it is used.

The table below is all that `--help` needs, so it costs no more than click. Every failure ends here: one line on
standard error, and the exit code that says what kind it was.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

from tradebus.cli.exit_codes import EPILOG
from tradebus.errors import ConfigError, TradebusError, shown

COMMANDS = {
    "backtest": ("tradebus.cli.backtest:backtest", "Run a strategy over stored bars."),
    "strategies": ("tradebus.cli.strategies:strategies", "List strategies and their parameters."),
    "config": ("tradebus.cli.config:config", "Show and check the configuration."),
    "flow": ("tradebus.cli.flow:flow", "Print who says what to whom."),
}
"""Where each command lives, and its line in `--help`."""

_INTERRUPTED = 130
_BROKEN_PIPE = 141


class LazyGroup(click.Group):
    """A group of commands that are known by name, and imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Set the log up first, so that it is there when a command cannot even be imported."""
        from tradebus import log

        as_json = {"auto": None, "json": True, "console": False}[ctx.params["log_format"]]
        log.configure(ctx.params["verbose"], as_json)
        return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a command line, or say which is the nearest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from tradebus.parameters import nearest

            raise click.UsageError(f"No such command {shown(name)!r}{nearest(name, list(COMMANDS))}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"tradebus {version('tradebus')}")
        ctx.exit()


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--verbose", count=True, help="Log steps to standard error; -vv everything, and tracebacks.")
@click.option(
    "--log-format",
    type=click.Choice(["auto", "json", "console"]),
    default="auto",
    show_default=True,
    help="How log lines look; auto is console on a terminal and JSON elsewhere.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli(verbose: int, log_format: str) -> None:
    """Trade by strategies on one deterministic message bus: backtest, dry-run, paper and live."""


def entry() -> NoReturn:
    """Run this process's command line and end the process.

    Two things shorten short commands: the collector looks for cycles a fiftieth as often, for imports and events make
    next to none, and the process ends without taking the interpreter apart, which costs 60 ms once polars is loaded.
    """
    import gc

    gc.set_threshold(100_000)
    code = main()
    sys.stderr.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        argv: Arguments without the program's name; None for the process's own.
    """
    if "_TRADEBUS_COMPLETE" in os.environ:
        cli.main(prog_name="tradebus")
    try:
        code = _run(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _forget_output()
        return _BROKEN_PIPE
    except OSError as error:
        _forget_output()
        return _system_says_no(error)


def _run(arguments: list[str]) -> int:
    try:
        with cli.make_context("tradebus", arguments, color=_color()) as context:
            result = cli.invoke(context)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except TradebusError as error:
        for line in str(error).splitlines() if isinstance(error, ConfigError) else [str(error)]:
            _complain(f"error: {_one_line(line)}")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        return _INTERRUPTED
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 (the one place where whatever went wrong becomes an exit code)
        return _internal(error)


def _system_says_no(error: OSError) -> int:
    """Tell of a full disk, a missing right or a device that fails in the words of the system: nothing of ours broke."""
    from tradebus import log

    if log.is_verbose():
        log.get_logger("tradebus").error("the system refused", exc_info=error)
    where = "input or output failed" if error.filename is None else shown(error.filename)
    _complain(f"error: {where}: {error.strerror or error}")
    return 1


def _internal(error: Exception) -> int:
    from tradebus import log

    hint = "" if log.is_verbose() else " (run with -vv for the traceback)"
    if log.is_verbose():
        log.get_logger("tradebus").error("internal error", exc_info=error)
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    _complain(f"internal error: {_one_line(text)}{hint}")
    return 1


def _one_line(text: str) -> str:
    return shown(text, 2000)


def _complain(text: str) -> None:
    click.echo(text, err=True)


def _color() -> bool | None:
    """Return False where NO_COLOR asks for none (no-color.org), else None: click decides by the stream."""
    return False if os.environ.get("NO_COLOR") else None


def _forget_output() -> None:
    # The interpreter flushes standard output once more when it ends, and would complain.
    # Where it is a stream of a program that embeds this one, it has no file to forget.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
