"""Tests of tradebus/engine/build.py."""

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.samples import bar
from tests.unit.engine.memory import MemoryGateway
from tradebus.engine.build import DEFAULTS, make_engine, make_instruments, make_sizer, make_strategy
from tradebus.errors import InputError, NotFoundError
from tradebus.model.timeframe import Timeframe
from tradebus.sizers.fixed import FixedSizer
from tradebus.sizers.percent import PercentSizer
from tradebus.strategies.macd import MACDStrategy

SCRIPT = """
class Always:
    name = "always"

    def generate_signals(self, snapshot):
        return [
            {"action": "BUY", "symbol": bar.symbol, "price": bar.close, "timestamp": snapshot.timestamp}
            for bar in snapshot.bars.values()
        ]
"""


def settings(**changes: Any) -> dict[str, Any]:
    """Return the default settings with changes, sections key by key."""
    made: dict[str, Any] = copy.deepcopy(DEFAULTS)
    for key, value in changes.items():
        if isinstance(value, dict):
            made[key] = {**made[key], **value}
        else:
            made[key] = value
    return made


def gateway(days: int = 4) -> MemoryGateway:
    """Return a few bars at 100 dollars."""
    return MemoryGateway([bar(index, 100, volume=10_000) for index in range(days)])


def test_the_strategy_is_made_with_its_parameters() -> None:
    """And with the session's gateway and timeframe."""
    market = gateway()
    made = make_strategy(settings(strategy={"params": {"fast": "5", "slow": "9"}}, timeframe="1Hour"), market)

    assert isinstance(made, MACDStrategy)
    assert made._periods == (5, 9, 9)
    assert made.gateway is market
    assert made.timeframe is Timeframe.HOUR_1


def test_the_sizer_is_made_with_its_parameters() -> None:
    """By its name."""
    default = make_sizer(settings())
    fixed = make_sizer(settings(sizer={"name": "fixed", "params": {"fixed_qty": "7"}}))

    assert isinstance(default, PercentSizer)
    assert default.pct == 0.1
    assert isinstance(fixed, FixedSizer)
    assert fixed.fixed_qty == 7


@pytest.mark.parametrize(
    ("changes", "error", "problem"),
    [
        ({"strategy": {"name": "macdd"}}, NotFoundError, "strategy=macdd: no such strategy"),
        ({"strategy": {"name": None}}, InputError, "strategy=none: there has to be a strategy"),
        ({"strategy": {"params": {"fst": 1}}}, InputError, r"strategy\.params\.fst=1"),
        ({"sizer": {"name": "none"}}, NotFoundError, "sizer=none: no such sizer"),
        ({"sizer": {"name": None}}, InputError, "sizer=none: there has to be a sizer"),
        ({"sizer": {"params": {"pct": 7}}}, InputError, "pct is a fraction, was 7"),
        ({"matching": {"commission": {"name": "none", "params": {}}}}, NotFoundError, "commission=none: no such model"),
        ({"matching": {"slippage_bps": -1}}, InputError, "slippage_bps=-1"),
        ({"matching": {"fill_at": "noon"}}, InputError, "fill_at=noon"),
        ({"time_in_force": "soon"}, InputError, "time_in_force=soon"),
        ({"cash": Decimal(0)}, InputError, "capital=0"),
        ({"risk": {"max_position_size": -1}}, InputError, r"risk\.max_position_size=-1"),
        ({"stop_loss": {"position_stop_pct": 5}}, InputError, "position_stop_pct=5"),
        ({"instruments": {"A/B/C": {}}}, InputError, "instruments=A/B/C: not a symbol"),
    ],
)
def test_what_cannot_be_made_is_refused_by_its_key(
    changes: dict[str, Any], error: type[InputError], problem: str
) -> None:
    """Whoever knows where the key was set says so."""
    with pytest.raises(error, match=problem):
        make_engine(settings(**changes), gateway())


def test_instruments_are_the_defaults_with_changes() -> None:
    """What is None stays as it is; numbers may be text."""
    terms = {"AAPL": {"lot": "0.5", "tick": None, "shortable": False, "fractional": None}, "btc-usd": {"tick": "0.01"}}

    made = make_instruments(settings(instruments=terms))

    assert (made["AAPL"].lot, made["AAPL"].tick, made["AAPL"].shortable) == (Decimal("0.5"), Decimal("0.01"), False)
    assert (made["BTC/USD"].tick, made["BTC/USD"].lot) == (Decimal("0.01"), Decimal("1E-8"))
    assert made["MSFT"].lot == 1


def test_fractional_shares_come_in_billionths_unless_the_lot_is_given() -> None:
    """As the broker takes them."""
    terms = {"AAPL": {"fractional": True}, "MSFT": {"fractional": True, "lot": Decimal("0.01")}}

    made = make_instruments(settings(instruments=terms))

    assert (made["AAPL"].lot, made["MSFT"].lot) == (Decimal("1E-9"), Decimal("0.01"))


def test_crypto_may_be_kept_to_whole_coins() -> None:
    """And what is said anyway changes nothing."""
    made = make_instruments(settings(instruments={"BTC/USD": {"fractional": False}, "ETH/USD": {"fractional": True}}))

    assert (made["BTC/USD"].lot, made["ETH/USD"].lot) == (Decimal(1), Decimal("1E-8"))


@pytest.mark.parametrize("value", ["nothing", 0, -1, "NaN", "Infinity"])
@pytest.mark.parametrize("key", ["lot", "tick"])
def test_steps_of_no_use_are_refused(key: str, value: object) -> None:
    """A step is a finite number above 0."""
    with pytest.raises(InputError, match=rf"instruments\.AAPL\.{key}="):
        make_instruments(settings(instruments={"AAPL": {key: value}}))


def test_every_setting_reaches_the_engine(tmp_path: Path) -> None:
    """Each changes what comes out."""
    (tmp_path / "always.py").write_text(SCRIPT)
    told: list[tuple[int, int]] = []
    heard: list[int] = []
    made = make_engine(
        settings(
            cash=Decimal(50_000),
            strategy={"name": str(tmp_path / "always.py")},
            sizer={"name": "fixed", "params": {"fixed_qty": 50}},
            matching={
                "fill_at": "open",
                "max_volume_pct": 0.002,
                "slippage_bps": 10.0,
                "commission": {"name": "per_order", "params": {"amount": 1.5}},
            },
            time_in_force="ioc",
            instruments={"AAPL": {"lot": 5}},
            stop_loss={"position_stop_pct": 0.5},
        ),
        gateway(),
        keep_open=True,
        on_progress=lambda done, count: told.append((done, count)),
        taps=[lambda batch: heard.append(len(batch.events))],
    )

    results = made.run("AAPL")

    assert results["initial_capital"] == 50_000
    (fill,) = results["fills"]
    assert (fill["quantity"], fill["price"], fill["commission"]) == (20, 100.1, 1.5)
    assert results["counts"]["canceled"] == 1
    assert results["open_positions"][0]["quantity"] == 20
    assert told == [(4, 4)]
    assert sum(heard) == results["event_count"]


def test_limits_reach_the_engine(tmp_path: Path) -> None:
    """An order beyond one is refused with its code."""
    (tmp_path / "always.py").write_text(SCRIPT)
    limited = settings(strategy={"name": str(tmp_path / "always.py")}, risk={"max_position_size": 5})

    refused = make_engine(limited, gateway()).run("AAPL")["rejections"]
    assert "POSITION_SIZE_LIMIT" in refused
