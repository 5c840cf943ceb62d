"""run: `make bench` prints one JSON line per case, each with its baseline from the same run.

Machines are shared and their speed varies, so a figure means something only beside its baseline: a `ratio` of 6 is six
times slower than the bare loop. Every case and its baseline run in turns, and the medians are compared.

    python -m tests.bench.run            everything
    python -m tests.bench.run --quick    a tenth of the bars, for CI
"""

import argparse
import asyncio
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tests.bench.bare_loop import Row
from tests.bench.bare_loop import run as bare_loop
from tradebus.engine.backtest import BacktestEngine, Table
from tradebus.model.timeframe import Timeframe
from tradebus.risk.settings import RiskSettings
from tradebus.sizers.percent import PercentSizer
from tradebus.strategies.macd import MACDStrategy

MINUTE_NS = 60_000_000_000
START_NS = 1_388_700_000_000_000_000


def random_walk(symbol: str, bars: int, seed: int) -> Table:
    """Return minute bars of a random walk around the clock."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 1e-3, bars)))
    first = np.concatenate([[100.0], close[:-1]])
    high, low = np.maximum(first, close) * 1.0005, np.minimum(first, close) * 0.9995
    start = START_NS + np.arange(bars) * MINUTE_NS
    columns = {"open": first, "high": high, "low": low, "close": close}
    frame = pl.DataFrame(
        {
            "time_ns": start + MINUTE_NS,
            "start_ns": start,
            **columns,
            "volume": rng.integers(10_000, 1_000_000, bars).astype(float),
            "trade_count": pl.Series([None] * bars, dtype=pl.Int64),
            "vwap": pl.Series([None] * bars, dtype=pl.Float64),
        }
    )
    return symbol, Timeframe.MIN_1, frame


def backtest(tables: list[Table]) -> dict[str, Any]:
    """Run MACD with percent sizing, all risk stops and the equity curve."""
    engine = BacktestEngine(
        gateway=None,  # type: ignore[arg-type]
        strategy=MACDStrategy(None, Timeframe.MIN_1),
        position_sizer=PercentSizer(0.1 if len(tables) == 1 else 0.01),
        risk=RiskSettings(position_stop_pct=0.05, trailing_stop_pct=0.10, portfolio_stop_pct=0.5, max_drawdown_pct=0.5),
    )
    return asyncio.run(engine.replay(tables)).results


def rows_of(table: Table) -> list[Row]:
    """Return a table as the bare loop wants it."""
    return table[2].select("time_ns", "open", "high", "low", "close", "volume").rows()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds and result."""
    gc.collect()
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def compare(case: str, tables: list[Table], rounds: int) -> None:
    """Print bars per second of a backtest beside the bare loop's over the same bars."""
    bars = sum(table[2].height for table in tables)
    rows = [rows_of(table) for table in tables]
    ours, theirs, fills = [], [], 0
    for _ in range(rounds):
        seconds, results = timed(lambda: backtest(tables))
        ours.append(seconds)
        seconds, bare = timed(lambda: [bare_loop(one) for one in rows])
        theirs.append(seconds)
        fills = sum(one[1] for one in bare)
    mine, bare_seconds = statistics.median(ours), statistics.median(theirs)
    emit(
        case,
        bars=bars,
        bars_per_s=round(bars / mine),
        bare_loop_bars_per_s=round(bars / bare_seconds),
        ratio=round(mine / bare_seconds, 2),
        goal="at least 200,000 bars/s, or a ratio of at most 6",
        met=bars / mine >= 200_000 or mine / bare_seconds <= 6,
        events=results["event_count"],
        fills=len(results["fills"]),
        bare_loop_fills=fills,
    )


def emit(case: str, **figures: Any) -> None:
    """Print one line."""
    print(json.dumps({"case": case, **figures}), flush=True)


def write_daily_bars(path: Path) -> None:
    """Write 2,520 daily bars of a random walk: ten years of sessions."""
    rng = np.random.default_rng(5)
    days = pl.date_range(pl.date(2011, 1, 3), pl.date(2020, 12, 31), "1d", eager=True)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 2520)))
    first = np.concatenate([[100.0], close[:-1]])
    columns = {
        "date": days.filter(days.dt.weekday() < 6)[:2520],
        "open": first,
        "high": np.maximum(first, close) * 1.002,
        "low": np.minimum(first, close) * 0.998,
        "close": close,
        "volume": [1_000_000.0] * 2520,
    }
    pl.DataFrame(columns).write_parquet(path)


def clean_environment() -> dict[str, str]:
    """Return the environment without what makes Python compile everything anew at each start."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def start_up(rounds: int) -> None:
    """Print the wall time of a whole process over ten years of daily bars, beside importing polars alone."""
    times: dict[str, list[float]] = {"run": [], "polars": [], "python": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "AAPL_1Day.parquet"
        write_daily_bars(path)
        for number in range(rounds):
            run = ["-m", "tradebus", "backtest", "--symbol", "AAPL", "--data", str(path)]
            run += ["--out", str(Path(folder) / f"run{number}")]
            for name, words in (("run", run), ("polars", ["-c", "import polars"]), ("python", ["-c", "pass"])):
                start = time.perf_counter()
                subprocess.run([sys.executable, *words], env=clean_environment(), capture_output=True, check=True)
                times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in times.items()}
    emit(
        "2,520 daily bars, whole process with run folder",
        seconds=round(medians["run"], 3),
        best=round(min(times["run"]), 3),
        import_polars_seconds=round(medians["polars"], 3),
        bare_python_seconds=round(medians["python"], 3),
        goal="under 0.45 s",
        met=medians["run"] < 0.45,
    )


def help_time(rounds: int) -> None:
    """Print the CPU time of `tradebus --help` beside that of a bare interpreter."""
    env = clean_environment()
    times: dict[str, list[float]] = {"help": [], "python": []}
    for _ in range(rounds):
        for name, words in (("help", ["-m", "tradebus", "--help"]), ("python", ["-c", "pass"])):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *words], env=env, capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    emit(
        "tradebus --help",
        cpu_seconds=round(statistics.median(times["help"]), 3),
        bare_python_cpu_seconds=round(statistics.median(times["python"]), 3),
        goal="under 0.1 s of CPU",
        met=statistics.median(times["help"]) < 0.1,
    )


MEMORY = """
from tests.bench.run import backtest, peak_mb, random_walk
table = random_walk("BTC/USD", {bars}, 1)
before = peak_mb()
backtest([table])
print(before, peak_mb())
"""


def peak_mb() -> float:
    """Return this process's peak memory; getrusage would count that of the process it was forked from."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status tells no peak memory (VmHWM)")


def memory(bars: int) -> None:
    """Print the peak memory of a process that runs the bars, beside the peak before the run."""
    done = subprocess.run([sys.executable, "-c", MEMORY.format(bars=bars)], capture_output=True, text=True, check=True)
    before, peak = map(float, done.stdout.split())
    emit(
        f"peak memory, 1 symbol x {bars:,} bars",
        peak_mb=round(peak),
        before_run_mb=round(before),
        goal="under 500 MB",
        met=peak < 500,
    )


def main() -> None:
    """Run all cases."""
    parser = argparse.ArgumentParser(description="Measure speed and memory beside baselines of the same run.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the bars, fewer rounds")
    quick = parser.parse_args().quick
    scale, rounds = (10, 1) if quick else (1, 3)
    bars = 1_000_000 // scale
    compare(f"1 symbol x {bars:,} bars", [random_walk("BTC/USD", bars, 1)], rounds)
    many = 10_000 // scale
    symbols = [f"{chr(65 + number // 26)}{chr(65 + number % 26)}/USD" for number in range(100)]
    compare(
        f"100 symbols x {many:,} bars", [random_walk(symbol, many, seed) for seed, symbol in enumerate(symbols)], rounds
    )
    memory(bars)
    start_up(3 if quick else 11)
    help_time(3 if quick else 11)


if __name__ == "__main__":
    main()
