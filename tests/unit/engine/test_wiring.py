"""Tests of tradebus/engine/wiring.py."""

import ast
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import tradebus
from tests.samples import bar
from tests.unit.engine.memory import Plan
from tradebus.engine.wiring import MODES, Parts, Session, wire
from tradebus.errors import InputError
from tradebus.events import BarEvent
from tradebus.model.portfolio import Portfolio
from tradebus.model.timeframe import Timeframe
from tradebus.services.replay_feed import ReplayFeed
from tradebus.services.simulated_executor import SimulatedExecutor
from tradebus.sizers.fixed import FixedSizer

KNOWS_MODES = {
    "engine/wiring.py": "where they are defined",
    "engine/backtest.py": "asks for its own wiring and tells it",
    "engine/session.py": "hands the name on to SessionStarted",
    "engine/flow.py": "draws the one it is asked for",
    "events/session.py": "SessionStarted tells it",
    "cli/": "a person asks for one",
    "config/": "SYSTEM's keys paper_mode and dry_run are read there",
}
"""Modules that may have a mode's name in their code, with the reason."""

FLAGS = {
    "mode",
    "modes",
    "dry_run",
    "paper_mode",
    "live_mode",
    "is_live",
    "is_paper",
    "is_backtest",
    "backtesting",
}


class Bars:
    """A stream of one bar."""

    def chunks(self) -> list[list[BarEvent]]:
        """Return it."""
        return [[bar(0)]]


def parts(**changes: Any) -> Parts:
    """Return the parts of a session over one bar, with changes."""
    settings: dict[str, Any] = {
        "strategy": Plan({}),
        "strategy_id": "plan",
        "sizer": FixedSizer(1),
        "portfolio": Portfolio(Decimal(100)),
        "timeframe": Timeframe.DAY_1,
        "stream": Bars(),
    }
    return Parts(**{**settings, **changes})


def shape(session: Session) -> list[tuple[Any, ...]]:
    """Return what there is to tell services apart: name, class, what each hears and says."""
    services = [session.feed, *session.bus.services]
    return [(one.name, type(one), one.consumes, one.publishes) for one in services]


def test_there_are_the_four_modes() -> None:
    """By SYSTEM's names."""
    assert list(MODES) == ["backtest", "dry-run", "paper", "live"]


def test_modes_are_two_ends_and_nothing_else() -> None:
    """A mode says which feed and which executor; it has no other word to say."""
    assert set(MODES["live"].__dataclass_fields__) == {"feed", "executor"}


def test_the_replays_are_wired_alike() -> None:
    """The same services in the same order, with the same ends."""
    backtest, dry_run = (shape(wire(mode, parts())) for mode in ("backtest", "dry-run"))

    assert backtest == dry_run
    assert backtest[0][1] is ReplayFeed
    assert backtest[1][1] is SimulatedExecutor


@pytest.mark.parametrize("mode", ["paper", "live"])
def test_modes_without_their_gateway_say_which_is_missing(mode: str) -> None:
    """Nothing falls back to a simulation in silence."""
    with pytest.raises(InputError, match=f"mode={mode}: not wired yet: AlpacaDataGateway is missing"):
        MODES[mode].feed(parts(), wire("backtest", parts()).bus)
    with pytest.raises(InputError, match="not wired yet: AlpacaTradingGateway is missing"):
        MODES[mode].executor(parts())
    with pytest.raises(InputError, match="use backtest or dry-run"):
        wire(mode, parts())


def test_no_other_mode_is_known() -> None:
    """The known ones are named."""
    with pytest.raises(InputError, match=r"mode=sideways: no such mode.*backtest, dry-run, paper, live"):
        wire("sideways", parts())


def test_a_replay_needs_bars() -> None:
    """Where they come from a gateway there is no stream."""
    with pytest.raises(InputError, match="there are no stored bars to replay"):
        wire("backtest", parts(stream=None))


async def test_the_pace_of_a_replay_is_asked_for_with_the_bars_so_far() -> None:
    """A dry-run may take its time there."""
    told: list[int] = []
    session = wire("dry-run", parts(pace=told.append))
    inbox, publish = session.bus.connect(session.feed)

    await session.feed.run(inbox, publish)

    assert told == [1]


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield path and syntax tree of every module."""
    root = Path(tradebus.__file__).parent
    for path in sorted(root.rglob("*.py")):
        yield path.relative_to(root).as_posix(), ast.parse(path.read_text())


def docstrings(tree: ast.Module) -> set[int]:
    """Return the ids of all strings that stand alone: docstrings, of attributes too."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of every name and every string of a module's code."""
    prose = docstrings(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in prose:
                yield node.lineno, text
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text) | ast.keyword(arg=str() as text):
                yield node.lineno, text


def test_no_other_module_asks_for_the_mode() -> None:
    """The name of a mode, or a flag for one, stands in no code but where it is told to people or asked from them."""
    found = [
        f"{file}:{line} {word}"
        for file, tree in modules()
        if not file.startswith(tuple(KNOWS_MODES))
        for line, word in words(tree)
        if word in MODES or word in FLAGS
    ]

    assert found == []
