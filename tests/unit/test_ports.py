"""Tests of tradebus/ports.py."""

import inspect
from typing import Protocol, is_protocol

import pytest

from tradebus import ports
from tradebus.features.sma import SMA
from tradebus.gateways.file_data import FileDataGateway
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.ports import CheckResult
from tradebus.risk.checks.capital import CapitalCheck
from tradebus.risk.working_orders import WorkingOrders
from tradebus.services.order_book import OrderBook
from tradebus.sizers.percent import PercentSizer
from tradebus.strategies.macd import MACDStrategy

PROTOCOLS = [value for value in vars(ports).values() if is_protocol(value) and value.__module__ == ports.__name__]

MADE = {
    "Strategy": MACDStrategy,
    "PositionSizer": PercentSizer,
    "Indicator": SMA,
    "Book": WorkingOrders,
    "Check": CapitalCheck,
    "MatchingEngine": DeterministicMatchingEngine,
    "DataGateway": FileDataGateway,
    "Orders": OrderBook,
}
"""One implementation of each protocol that has any."""


def methods(protocol: type) -> list[str]:
    """Return the names of a protocol's methods."""
    return [name for name, value in vars(protocol).items() if inspect.isfunction(value) and not name.startswith("_")]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_port_has_at_most_three_methods(protocol: type) -> None:
    """What is larger is two ideas."""
    assert Protocol in protocol.__mro__
    assert 1 <= len(methods(protocol)) <= 3


@pytest.mark.parametrize(("name", "made"), MADE.items())
def test_an_implementation_has_the_methods_and_need_not_inherit(name: str, made: type) -> None:
    """Under their names, with their arguments, and as coroutines where the port says so."""
    protocol = getattr(ports, name)

    assert protocol not in made.__mro__
    for method in methods(protocol):
        wanted, found = getattr(protocol, method), getattr(made, method)
        assert list(inspect.signature(wanted).parameters) == list(inspect.signature(found).parameters)
        assert inspect.iscoroutinefunction(wanted) == inspect.iscoroutinefunction(found)


def test_only_a_broker_is_still_missing() -> None:
    """Every other port has an implementation."""
    assert {protocol.__name__ for protocol in PROTOCOLS} - MADE.keys() == {"TradingGateway"}


def test_a_no_is_one_line() -> None:
    """The value against the limit."""
    assert CheckResult("CODE", "100 dollars", "120 dollars").detail == "120 dollars against a limit of 100 dollars"


def test_everything_that_is_exported_is_there() -> None:
    """`from tradebus.ports import *` works."""
    assert [name for name in ports.__all__ if not hasattr(ports, name)] == []
