"""Tests of tradebus/engine/assumptions.py."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.engine.memory import Plan
from tradebus.engine.assumptions import assumptions
from tradebus.engine.wiring import Parts
from tradebus.gateways.file_data import FileDataGateway
from tradebus.matching.commissions.per_share import PerShare
from tradebus.matching.price import FillAt
from tradebus.model.portfolio import Portfolio
from tradebus.model.timeframe import Timeframe
from tradebus.sizers.fixed import FixedSizer


def told(gateway: object = None, **changes: Any) -> dict[str, str]:
    """Return the assumptions of a session with some settings."""
    parts = Parts(
        strategy=Plan({}),
        strategy_id="plan",
        sizer=FixedSizer(1),
        portfolio=Portfolio(Decimal(1)),
        timeframe=Timeframe.DAY_1,
        **changes,
    )
    return assumptions(parts, gateway)


def test_every_topic_is_told() -> None:
    """What a reader of a report must know, one line each."""
    lines = told()

    assert list(lines) == ["fills", "stops", "volume", "slippage", "fees", "data", "prices", "end", "calendar"]
    assert all(line and "\n" not in line for line in lines.values())


@pytest.mark.parametrize(
    ("fill_at", "words"), [(FillAt.CLOSE, "optimistic"), (FillAt.OPEN, "open of the next"), (FillAt.VWAP, "average")]
)
def test_the_fill_price_is_told(fill_at: FillAt, words: str) -> None:
    """That of the default is called optimistic, for it is."""
    assert words in told(fill_at=fill_at)["fills"]


@pytest.mark.parametrize(
    ("pct", "words"),
    [(None, "not looked at"), (0.1, "at most 10 % of"), (0.0005, "at most 0.05 % of"), (1.0, "at most 100 % of")],
)
def test_the_volume_limit_is_told_as_it_is(pct: float | None, words: str) -> None:
    """A twentieth of a percent is not nothing."""
    assert told(max_volume_pct=pct)["volume"].startswith(words)


def test_costs_are_told() -> None:
    """Slippage in basis points, fees in the model's own words."""
    assert told()["fees"] == "none"
    assert told(commission=PerShare(0.005))["fees"] == str(PerShare(0.005))
    assert told(slippage_bps=7.5)["slippage"] == "7.5 basis points on market and stop fills"


def test_the_end_is_told() -> None:
    """Closed or valued."""
    assert told(flatten=True)["end"] == "open positions are closed at the last close"
    assert told(flatten=False)["end"] == "open positions are valued, not closed"


def test_the_gateway_speaks_for_itself_where_it_can() -> None:
    """Otherwise it is called by its class."""
    samples = told(FileDataGateway())
    assert "bundled samples" in samples["data"]

    other = told(object())
    assert (other["data"], other["prices"]) == ("object", "as the gateway gives them")
