"""What `tradebus backtest` and its neighbours print and leave behind when all is well."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.flow.conftest import Run

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
AAPL = ("backtest", "--symbol", "AAPL")
TO_THE_SAMPLES = {"momentum_hourly.yaml": ("--timeframe", "4Hour", "--start", "2024-01-01")}
"""What an example needs to run on the bundled samples."""

COLUMNS = {
    "trades": (
        "symbol strategy_id side entry_time exit_time entry_price exit_price quantity pnl return holding_period"
        " commission entry_reason exit_reason"
    ),
    "fills": "time symbol strategy_id side quantity price commission order_id execution_id reason is_exit",
    "equity": "timestamp equity cash exposure",
}


def test_quiet_prints_nothing(tradebus: Run) -> None:
    """But writes the run."""
    ran = tradebus(*AAPL, "--quiet")

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert Path("runs/latest/results.json").is_file()
    assert ran.written


def test_quiet_repairs_without_a_word(tradebus: Run) -> None:
    """What was left out stands in the manifest."""
    rows = ["2023-01-03,10,11,9,10,5", "2023-01-04,10,11,9,-1,5", "2023-01-05,10,11,9,10,5"]
    files = {"d.csv": "\n".join(["date,open,high,low,close,volume", *rows, ""])}

    ran = tradebus(*AAPL, "--data", "d.csv", "--repair", "drop", "--quiet", "--out", "run", files=files)

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    (line,) = json.loads(Path("run/manifest.json").read_text())["repairs"]
    assert line.startswith("d.csv: left out row 3 ")


def test_json_is_results_json_byte_for_byte(tradebus: Run) -> None:
    """And nothing else."""
    ran = tradebus(*AAPL, "--json", "--out", "run")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.encode() == Path("run/results.json").read_bytes()
    assert json.loads(ran.out)["symbol"] == "AAPL"


def test_a_run_folder_is_complete(tradebus: Run) -> None:
    """Settings, results, trades, fills and the curve agree with each other."""
    ran = tradebus(*AAPL, "--out", "run", "--set", "risk.max_position_size=150", "--keep-open", "--start", "2012-01-03")

    manifest: dict[str, Any] = json.loads(Path("run/manifest.json").read_text())
    results = json.loads(Path("run/results.json").read_text())
    assert ran.code == 0
    files = {"manifest.json", "results.json", *(f"{name}.parquet" for name in COLUMNS)}
    assert set(ran.written) == {"run", *(f"run/{name}" for name in files)}
    assert {name for name, value in manifest.items() if value in (None, "")} == set()
    assert {"version", "created", "code_hash", "config_hash", "data_hash", "data_source"} <= manifest.keys()
    assert manifest["mode"] == "backtest"
    assert manifest["config"]["risk"]["max_position_size"] == 150
    assert "trading" not in manifest["config"]
    wanted = {"start": "2012-01-03", "end": None, "timeframes": ["1Day"], "keep_open": True}
    assert manifest["run"] == wanted
    assert manifest["event_hash"] == results["event_hash"]
    frames = {name: pl.read_parquet(f"run/{name}.parquet") for name in COLUMNS}
    for name, columns in COLUMNS.items():
        assert frames[name].columns == columns.split()
    assert frames["trades"].height == results["total_trades"] > 0
    assert frames["fills"].height == len(results["fills"])
    assert frames["equity"].height == len(results["equity_curve"]) == results["bar_count"]
    assert frames["equity"]["equity"][-1] == results["final_value"]


def test_what_flags_alone_can_say_is_part_of_the_configuration(tradebus: Run) -> None:
    """Two runs that may differ have different hashes; two that may not have the same."""
    hashes = {}
    for name, flags in {"a": (), "b": ("--keep-open",), "c": ("--end", "2013-12-31"), "d": ()}.items():
        tradebus(*AAPL, *flags, "--quiet", "--out", name)
        hashes[name] = json.loads(Path(name, "manifest.json").read_text())["config_hash"]

    assert hashes["a"] == hashes["d"]
    assert len(set(hashes.values())) == 3


def test_runs_have_folders_of_their_own(tradebus: Run) -> None:
    """Also within one second; `latest` points to the last."""
    before: set[Path] = set()
    for _ in range(3):
        tradebus(*AAPL, "--quiet", "--end", "2011-02-01")

        folders = {path.resolve() for path in Path("runs").iterdir() if not path.is_symlink()}
        (fresh,) = folders - before
        assert Path("runs/latest").resolve() == fresh
        before = folders


def test_two_runs_print_the_same(tmp_path: Path) -> None:
    """Whatever the seed of hashes, the time zone, the language and the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    arguments = [*AAPL[1:], "--json", "--out", "run", "--commission", "alpaca_fees", "--slippage", "5"]
    outputs = []
    for seed, zone, language in [("0", "UTC", "C"), ("1", "Asia/Kathmandu", "tr_TR.UTF-8")]:
        place = tmp_path / seed
        place.mkdir()
        environ = {**kept, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        command = [sys.executable, "-m", "tradebus", "backtest", *arguments]
        done = subprocess.run(command, cwd=place, env=environ, capture_output=True, check=True)
        assert done.stdout == (place / "run" / "results.json").read_bytes()
        outputs.append(done.stdout)

    assert outputs[0] == outputs[1]
    for name in COLUMNS:
        first, second = (pl.read_parquet(tmp_path / seed / "run" / f"{name}.parquet") for seed in "01")
        assert first.equals(second)


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (("--end", "2011-01-10"), "The strategy gives its first signal after 34 bars and the data has 6 bars"),
        (("--strategy", "momentum", "--param", "threshold=5"), "gave no signal: its condition was never met"),
        (("--capital", "1"), "refused, nothing filled"),
    ],
)
def test_a_run_without_trades_says_why(tradebus: Run, flags: tuple[str, ...], reason: str) -> None:
    """It is the first thing one asks."""
    ran = tradebus(*AAPL, *flags)

    assert ran.code == 0
    assert "No trades" in ran.out
    assert reason in " ".join(ran.out.split())


def test_verbose_shows_more(tradebus: Run) -> None:
    """Every figure with -v, every step on standard error with -vv; the rest stays as it is."""
    plain, more, most = (tradebus(*AAPL, *flags) for flags in ((), ("-v",), ("-vv",)))

    assert [ran.code for ran in (plain, more, most)] == [0, 0, 0]
    assert len(more.out.splitlines()) > len(plain.out.splitlines()) + 10
    assert "Sortino" in more.out
    assert "Sortino" not in plain.out
    assert plain.err == more.err == ""
    assert "OrderSized" in most.err


@pytest.mark.parametrize(("value", "is_plain"), [("1", True), ("", False)])
def test_colours_are_for_terminals_that_want_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str, is_plain: bool
) -> None:
    """NO_COLOR with any value asks for none."""
    from tradebus.cli.main import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", value)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    assert main(AAPL) == 0

    assert ("\x1b[" not in capsys.readouterr().out) is is_plain


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.name)
def test_every_example_runs_on_the_samples(tradebus: Run, config: Path) -> None:
    """As it stands, or with the flags that its first lines name."""
    ran = tradebus("backtest", "--config", str(config), *TO_THE_SAMPLES.get(config.name, ()), "--json")

    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["total_trades"] > 0


def test_at_least_two_examples_run_as_they_stand() -> None:
    """A first run needs no more than a file."""
    assert len([config for config in CONFIGS if config.name not in TO_THE_SAMPLES]) >= 2


def test_the_examples_are_checked(tradebus: Run) -> None:
    """All at once; a broken one among them is named, and the others are still fine."""
    names = [str(config) for config in CONFIGS]
    good = tradebus("config", "check", *names)
    bad = tradebus("config", "check", names[0], "broken.yaml", files={"broken.yaml": "cash: -1\n"})

    assert (good.code, good.err, good.written) == (0, "", ())
    assert good.out.splitlines() == [f"{name}: ok" for name in names]
    assert (bad.code, bad.out) == (3, f"{names[0]}: ok\n")
    assert bad.err.startswith("error: broken.yaml:1: cash=-1: must be > 0. Fix: ")


def test_strategies_are_listed(tradebus: Run) -> None:
    """For people and for programs."""
    text, document = tradebus("strategies"), tradebus("strategies", "--json")

    assert (text.code, text.err, text.written) == (0, "", ())
    names = [one["name"] for one in json.loads(document.out)]
    assert {"alpha", "macd", "momentum"} <= set(names)
    for name in names:
        assert f"{name}: " in text.out


@pytest.mark.parametrize("mode", ["backtest", "dry-run"])
def test_the_flow_of_a_mode_is_printed(tradebus: Run, mode: str) -> None:
    """As text, as JSON and for Graphviz."""
    text, document, dot = (tradebus("flow", "--mode", mode, *flags) for flags in ((), ("--json",), ("--dot",)))

    assert [ran.code for ran in (text, document, dot)] == [0, 0, 0]
    names = [service["name"] for service in json.loads(document.out)["services"]]
    assert names[0] == "feed"
    for name in names:
        assert name in text.out
    assert dot.out.startswith("digraph flow {")


@pytest.mark.parametrize(
    ("mode", "said"), [("paper", "not wired yet"), ("live", "not wired yet"), ("sandbox", "no such mode")]
)
def test_a_mode_that_is_not_there_is_refused(tradebus: Run, mode: str, said: str) -> None:
    """Code 2 and one line."""
    ran = tradebus("flow", "--mode", mode)

    assert (ran.code, ran.out, ran.written) == (2, "", ())
    assert ran.err.count("\n") == 1
    assert said in ran.err
    assert ". Fix: use " in ran.err
