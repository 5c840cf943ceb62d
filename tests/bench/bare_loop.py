"""The bare Python loop that a backtest is measured against: the same arithmetic on floats, and nothing else.

One symbol, MACD(12, 26, 9) with TA-Lib's seeding, percent sizing to whole shares, fills at the close within a tenth of
the bar's volume, position and trailing stops with the gap rule, daily loss and drawdown limits, and the equity curve. It
has no events, no orders, no exact money, no checks and no record.
"""

from array import array
from collections.abc import Sequence

Row = tuple[int, float, float, float, float, float]


def run(rows: Sequence[Row], cash: float = 100_000.0, pct: float = 0.1) -> tuple[float, int, array[float]]:
    """Return final equity, number of fills and the curve for rows of (end ns, open, high, low, close, volume)."""
    curve = array("d")
    qty = entry = mark = 0.0
    fills = count = 0
    fast = slow = signal = 0.0
    fast_sum = slow_sum = signal_sum = 0.0
    last_side = 0
    before = 0.0
    peak = day_start = equity = cash
    day = -1
    halted = False
    for time_ns, first, high, low, close, volume in rows:
        if qty:
            stop = max(entry * 0.95, mark * 0.9)
            if low <= stop:
                cash += qty * (min(first, stop))
                qty = 0.0
                fills += 1
            elif close > mark:
                mark = close
        count += 1
        wish = 0
        if count <= 26:
            slow_sum += close
            if count > 14:
                fast_sum += close
            if count == 26:
                fast, slow = fast_sum / 12, slow_sum / 26
                signal_sum = fast - slow
        else:
            fast += (close - fast) * (2 / 13)
            slow += (close - slow) * (2 / 27)
            macd = fast - slow
            if count < 34:
                signal_sum += macd
            else:
                signal = signal_sum / 9 if count == 34 else signal + (macd - signal) * 0.2
                now = macd - signal
                if count > 34:
                    if before <= 0 < now:
                        wish = 1
                    elif before >= 0 > now:
                        wish = -1
                before = now
        if wish and wish != last_side:
            last_side = wish
            if wish > 0 and not qty and not halted:
                size = float(int(min(equity * pct / close, volume * 0.1)))
                if size > 0 and size * close <= cash:
                    qty, entry, mark = size, close, close
                    cash -= size * close
                    fills += 1
            elif wish < 0 and qty:
                cash += qty * close
                qty = 0.0
                fills += 1
        equity = cash + qty * close
        today = time_ns // 86_400_000_000_000
        if today != day:
            day, day_start = today, equity
        if equity > peak:
            peak = equity
        if equity < peak * 0.5 or equity < day_start * 0.5:
            halted = True
        curve.append(equity)
    return equity, fills, curve
