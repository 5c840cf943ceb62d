"""Tests of tradebus/engine/flow.py."""

import pytest

from tradebus.engine.flow import Node, edges, graph, render, render_dot
from tradebus.errors import InputError

SMALL = [
    Node("feed", "edge", (), ("BarEvent",)),
    Node("strategy", "core", ("BarEvent",), ("SignalEvent",)),
    Node("sizing", "core", ("SignalEvent",), ("OrderSized",)),
]


def test_a_mode_is_its_services_in_wiring_order() -> None:
    """The feed first; only it does I/O."""
    nodes = graph("backtest")

    assert [node.name for node in nodes] == [
        "feed",
        "executor",
        "order book",
        "portfolio",
        "stops",
        "strategy macd",
        "sizing",
        "validation",
        "trackers",
    ]
    assert [node.kind for node in nodes] == ["edge"] + ["core"] * 8


def test_families_are_told_by_their_members() -> None:
    """What the executor says is every kind of broker event."""
    executor = graph("backtest")[1]

    assert {"BrokerAccepted", "BrokerFilled", "BrokerRejected"} <= set(executor.says)
    assert "BrokerEvent" not in executor.says


def test_every_event_that_is_heard_is_said_or_comes_from_outside() -> None:
    """Nobody waits for what nobody says; ticks, the operator's words and a broker's cancel requests come later."""
    nodes = graph("backtest")
    said = {event for node in nodes for event in node.says}
    heard = {event for node in nodes for event in node.hears}

    assert heard - said == {"TickEvent", "BreakerReset", "FlattenRequested", "Paused", "Resumed", "Halted"}


def test_replays_have_the_same_flow() -> None:
    """However fast they run."""
    assert graph("backtest") == graph("dry-run")


@pytest.mark.parametrize("mode", ["paper", "sideways"])
def test_a_mode_that_is_not_there_has_no_graph(mode: str) -> None:
    """It says so."""
    with pytest.raises(InputError, match="mode="):
        graph(mode)


def test_an_edge_leads_from_all_who_say_to_all_who_hear() -> None:
    """In the order of the flow."""
    assert edges(SMALL) == [
        ("BarEvent", ["feed"], ["strategy"]),
        ("SignalEvent", ["strategy"], ["sizing"]),
        ("OrderSized", ["sizing"], []),
    ]


def test_as_text_each_service_and_each_event_has_its_lines() -> None:
    """An event that nobody hears is recorded all the same."""
    assert render(SMALL).splitlines() == [
        "feed (edge)",
        "    says   BarEvent",
        "strategy (core)",
        "    hears  BarEvent",
        "    says   SignalEvent",
        "sizing (core)",
        "    hears  SignalEvent",
        "    says   OrderSized",
        "",
        "BarEvent         feed -> strategy",
        "SignalEvent      strategy -> sizing",
        "OrderSized       sizing -> nobody (recorded only)",
    ]


def test_as_dot_each_edge_is_an_arrow() -> None:
    """Graphviz draws it."""
    assert render_dot(SMALL).splitlines() == [
        "digraph flow {",
        "  rankdir=LR; node [shape=box];",
        '  "feed" -> "strategy" [label="BarEvent"];',
        '  "strategy" -> "sizing" [label="SignalEvent"];',
        "}",
    ]
