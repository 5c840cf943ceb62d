"""Tests of tradebus/storage/run_folder.py."""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.samples import START_NS
from tests.unit.analytics.samples import curve, fill
from tradebus.analytics.equity_tracker import EquityTracker
from tradebus.analytics.results import RunOutcome, build_results, build_summary
from tradebus.analytics.trade_tracker import TradeTracker
from tradebus.errors import InputError, NotFoundError
from tradebus.model.timeframe import Timeframe
from tradebus.storage import run_folder
from tradebus.storage.run_folder import (
    check_folder,
    find_run,
    mark_latest,
    read_manifest,
    read_results,
    write_results,
    write_run_folder,
)

FILES = {"manifest.json", "results.json", "trades.parquet", "fills.parquet", "equity.parquet"}


def outcome() -> RunOutcome:
    """Return a run of two fills, one trade and two points."""
    fills = [
        fill("0.3", "100.123456789", commission="0.1", reason="in"),
        fill("-0.1", "110", day=1, commission="0", reason="out"),
    ]
    tracker = TradeTracker()
    for each in fills:
        tracker.on_fill(each)
    return RunOutcome(
        symbols=["AAPL"],
        timeframe=Timeframe.DAY_1,
        initial_capital=Decimal(1000),
        bar_count=2,
        curve=curve(1000.0, 1001.5, exposure=10.0),
        trades=tracker.trades,
        fills=fills,
    )


def write(folder: Path, results: dict[str, Any] | None = None) -> RunOutcome:
    """Write the run to a folder."""
    run = outcome()
    found = build_summary(run) if results is None else results
    write_run_folder(folder, {"strategy": "macd"}, found, run.trades, run.fills, run.curve)
    return run


def test_a_run_is_five_files_and_nothing_else(tmp_path: Path) -> None:
    """The folder and its parents are made; no part is left beside it."""
    write(tmp_path / "runs" / "one")

    assert {path.name for path in (tmp_path / "runs" / "one").iterdir()} == FILES
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["one"]


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    """The curve is written from its columns, whether or not the results have it."""
    run = write(tmp_path / "without")
    write(tmp_path / "with", build_results(outcome()))

    assert read_results(tmp_path / "without") == read_results(tmp_path / "with") == build_results(run)
    assert read_manifest(tmp_path / "without") == {"strategy": "macd"}


def test_tables_keep_exact_decimals(tmp_path: Path) -> None:
    """Prices, quantities and money are decimals; times are UTC."""
    write(tmp_path / "run")

    trade = pl.read_parquet(tmp_path / "run/trades.parquet").row(0, named=True)
    fills = pl.read_parquet(tmp_path / "run/fills.parquet")
    equity = pl.read_parquet(tmp_path / "run/equity.parquet")

    assert trade["entry_price"] == Decimal("100.123456789")
    assert trade["commission"] == Decimal("0.033333333333")
    assert trade["pnl"] == Decimal("0.1") * (110 - Decimal("100.123456789")) - Decimal("0.033333333333")
    assert trade["exit_time"] == datetime(2014, 1, 3, 21, tzinfo=UTC)
    assert (trade["entry_reason"], trade["exit_reason"], trade["holding_period"]) == ("in", "out", 1.0)
    assert fills["quantity"].to_list() == [Decimal("0.3"), Decimal("0.1")]
    assert fills["side"].to_list() == ["buy", "sell"]
    assert equity["cash"].to_list() == [990.0, 991.5]


def test_an_empty_run_has_the_same_tables(tmp_path: Path) -> None:
    """Without fills the tables have their columns and no rows."""
    write(tmp_path / "full")
    write_run_folder(tmp_path / "empty", {}, {}, [], [], EquityTracker())

    for name in ("trades", "fills", "equity"):
        empty, full = (pl.read_parquet(tmp_path / run / f"{name}.parquet") for run in ("empty", "full"))
        assert empty.is_empty()
        assert empty.schema == full.schema
    assert read_results(tmp_path / "empty") == {"equity_curve": []}


@pytest.mark.parametrize("step_ns", [60_000_000_000, 250_000_000])
def test_a_curve_longer_than_a_chunk_is_one_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step_ns: int) -> None:
    """Pieces join to valid JSON, with and without fractions of a second."""
    monkeypatch.setattr(run_folder, "_CHUNK", 10)
    tracker = EquityTracker()
    for i in range(35):
        tracker.record(START_NS + i * step_ns, 100_000 / 7 + i, 0.0, 0.0)

    write_results(tmp_path / "results.json", {"symbol": "AAPL"}, tracker)

    written = json.loads((tmp_path / "results.json").read_text())
    assert written == {"symbol": "AAPL", "equity_curve": tracker.points()}


def test_an_empty_folder_is_used_as_it_is(tmp_path: Path) -> None:
    """A folder that exists, such as a mounted volume, is filled and not replaced."""
    folder = tmp_path / "mount"
    folder.mkdir()
    inode = folder.stat().st_ino

    write(folder)

    assert folder.stat().st_ino == inode
    assert {path.name for path in folder.iterdir()} == FILES


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """Nothing is ever overwritten."""
    write(tmp_path / "run")

    with pytest.raises(InputError, match=r"--out=.*not empty.*Fix:"):
        write(tmp_path / "run")


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    """Neither the name of a file nor a name below one can be a folder."""
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match="is a file"):
        check_folder(tmp_path / "file")
    with pytest.raises(InputError, match="cannot be written to"):
        check_folder(tmp_path / "file" / "below")


def test_a_folder_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal comes before the run, and names what was set."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    with pytest.raises(InputError, match=r"runs.dir=.*cannot be written to"):
        check_folder(tmp_path / "run", field="runs.dir")


@pytest.mark.parametrize("given", [True, False])
def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: bool) -> None:
    """A full disk half way is an input error, and the half-written part is gone."""
    if given:
        (tmp_path / "run").mkdir()

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_folder, "trades_frame", fail)

    with pytest.raises(InputError, match="No space left on device"):
        write(tmp_path / "run")

    assert list(tmp_path.rglob("*")) == ([tmp_path / "run"] if given else [])


def test_latest_points_to_the_newest_run(tmp_path: Path) -> None:
    """The link moves with each run and is relative, so that the folder of runs can be moved."""
    for name in ("one", "two"):
        write(tmp_path / name)
        mark_latest(tmp_path / name)

    assert find_run(tmp_path / "latest") == (tmp_path / "two").resolve()
    assert (tmp_path / "latest").readlink() == Path("two")


def test_latest_is_a_file_where_links_are_not_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with the name of the run does the same."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    write(tmp_path / "one")
    mark_latest(tmp_path / "one")

    assert (tmp_path / "latest").read_text() == "one"
    assert read_results(tmp_path / "latest")["symbol"] == "AAPL"


def test_a_folder_without_a_run_is_not_found(tmp_path: Path) -> None:
    """Looking where no run is names the path."""
    with pytest.raises(NotFoundError, match="nowhere"):
        read_results(tmp_path / "nowhere")


def test_a_damaged_run_is_an_input_error(tmp_path: Path) -> None:
    """A file that is cut short or gone is told, not guessed."""
    write(tmp_path / "run")
    (tmp_path / "run/results.json").write_text('{"symbol": ')
    (tmp_path / "run/manifest.json").unlink()

    with pytest.raises(InputError, match="cannot be read"):
        read_results(tmp_path / "run")
    with pytest.raises(InputError, match="cannot be read"):
        read_manifest(tmp_path / "run")
