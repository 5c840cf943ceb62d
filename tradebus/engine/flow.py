"""flow: who says what to whom in a wiring, read off the services themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tradebus.bus import CoreService, EdgeService
from tradebus.engine.wiring import Parts, wire
from tradebus.events import BarEvent, Event, members
from tradebus.model.portfolio import Portfolio
from tradebus.model.timeframe import Timeframe
from tradebus.sizers.percent import PercentSizer
from tradebus.strategies.macd import MACDStrategy


@dataclass(frozen=True, slots=True)
class Node:
    """A service in the graph.

    Attributes:
        name: The service's.
        kind: `core` or `edge`.
        hears, says: Names of events, families as their members.
    """

    name: str
    kind: str
    hears: tuple[str, ...]
    says: tuple[str, ...]


class _NoBars:
    count = first_ns = last_ns = 0

    def chunks(self) -> Iterable[Iterable[BarEvent]]:
        return ()


def graph(mode: str) -> list[Node]:
    """Return the services of a mode in wiring order, the feed first.

    Raises:
        InputError: If there is no such mode, or its gateways are not there.
    """
    parts = Parts(
        strategy=MACDStrategy(),
        strategy_id="macd",
        sizer=PercentSizer(0.1),
        portfolio=Portfolio(Decimal(1)),
        timeframe=Timeframe.DAY_1,
        stream=_NoBars(),
    )
    session = wire(mode, parts)
    return [_node(session.feed), *(_node(service) for service in session.bus.services)]


def render(nodes: list[Node]) -> str:
    """Return the graph as text: each service, then each event with who says it and who hears it."""
    lines = []
    for node in nodes:
        lines.append(f"{node.name} ({node.kind})")
        lines += [f"    hears  {', '.join(node.hears)}"] if node.hears else []
        lines += [f"    says   {', '.join(node.says)}"] if node.says else []
    lines.append("")
    for event, said, heard in edges(nodes):
        lines.append(f"{event:<16} {' + '.join(said)} -> {', '.join(heard) or 'nobody (recorded only)'}")
    return "\n".join(lines)


def render_dot(nodes: list[Node]) -> str:
    """Return the graph in Graphviz's language."""
    lines = ["digraph flow {", "  rankdir=LR; node [shape=box];"]
    for event, said, heard in edges(nodes):
        lines += [f'  "{source}" -> "{target}" [label="{event}"];' for source in said for target in heard]
    return "\n".join([*lines, "}"])


def edges(nodes: list[Node]) -> list[tuple[str, list[str], list[str]]]:
    """Return (event, who says it, who hears it) for every event that somebody says, in the order of the flow."""
    said = {event: None for node in nodes for event in node.says}
    return [
        (
            event,
            [node.name for node in nodes if event in node.says],
            [node.name for node in nodes if event in node.hears],
        )
        for event in said
    ]


def _node(service: CoreService | EdgeService) -> Node:
    kind = "edge" if hasattr(service, "policies") else "core"
    return Node(service.name, kind, _names(service.consumes), _names(service.publishes))


def _names(kinds: tuple[type[Event], ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.__name__ for kind in kinds for member in members(kind)))
