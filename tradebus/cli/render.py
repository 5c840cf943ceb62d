"""render: a run's results as plain text of 80 columns."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from tradebus.cli.text import (
    PLAIN,
    WIDTH,
    Palette,
    Row,
    columns,
    interleave,
    money,
    number,
    paragraphs,
    percent,
    plural,
)

_DAY_CHARACTERS, _MINUTE_CHARACTERS = len("2023-01-31"), len("2023-01-31T09:30")
_EDGE_TRADES = 3
_SHORT_HASH = 12

type Results = Mapping[str, Any]


def render_assumptions(results: Results, palette: Palette = PLAIN) -> str:
    """Return what the simulation took for granted, a topic a line; printed above every result."""
    assumptions: Mapping[str, str] = results["assumptions"]
    if not assumptions:
        return ""
    width = max(map(len, assumptions)) + 2
    lines = [palette.paint("Assumptions", palette.heading)]
    for topic, text in assumptions.items():
        first, *rest = textwrap.wrap(text, WIDTH - 2 - width) or [""]
        lines.append(f"  {palette.paint(topic.ljust(width), palette.quiet)}{first}".rstrip())
        lines += [" " * (2 + width) + line for line in rest]
    return "\n".join(lines)


def render_results(
    results: Results,
    verbose: bool = False,
    palette: Palette = PLAIN,
    folder: str | None = None,
    next_commands: Sequence[str] = (),
) -> str:
    """Return a run's results for a terminal.

    Args:
        results: As `build_summary` returns it.
        verbose: Whether to show every figure and the count of each step.
        palette: Colours.
        folder: Where the run was written; None if it was not.
        next_commands: What one may want to run next, a command a line.
    """
    blocks = [
        _title(results, palette),
        columns("Result", _main_rows(results, palette), palette),
        columns("Detail", _detail_rows(results), palette) if verbose else "",
        columns("Flow", _flow_rows(results), palette) if verbose else "",
        _refusals(results, palette) if results["total_trades"] else "",
        _open_positions(results, palette),
        _trades(results, palette) if results["total_trades"] else _no_trades(results, palette),
        _footer(results, palette, folder, next_commands),
    ]
    return "\n\n".join(block for block in blocks if block)


def why_no_trades(results: Results) -> str:
    """Return the likeliest reason that a run has no round trip, in a sentence or two; empty if it has one."""
    counts, refused = results["counts"], results["rejections"]
    bars, warm_up = results["bar_count"], results.get("warm_up_bars")
    if results["total_trades"]:
        return ""
    if results["fills"]:
        return (
            f"{plural(len(results['fills']), 'fill')} and no round trip: what was bought or sold is still open,"
            " and a trade counts when it is closed."
        )
    if not bars:
        return "There were no bars: widen --start and --end, or fetch the data first."
    if not counts["signals"] and warm_up is not None and bars / max(len(results["symbols"]), 1) <= warm_up:
        return (
            f"The strategy gives its first signal after {plural(warm_up, 'bar')} and the data has"
            f" {plural(bars, 'bar')}: start earlier, or use a shorter timeframe."
        )
    if not counts["signals"]:
        return (
            f"The strategy saw {plural(bars, 'bar')} and gave no signal: its condition was never met."
            " Try a longer range or other parameters."
        )
    if refused:
        what = "signal" if not counts["orders"] else "order"
        total = sum(entry["count"] for entry in refused.values())
        return f"{plural(total, what)} refused, nothing filled: " + "; ".join(_refusal_texts(refused)) + "."
    ended = counts["canceled"] + counts["expired"]
    if ended:
        return (
            f"{plural(counts['orders'], 'order')} and no fill: {ended:,} ended unfilled. A limit or stop price was not"
            " reached, or the bars' volume was too small (max_volume_pct) for an order that must fill at once."
        )
    if counts["orders"]:
        return (
            f"{plural(counts['orders'], 'order')} and no fill: the bars ended before a price was reached."
            " An order of the last bar has no next bar to fill on."
        )
    return (
        f"{plural(counts['signals'], 'signal')} and no order: there was nothing to do"
        " (a SELL without a position, a HOLD, or a repeated signal)."
    )


def _title(results: Results, palette: Palette) -> str:
    span = f"{results['start'][:10]} to {results['end'][:10]}" if results["start"] else "no data"
    names = ", ".join(results["symbols"])
    tail = f"  {results['timeframe']}  {span}  {plural(results['bar_count'], 'bar')}"
    room = WIDTH - len(tail)
    if len(names) > room:
        kept = names[: room - 12].rpartition(", ")[0]
        names = f"{kept}, +{len(results['symbols']) - kept.count(', ') - 1} more"
    return palette.paint(names, palette.heading) + tail


def _main_rows(results: Results, palette: Palette) -> list[Row]:
    metrics = results["metrics"]
    gained, held = metrics["total_return"], metrics["buy_and_hold_return"]
    fall = metrics["max_drawdown"]
    costs: list[Row] = [("Commission", money(metrics["total_commission"]))]
    if metrics["slippage"] is not None:
        costs.append(("Slippage", money(metrics["slippage"])))
    left: list[Row] = [
        ("Final value", money(results["final_value"])),
        ("Return", palette.signed(percent(gained, "+"), gained)),
        ("Buy and hold", percent(held, "+")),
        ("Return per year", percent(metrics["cagr"], "+")),
        ("Max drawdown", percent(-fall if fall is not None else None)),
    ]
    right: list[Row] = [
        ("Trades", f"{results['total_trades']:,}"),
        ("Win rate", percent(metrics["win_rate"])),
        ("Profit factor", number(metrics["profit_factor"])),
        ("Sharpe", number(metrics["sharpe"])),
        *costs,
    ]
    return interleave(left, right)


def _detail_rows(results: Results) -> list[Row]:
    metrics = results["metrics"]
    left: list[Row] = [
        ("Initial capital", money(results["initial_capital"])),
        ("Volatility", percent(metrics["annual_volatility"])),
        ("Sortino", number(metrics["sortino"])),
        ("Calmar", number(metrics["calmar"])),
        ("Best period", percent(metrics["best_period"], "+")),
        ("Worst period", percent(metrics["worst_period"], "+")),
        ("Time in market", percent(metrics["time_in_market"])),
        ("Turnover", number(metrics["turnover"]) + " x"),
        ("Drawdown peak", (metrics["max_drawdown_peak"] or "-")[:10]),
        ("Drawdown trough", (metrics["max_drawdown_trough"] or "-")[:10]),
        ("Recovered", (metrics["max_drawdown_recovery"] or "-")[:10]),
    ]
    right: list[Row] = [
        ("Expectancy", money(metrics["expectancy"])),
        ("Average win", money(metrics["average_win"])),
        ("Average loss", money(metrics["average_loss"])),
        ("Payoff ratio", number(metrics["payoff_ratio"])),
        ("Best trade", money(metrics["best_trade"])),
        ("Worst trade", money(metrics["worst_trade"])),
        ("Winning streak", f"{metrics['longest_winning_streak']:,}"),
        ("Losing streak", f"{metrics['longest_losing_streak']:,}"),
        ("Days per trade", number(metrics["average_holding_days"])),
        ("Longest drawdown", number(metrics["longest_drawdown_days"], 0) + " days"),
        ("Risk-free rate", f"{percent(metrics['risk_free'])}, {metrics['periods_per_year']} a year"),
    ]
    return interleave(left, right)


def _flow_rows(results: Results) -> list[Row]:
    counts = results["counts"]
    refused = sum(entry["count"] for entry in results["rejections"].values())
    return interleave(
        [("Signals", f"{counts['signals']:,}"), ("Orders", f"{counts['orders']:,}"), ("Refused", f"{refused:,}")],
        [
            ("Fills", f"{len(results['fills']):,}"),
            ("Canceled", f"{counts['canceled']:,}"),
            ("Expired", f"{counts['expired']:,}"),
        ],
    )


def _refusals(results: Results, palette: Palette) -> str:
    refused = results["rejections"]
    return paragraphs("Refused", _refusal_texts(refused), palette) if refused else ""


def _refusal_texts(refused: Mapping[str, Mapping[str, Any]]) -> list[str]:
    ordered = sorted(refused.items(), key=lambda item: -item[1]["count"])
    return [
        f"{code} {_times(entry['count'])}" + (f" (first: {entry['example']})" if entry["example"] else "")
        for code, entry in ordered
    ]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _open_positions(results: Results, palette: Palette) -> str:
    texts = [
        f"{number(held['quantity'], 0 if held['quantity'] % 1 == 0 else 8)} {held['symbol']}"
        f" at {money(held['average_cost'])}, worth {money(held['market_value'])},"
        f" profit so far {money(held['unrealized_pnl'])}"
        for held in results["open_positions"]
    ]
    return paragraphs("Still open", texts, palette) if texts else ""


def _no_trades(results: Results, palette: Palette) -> str:
    return paragraphs("No trades", [why_no_trades(results)], palette)


def _trades(results: Results, palette: Palette) -> str:
    trades: list[dict[str, Any]] = results["trades"]
    hidden = len(trades) - 2 * _EDGE_TRADES
    shown = trades if hidden <= 0 else trades[:_EDGE_TRADES] + trades[-_EDGE_TRADES:]
    stamp = _DAY_CHARACTERS if results["timeframe"] in ("1Day", "1Week", "1Month") else _MINUTE_CHARACTERS
    head, *lines = _table([_trade_cells(trade, stamp) for trade in shown])
    lines = [palette.signed(line, trade["pnl"]) for line, trade in zip(lines, shown, strict=True)]
    if hidden > 0:
        lines.insert(_EDGE_TRADES, palette.paint(f"  ... {hidden:,} more ...", palette.quiet))
    heading = "Trades" if stamp == _DAY_CHARACTERS else "Trades, times in UTC"
    return "\n".join([palette.paint(heading, palette.heading), palette.paint(head, palette.quiet), *lines])


def _trade_cells(trade: Mapping[str, Any], stamp: int) -> dict[str, str]:
    return {
        "Symbol": trade["symbol"],
        "Side": trade["side"],
        "Entry": trade["entry_time"][:stamp].replace("T", " "),
        "Exit": trade["exit_time"][:stamp].replace("T", " "),
        "Quantity": number(trade["quantity"], 0 if trade["quantity"] % 1 == 0 else 4),
        "Profit": money(trade["pnl"]),
        "Return": percent(trade["return"], "+"),
    }


def _table(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return a line of names and a line per row, text flush left and the three last columns flush right."""
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    one_sided = len({row["Side"] for row in rows}) == 1
    # What a table that is too wide does without, first the column that says the least.
    for name in ("Side", "Exit") if one_sided else ("Exit", "Side"):
        if sum(widths.values()) + 2 * len(widths) > WIDTH:
            del widths[name]
    numbers = list(widths)[-3:]
    lines = []
    for row in [{name: name for name in widths}, *rows]:
        cells = [row[name].rjust(w) if name in numbers else row[name].ljust(w) for name, w in widths.items()]
        lines.append("  " + "  ".join(cells))
    return lines


def _footer(results: Results, palette: Palette, folder: str | None, next_commands: Sequence[str]) -> str:
    lines = [f"{plural(results['event_count'], 'event')}, hash {results['event_hash'][:_SHORT_HASH] or '-'}"]
    if folder is not None:
        lines.append(f"Run folder {folder}")
    lines += [("Next: " if i == 0 else "      ") + command for i, command in enumerate(next_commands)]
    return "\n".join(palette.paint(line, palette.quiet) for line in lines)
