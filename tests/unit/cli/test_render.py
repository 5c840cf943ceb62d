"""Tests of tradebus/cli/render.py."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.analytics.samples import curve, fill
from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.analytics.results import RunOutcome, build_summary
from tradebus.analytics.trade_tracker import TradeTracker
from tradebus.cli.render import render_assumptions, render_results, why_no_trades
from tradebus.cli.text import COLOR
from tradebus.model.position import Position
from tradebus.model.timeframe import Timeframe


def results(count: int = 1, **changes: Any) -> dict[str, Any]:
    """Return the results of a run of some trades, each of two fills a day apart, with changes."""
    fills = changes.pop("fills", None)
    if fills is None:
        entries = [fill("100", "10", day=2 * i, commission="1") for i in range(count)]
        exits = [fill("-100", str(11 + i), day=2 * i + 1) for i in range(count)]
        fills = [each for pair in zip(entries, exits, strict=True) for each in pair]
    tracker = TradeTracker()
    for each in fills:
        tracker.on_fill(each)
    given: dict[str, Any] = {
        "symbols": ["AAPL"],
        "timeframe": Timeframe.DAY_1,
        "initial_capital": Decimal(100_000),
        "bar_count": 2520,
        "curve": curve(100_000.0, 101_000.0, 99_000.0, 114_596.79),
        "trades": tracker.trades,
        "fills": fills,
        "counts": {"signals": 2 * count, "orders": 2 * count},
        "first_price": 10.0,
        "last_price": 12.5,
        "event_count": 34567,
        "event_hash": "0123456789abcdef" * 4,
    }
    return build_summary(RunOutcome(**(given | changes)))


def without_trades(**changes: Any) -> dict[str, Any]:
    """Return the results of a run of 2,520 bars that came to nothing, with changes."""
    return results(0, **({"counts": {}, "curve": curve(100_000.0, 100_000.0)} | changes))


def test_the_figures_of_a_run_are_shown() -> None:
    """Dollars, percentages, thousands, costs, hash, folder and what to run next."""
    text = render_results(
        results(8, slippage=1234.5), folder="runs/one", next_commands=["tradebus report runs/one", "tradebus runs"]
    )

    for part in (
        "AAPL  1Day  2014-01-02 to 2014-01-05  2,520 bars",
        "$114,596.79",
        "+14.60 %",
        "+25.00 %",
        "-1.98 %",
        "100.00 %",
        "$8.00",
        "$1,234.50",
        "34,567 events, hash 0123456789ab",
        "Run folder runs/one",
        "Next: tradebus report runs/one\n      tradebus runs",
    ):
        assert part in text
    assert "\x1b" not in text


def test_first_and_last_trades_are_a_table() -> None:
    """Of many trades three from each end are shown, aligned, and how many are not."""
    lines = render_results(results(10)).splitlines()

    start = lines.index("Trades")
    table = lines[start + 1 : start + 9]
    assert table[0].split() == ["Symbol", "Side", "Entry", "Exit", "Quantity", "Profit", "Return"]
    assert table[1].split() == ["AAPL", "long", "2014-01-02", "2014-01-03", "100", "$99.00", "+9.90", "%"]
    assert table[4] == "  ... 4 more ..."
    assert len({len(line) for line in table if "..." not in line}) == 1


def test_few_trades_are_all_shown() -> None:
    """Six trades fit without leaving any out."""
    assert "more ..." not in render_results(results(6))


@pytest.mark.parametrize("verbose", [False, True])
def test_nothing_is_wider_than_a_terminal(verbose: bool) -> None:
    """Long names, large sums and long reasons stay within 80 columns."""
    big = [
        fill("123456789.12345678", "98765.123456789", symbol="BTC/USD"),
        fill("-123456789.12345678", "99999.123456789", day=900, symbol="BTC/USD"),
        fill("-0.00012345", "98765.123456789", symbol="DOGE/USDT", day=901),
        fill("0.00012345", "98764.123456789", symbol="DOGE/USDT", day=902),
    ]
    found = results(
        symbols=[f"SYM{i}" for i in range(40)],
        timeframe=Timeframe.MIN_15,
        curve=curve(1e5, 1.5e12, -1e12, 3e12),
        fills=big,
        counts={"INSUFFICIENT_CAPITAL": 1_000_000},
        examples={"INSUFFICIENT_CAPITAL": "order value " * 12},
        assumptions={"fills": "at the close of the bar that made the signal, which is optimistic " * 3, "none": ""},
    )

    lines = f"{render_assumptions(found)}\n{render_results(found, verbose)}".splitlines()

    assert max(map(len, lines)) <= 80
    assert any("more" in line and line.startswith("SYM0, SYM1") for line in lines)
    assert "INSUFFICIENT_CAPITAL 1,000,000 times" in "\n".join(lines)


def test_a_wide_table_of_one_side_leaves_out_the_side() -> None:
    """Where all trades are long the exit's time says more."""
    fills = [fill("12345.678", "9.5", symbol="BTC/USD"), fill("-12345.678", "10.5", day=1, symbol="BTC/USD")]

    text = render_results(results(timeframe=Timeframe.HOUR_4, fills=fills))

    assert "  Entry             Exit  " in text
    assert "Side" not in text


def test_a_wide_table_of_both_sides_leaves_out_the_exit() -> None:
    """Long and short cannot be told apart without the side."""
    fills = [
        fill("12345.678", "9.5", symbol="BTC/USD"),
        fill("-24691.356", "10.5", day=1, symbol="BTC/USD"),
        fill("12345.678", "9.5", day=2, symbol="BTC/USD"),
    ]

    text = render_results(results(timeframe=Timeframe.HOUR_4, fills=fills))

    assert "Side" in text
    assert "Exit" not in text


def test_verbose_shows_every_figure_and_step() -> None:
    """What is not on the first page is on the second."""
    brief, verbose = (render_results(results(3), wordy) for wordy in (False, True))

    for label in ("Sortino", "Calmar", "Turnover", "Payoff ratio", "Longest drawdown", "Signals", "Expired"):
        assert label not in brief
        assert label in verbose


def test_colour_marks_gains_and_losses() -> None:
    """With a palette the text is the same between the marks."""
    painted = render_results(results(2), palette=COLOR)

    assert COLOR.good in painted
    assert COLOR.heading + "Result" in painted


def test_figures_without_meaning_are_a_dash() -> None:
    """An empty run renders, without None or NaN in it."""
    text = render_results(without_trades(curve=EquityTracker(), symbols=[], bar_count=0), verbose=True)

    assert "no data" in text
    assert "None" not in text
    assert "nan" not in text.lower().split()


def test_refusals_and_open_positions_are_told() -> None:
    """What was refused, and what is still held, stands with the result."""
    position, fraction = Position("AAPL", Decimal(100), Decimal(10)), Position("BTC/USD", Decimal("0.5"), Decimal(10))
    position.price = fraction.price = 12.0

    text = render_results(
        results(
            counts={"signals": 4, "orders": 4, "INSUFFICIENT_CAPITAL": 3, "RATE_LIMIT_GLOBAL": 7, "PRICE_COLLAR": 1},
            examples={"RATE_LIMIT_GLOBAL": "31 orders against a limit of 30"},
            positions=[("macd", position), ("macd", fraction)],
        )
    )

    assert "RATE_LIMIT_GLOBAL 7 times (first: 31 orders against a limit of 30)" in text
    assert "PRICE_COLLAR once" in text
    assert text.index("RATE_LIMIT_GLOBAL") < text.index("INSUFFICIENT_CAPITAL 3 times")
    assert "100 AAPL at $10.00, worth $1,200.00, profit so far $200.00" in text
    assert "0.50000000 BTC/USD" in text


def test_assumptions_are_a_line_per_topic() -> None:
    """Topics are aligned; without any there is no block."""
    text = render_assumptions(results(assumptions={"fills": "at the close", "slippage": "10 basis points"}))

    assert text.splitlines() == ["Assumptions", "  fills     at the close", "  slippage  10 basis points"]
    assert render_assumptions(results()) == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bar_count": 0}, "There were no bars"),
        ({"bar_count": 20, "warm_up_bars": 34}, "first signal after 34 bars and the data has 20 bars"),
        ({"warm_up_bars": 34}, "saw 2,520 bars and gave no signal"),
        ({}, "saw 2,520 bars and gave no signal"),
        (
            {
                "counts": {"signals": 5, "ZERO_QUANTITY": 5},
                "examples": {"ZERO_QUANTITY": "10 % of 100.00 buys 0 shares at 175.50"},
            },
            "5 signals refused, nothing filled: ZERO_QUANTITY 5 times (first: 10 % of 100.00 buys 0 shares at 175.50)",
        ),
        (
            {"counts": {"signals": 5, "orders": 5, "INSUFFICIENT_CAPITAL": 4, "RATE_LIMIT_GLOBAL": 1}},
            "5 orders refused, nothing filled: INSUFFICIENT_CAPITAL 4 times; RATE_LIMIT_GLOBAL once",
        ),
        ({"counts": {"signals": 1, "orders": 1, "canceled": 1}}, "1 order and no fill: 1 ended unfilled"),
        ({"counts": {"signals": 1, "orders": 1}}, "the bars ended before a price was reached"),
        ({"counts": {"signals": 3}}, "3 signals and no order"),
        ({"fills": [fill("10", "5")]}, "1 fill and no round trip"),
    ],
)
def test_a_run_without_trades_says_why(changes: dict[str, Any], reason: str) -> None:
    """Zero trades are never silent: the first step that came to nothing is named."""
    found = without_trades(**changes)

    assert reason in why_no_trades(found)
    assert "No trades" in render_results(found)


def test_a_run_with_trades_needs_no_excuse() -> None:
    """There is no reason where there is a trade."""
    assert why_no_trades(results()) == ""
