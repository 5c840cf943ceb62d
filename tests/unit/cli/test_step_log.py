"""Tests of tradebus/cli/step_log.py."""

import json
from io import StringIO

from tests.flow.sessions import RandomStrategy, make_parts, run_parts
from tests.samples import random_bars
from tradebus import log
from tradebus.bus import Batch
from tradebus.cli.step_log import log_steps
from tradebus.events import BarEvent, StepEvent


def test_every_step_of_an_order_is_a_line() -> None:
    """Signals, orders, fills and the session are written with market time and number; market data are not."""
    stream = StringIO()
    log.configure(1, json=True, stream=stream)
    _, _, events = run_parts(make_parts(random_bars(40, 5), RandomStrategy(5)))
    batch = Batch()
    batch.events.extend(events)

    log_steps(batch)

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    names = {line["event"] for line in lines}
    assert {"SessionStarted", "SignalEvent", "OrderSized", "OrderApproved", "FillEvent", "SessionEnded"} <= names
    assert not names & {"BarEvent", "StepEvent", "PortfolioEvent", "BrokerFilled"}
    fill = next(line for line in lines if line["event"] == "FillEvent")
    assert fill["time"].startswith("2014-")
    assert events[fill["seq"] - 1].client_order_id == fill["client_order_id"]
    assert "order_type" in next(line for line in lines if line["event"] == "OrderApproved")
    log.configure(0)


def test_nothing_is_written_of_market_data_alone() -> None:
    """A batch of bars leaves the log empty."""
    stream = StringIO()
    log.configure(1, json=True, stream=stream)
    batch = Batch()
    batch.events.extend([*random_bars(3), StepEvent(1)])

    log_steps(batch)

    assert all(isinstance(event, BarEvent | StepEvent) for event in batch.events)
    assert stream.getvalue() == ""
    log.configure(0)
