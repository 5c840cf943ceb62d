"""Tests of tradebus/sizers/kelly.py."""

import math
from collections import deque
from decimal import Decimal

import pytest

from tests.unit.risk.samples import account, signal, valued
from tradebus.errors import InputError
from tradebus.model.trade import Trade
from tradebus.sizers.kelly import MIN_TRADES, WINDOW, KellySizer, estimate_edge, kelly


def trade(pnl: int, strategy_id: str = "macd") -> Trade:
    """Return a closed trade of 100 dollars."""
    return Trade(
        symbol="AAPL",
        strategy_id=strategy_id,
        side="long",
        entry_ns=0,
        exit_ns=1,
        entry_price=Decimal(100),
        exit_price=Decimal(100 + pnl),
        quantity=Decimal(1),
        pnl=Decimal(pnl),
    )


def test_the_formula_is_kellys() -> None:
    """f* = (p*b - q) / b; 60 % wins at 2 to 1 stakes 40 %."""
    assert kelly(0.6, 2.0) == pytest.approx((0.6 * 2.0 - 0.4) / 2.0)
    assert kelly(0.6, 2.0) == pytest.approx(0.4)


def test_a_given_edge_is_used_and_capped() -> None:
    """The fraction scales f*, the cap ends it."""
    books = account("100000")

    half = KellySizer(0.6, 2.0, fraction=0.5, max_pct=1.0)
    capped = KellySizer(0.6, 2.0)

    assert half.calculate_qty(signal(), books, 50.0) == pytest.approx(100_000 * 0.2 / 50)
    assert capped.calculate_qty(signal(), books, 50.0) == 100_000 * 0.25 / 50


def test_a_negative_edge_is_no_order() -> None:
    """Who loses on average bets nothing."""
    assert KellySizer(0.3, 1.0).calculate_qty(signal(), account(), 50.0) == 0.0


def test_the_edge_is_estimated_from_the_trades_of_the_strategy() -> None:
    """12 wins of 20 % and 8 losses of 10 % are p = 0.6 and b = 2; other strategies do not count."""
    sizer = KellySizer(max_pct=1.0)
    for pnl in [20] * 12 + [-10] * 8:
        sizer.on_trade(trade(pnl))
        sizer.on_trade(trade(-pnl, "momentum"))

    assert sizer.calculate_qty(signal(), account("1000"), 10.0) == pytest.approx(1000 * 0.4 / 10)
    assert sizer.calculate_qty(signal(strategy_id="momentum"), account("1000"), 10.0) == 0.0


def test_too_few_trades_are_not_believed() -> None:
    """Until there are enough trades the start fraction is used, so that there will be some."""
    sizer = KellySizer(start_pct=0.02)
    for _ in range(MIN_TRADES - 1):
        sizer.on_trade(trade(-10))

    assert sizer.calculate_qty(signal(), account("1000"), 10.0) == pytest.approx(1000 * 0.02 / 10)
    assert "19 of 20 trades are known" in sizer.explain(signal(), account("1000"), 10.0)

    sizer.on_trade(trade(-10))
    assert sizer.calculate_qty(signal(), account("1000"), 10.0) == 0.0


def test_old_trades_are_forgotten() -> None:
    """The window is bounded: after as many losses as it holds, the wins before do not count."""
    sizer = KellySizer()
    for _ in range(WINDOW):
        sizer.on_trade(trade(20))
    assert sizer.calculate_qty(signal(), account(), 50.0) > 0

    for _ in range(WINDOW):
        sizer.on_trade(trade(-10))
    assert sizer.calculate_qty(signal(), account(), 50.0) == 0.0


@pytest.mark.parametrize(
    ("returns", "edge"),
    [
        ([0.1, 0.2], (1.0, math.inf)),
        ([-0.1], (0.0, 0.0)),
        ([0.0], (0.0, 0.0)),
        ([0.2, 0.0, -0.1], (0.5, 2.0)),
    ],
)
def test_one_sided_records_have_an_edge_too(returns: list[float], edge: tuple[float, float]) -> None:
    """Without losses the ratio is infinite, without wins there is no edge; trades of nothing do not count."""
    assert estimate_edge(deque(returns)) == edge
    assert kelly(*edge) <= 1.0


def test_the_formula_is_shown_with_its_numbers() -> None:
    """The line that `tradebus why` prints."""
    line = KellySizer(0.6, 2.0, fraction=0.5).explain(signal(), account("100000"), 50.0)

    assert line == (
        "(equity 100,000.00 x 0.2) / price 50.00 = 400; "
        "f* = (0.6 x 2 - 0.4) / 2 = 0.4, x fraction 0.5, within 0 and max_pct 0.25"
    )


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf])
def test_useless_numbers_are_no_order(number: float) -> None:
    """Price and equity must be finite and above 0."""
    sizer = KellySizer(0.6, 2.0)

    assert sizer.calculate_qty(signal(), account(), number) == 0.0
    assert sizer.calculate_qty(signal(), valued(number), 50.0) == 0.0


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"win_rate": 60, "win_loss_ratio": 2}, "win_rate"),
        ({"win_rate": 0.6, "win_loss_ratio": 0}, "win_loss_ratio"),
        ({"win_rate": 0.6}, "win_rate"),
        ({"win_loss_ratio": 2}, "win_loss_ratio"),
        ({"fraction": 2}, "fraction"),
        ({"max_pct": 25}, "max_pct"),
        ({"start_pct": math.nan}, "start_pct"),
    ],
)
def test_useless_settings_are_refused(arguments: dict[str, float], field: str) -> None:
    """Each is named; half an edge is none."""
    with pytest.raises(InputError) as caught:
        KellySizer(**arguments)

    assert caught.value.field == field
