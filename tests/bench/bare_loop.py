"""The bare Python loop that a backtest is measured against: the same arithmetic, and nothing else.

One symbol, MACD(12, 26, 9) with TA-Lib's seeding, percent sizing to the lot, fills at the close within a tenth of the
bar's volume, position and trailing stops with the gap rule, daily loss and drawdown limits, the equity curve, and
books that are exact as ours are: quantities, prices, cash, average cost and profit in Decimal. It has no events, no
orders, no checks, no causes and no record.
"""

from array import array
from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal

Row = tuple[int, float, float, float, float, float]

LOT = Decimal("1E-8")
STEP = Decimal("1E-9")
DAY_NS = 86_400_000_000_000


def run(rows: Iterable[Row], capital: int = 100_000, pct: float = 0.1) -> tuple[float, int, "array[float]"]:
    """Return final equity, number of fills and the curve for rows of (end ns, open, high, low, close, volume)."""
    curve = array("d")
    cash, held, cost, profit = Decimal(capital), Decimal(0), Decimal(0), Decimal(0)
    money, size, mark = float(capital), 0.0, 0.0
    fills = side = 0
    fast = slow = signal = fast_sum = slow_sum = signal_sum = before = 0.0
    peak = day_start = equity = money
    day = -1
    halted = False
    for count, (time_ns, first, _, low, close, volume) in enumerate(rows, 1):
        exit_at = 0.0
        if size:
            stop = max(float(cost) * 0.95, mark * 0.9)
            if low <= stop:
                exit_at = min(first, stop)
            elif close > mark:
                mark = close
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
                signal = (signal_sum + macd) / 9 if count == 34 else signal + (macd - signal) * 0.2
                now = macd - signal
                if count > 34:
                    if before <= 0 < now:
                        wish = 1
                    elif before >= 0 > now:
                        wish = -1
                before = now
        if wish and wish != side:
            side = wish
            if wish > 0 and not size and not halted:
                price = Decimal(repr(close)).quantize(STEP)
                room = (Decimal(repr(volume * 0.1)) / LOT).to_integral_value(ROUND_DOWN) * LOT
                qty = min((Decimal(repr(equity * pct / close)) / LOT).to_integral_value(ROUND_DOWN) * LOT, room)
                if 0 < qty * price <= cash:
                    held, cost = qty, price
                    cash -= qty * price
                    size, mark, money = float(held), close, float(cash)
                    fills += 1
            elif wish < 0 and size:
                exit_at = close
        if exit_at:
            price = Decimal(repr(exit_at)).quantize(STEP)
            profit += held * (price - cost)
            cash += held * price
            held, size, money = Decimal(0), 0.0, float(cash)
            fills += 1
        equity = money + size * close
        today = time_ns // DAY_NS
        if today != day:
            day, day_start = today, equity
        if equity > peak:
            peak = equity
        if equity < peak * 0.5 or equity < day_start * 0.5:
            halted = True
        curve.append(equity)
    return equity, fills, curve
