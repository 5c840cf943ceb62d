"""Every bad flag, setting and file of settings: one line that names field, value and fix, and nothing written.

Exit codes: 2 a flag, 3 a file of settings, the environment or a `--set`, 4 what is not there, 1 rows or runs that
cannot be. Bars and strategies have files of their own: test_bad_bars.py and test_bad_strategy.py.
"""

import os
from pathlib import Path

import pytest

from tests.flow.conftest import Files, Run

NUL, LONG = "a\0b", "A" * 10_240
AAPL = ("--symbol", "AAPL")


def assert_refused(
    run: Run, arguments: tuple[str, ...], code: int, begin: str, files: Files | None = None, lines: int = 1
) -> None:
    """Run a backtest and check that it says no: where, why, what to do, and nothing else."""
    ran = run("backtest", *arguments, files=files)

    assert (ran.code, ran.out, ran.written) == (code, "", ())
    said = ran.err.splitlines()
    assert said[0].startswith(f"error: {begin}"), ran.err
    assert len(said) == lines, ran.err
    for line in said:
        assert line.isprintable()
        assert len(line) < 1000
        assert ". Fix: " in line, line
        assert "Traceback" not in line


@pytest.mark.parametrize(
    ("arguments", "code", "begin"),
    [
        ((), 2, "--symbol=: nothing to trade"),
        (("--symbol", ","), 2, "--symbol=: nothing to trade"),
        (("--symbol", ""), 2, "--symbol=: is empty"),
        (("--symbol", " "), 2, "--symbol= : is empty"),
        (("--symbol", "../x"), 2, "--symbol=../x: not a symbol"),
        (("--symbol", "AAPL,../x"), 2, "--symbol=../x: not a symbol"),
        (("--symbol", NUL), 2, r"--symbol=a\x00b: not a symbol"),
        (("--symbol", LONG), 2, "--symbol=AAAAAAA"),
        (("--symbol", "ZZZZ"), 4, "--symbol=ZZZZ: is not among the bundled samples. Fix: use what there is (AAPL 1Day"),
        (("--symbol", "AAPL,SPY"), 4, "--symbol=SPY: is not among the bundled samples"),
        ((*AAPL, "--timeframe", "7Parsecs"), 2, "--timeframe=7Parsecs: no such timeframe. Fix: use one of 1Min,"),
        ((*AAPL, "--timeframe", "1Day,zz"), 2, "--timeframe=zz: no such timeframe"),
        ((*AAPL, "--timeframe", "1Hour"), 4, "--timeframe=1Hour: the bundled bars of AAPL are of 1Day"),
        (("--symbol", "BTC/USD"), 4, "--timeframe=1Day: the bundled bars of BTC/USD are of 4Hour"),
        ((*AAPL, "--start", "2020-01-01", "--end", "2020-12-31"), 4, "--start=2020-01-01"),
        ((*AAPL, "--start", "9999-12-31"), 4, "--start=9999-12-31"),
        ((*AAPL, "--end", "0001-01-01"), 4, "--start=... to 0001-01-01"),
        ((*AAPL, "--start", "2014-01-01", "--end", "2013-12-31"), 2, "--start=2014-01-01: lies after end 2013-12-31"),
        ((*AAPL, "--start", "2023-02-30"), 2, "--start=2023-02-30: is no date (day is out of range for month)"),
        ((*AAPL, "--end", "yesterday"), 2, "--end=yesterday: is no date"),
        ((*AAPL, "--start", "2013-01-01T10:00:00"), 2, "--start=2013-01-01T10:00:00: has no time zone"),
        ((*AAPL, "--start", "2013-01-01T25:00:00Z"), 2, "--start=2013-01-01T25:00:00Z: is no date"),
        ((*AAPL, "--data", ""), 2, "--data=: is empty"),
        ((*AAPL, "--data", NUL), 2, r"--data=a\x00b: is no path"),
        ((*AAPL, "--data", LONG), 2, "--data=AAAAAAA"),
        ((*AAPL, "--data", "nowhere.csv"), 4, "--data=nowhere.csv: there is no such file or folder"),
        ((*AAPL, "--adjustment", "x"), 2, "--adjustment=x: no such choice. Fix: use one of raw, split, all"),
        ((*AAPL, "--repair", "keep"), 2, "--repair=keep: no such choice. Fix: use one of drop"),
        ((*AAPL, "--timezone", "Mars/Phobos"), 2, "--timezone=Mars/Phobos: is no time zone"),
        ((*AAPL, "--timezone", "../../etc/passwd"), 2, "--timezone=../../etc/passwd: is no time zone"),
    ],
)
def test_bars_that_cannot_be_had_are_refused(tradebus: Run, arguments: tuple[str, ...], code: int, begin: str) -> None:
    """Symbols, timeframes, ranges and places."""
    assert_refused(tradebus, arguments, code, begin)


@pytest.mark.parametrize(
    ("flag", "values", "problem"),
    [
        ("--capital", ["0", "-1", "nan", "inf", "1e400", "1e13", "ten"], "must be dollars above 0 and at most 1e12"),
        ("--slippage", ["-1", "nan", "1e9", "ten"], "must be a number from 0 to 1000"),
        ("--max-volume", ["2", "-1", "nan", "ten"], "must be a number from 0 to 1"),
        ("--max-volume", ["0"], "must be above 0"),
        ("--fill-at", ["never"], "no such choice. Fix: use one of close, open, vwap"),
        ("--fill-at", ["vwap"], "the bars of AAPL have no vwap. Fix: use open or close"),
        ("--tif", ["forever"], "no such choice. Fix: use one of day, gtc, ioc, fok"),
        ("--position-size", ["nan", "inf", "ten"], "must be a finite number"),
        ("--position-size", ["0.0", "2.0", "-1.0"], "pct is a fraction, was"),
        ("--set", ["nokey", "=5"], ""),
        ("--param", ["fast", "=5"], "is not of the form key=value"),
        ("--param fst", ["8"], "MACDStrategy has no such parameter; did you mean fast?. Fix: use one of timeframe,"),
        ("--param ../x", ["8"], "MACDStrategy has no such parameter. Fix: use one of timeframe,"),
        ("--param fast", ["ten", "8.5", "nan"], "must be a whole number. Fix: use a whole number such as 12"),
        ("--param fast", ["0", "-1", "50"], ""),
        ("--sizer-param size", ["1"], "PercentSizer has no such parameter. Fix: use one of pct"),
        ("--sizer-param pct", ["7.0"], "pct is a fraction, was 7.0"),
        ("--commission-param bps", ["1"], "there is no commission model to take it"),
    ],
)
def test_values_of_no_use_are_refused(tradebus: Run, flag: str, values: list[str], problem: str) -> None:
    """Each flag names itself, and what was given; a default never takes the place of a slip."""
    for value in values:
        name, _, key = flag.partition(" ")
        shown = "" if name == "--set" else value
        given = f"{key}={value}" if key else value

        assert_refused(
            tradebus, (*AAPL, name, given), 2, f"{flag}={shown}" + (f": {problem}" if shown and problem else "")
        )


@pytest.mark.parametrize(
    "flag",
    [
        "--symbol", "--start", "--end", "--timeframe", "--capital", "--position-size", "--slippage", "--strategy",
        "--param", "--sizer", "--sizer-param", "--config", "--set", "--data", "--timezone", "--adjustment", "--repair",
        "--fill-at", "--max-volume", "--commission", "--commission-param", "--tif", "--out",
    ],
)  # fmt: skip
def test_an_empty_value_is_not_the_default(tradebus: Run, flag: str) -> None:
    """As an unset variable of a shell gives it."""
    assert_refused(tradebus, (*AAPL, flag, ""), 2, f"{flag}=: is empty. Fix: give a value, or leave the flag out")


@pytest.mark.parametrize(
    ("arguments", "code", "begin"),
    [
        (("--strategy", "macdd"), 4, "--strategy=macdd: no such strategy; did you mean macd?. Fix: use one of alpha,"),
        (("--sizer", "zz"), 4, "--sizer=zz: no such sizer. Fix: use one of fixed, kelly,"),
        (("--commission", "zz"), 4, "--commission=zz: no such model. Fix: use one of alpaca_fees,"),
        (("--commission", "bps", "--commission-param", "zz=1"), 2, "--commission-param zz=1: Bps has no such"),
        (("--commission", "bps", "--commission-param", "bps=-1"), 2, "--commission-param bps=-1"),
        (("--sizer", "fixed", "--position-size", "-5"), 2, "--position-size=-5"),
        (("--param", "fast=5", "--param", "fast=6"), 2, "--param=fast=6: fast is given twice"),
        (("--set", "cash=5", "--set", "cash=6"), 2, "--set=cash: is given twice"),
    ],
)
def test_plug_ins_that_are_not_there_are_refused(
    tradebus: Run, arguments: tuple[str, ...], code: int, begin: str
) -> None:
    """With the nearest name, and all there are."""
    assert_refused(tradebus, (*AAPL, *arguments), code, begin)


@pytest.mark.parametrize(
    ("setting", "code", "begin"),
    [
        (
            "risk.max_posicion_size=5",
            3,
            "--set=risk.max_posicion_size: no such setting; did you mean risk.max_position",
        ),
        ("cashh=5", 3, "--set=cashh: no such setting; did you mean cash"),
        ("foo.bar.baz=1", 3, "--set=foo: no such setting"),
        ("risk.max_position_size=-5", 3, "--set risk.max_position_size=-5: must be > 0"),
        ("stop_loss.position_stop_pct=5", 3, "--set stop_loss.position_stop_pct=5: must be < 1"),
        ("instruments.AAPL.lot=-1", 3, "--set instruments.AAPL.lot=-1: must be > 0"),
        ("instruments.../x.lot=1", 3, "--set instruments.../x.lot=../x: is not a symbol"),
        ("cash=ten", 3, "--capital=ten: must be a number"),
        ("time_in_force=forever", 3, "--tif=forever: must be one of day, gtc, ioc, fok"),
        ("matching=5", 3, "--set matching=...: must be a mapping"),
        ("matching.slippage_bps=nan", 3, "--slippage=nan: must be a finite number"),
        ("data.repair=maybe", 3, "--repair=maybe: must be true or false"),
        ("trading.api_key=secret", 3, "--set trading.api_key=***: is a secret"),
        ("strategy.params.fst=5", 3, "--set strategy.params.fst=5: MACDStrategy has no such parameter"),
        ("strategy.name=macdd", 4, "--set strategy.name=macdd: no such strategy"),
        ("sizer.name=none", 3, "--set sizer.name=none: there has to be a sizer"),
    ],
)
def test_settings_of_no_use_are_refused(tradebus: Run, setting: str, code: int, begin: str) -> None:
    """`--set` is read as a file is: code 3, or 4 for what is not there."""
    assert_refused(tradebus, (*AAPL, "--set", setting), code, begin)


@pytest.mark.parametrize(
    ("content", "code", "begin", "lines"),
    [
        ("cash: [1,\n", 3, "config=c.yaml: expected the node content", 1),
        (b"\xff\xfe\x00\x01", 3, "config=c.yaml: is not text in UTF-8", 1),
        (b"cash: \x00", 3, "config=c.yaml: is not YAML", 1),
        ("- a\n", 3, "config=c.yaml: holds no mapping", 1),
        ("cash: 5\ncash: 6\n", 3, "config=c.yaml: has the key cash twice, line 2", 1),
        ("symbolz: [AAPL]\n", 3, "c.yaml:1: key=symbolz: no such setting; did you mean symbols", 1),
        ("symbolz: [AAPL]\nrisk:\n  zz: 1\ncash: -1\n", 3, "c.yaml:1: key=symbolz", 3),
        ("cash: .nan\n", 3, "c.yaml:1: cash=nan: must be a finite number", 1),
        ("risk: {max_position_size: -5}\n", 3, "c.yaml:1: risk.max_position_size=-5: must be > 0", 1),
        ("strategy: {name: macdd}\n", 4, "c.yaml: strategy.name=macdd: no such strategy", 1),
        ("strategy: {name: macd, params: {fst: 1}}\n", 3, "c.yaml: strategy.params.fst=1: MACDStrategy has no such", 1),
        ("sizer: {name: percent, params: {pct: 7}}\n", 3, "c.yaml: sizer.params.pct=7.0: pct is a fraction", 1),
        ("sizer: {name: fixed, params: {fixed_qty: -1}}\n", 3, "c.yaml: sizer.params.fixed_qty=-1", 1),
        ("matching: {fill_at: vwap}\n", 3, "c.yaml: matching.fill_at=vwap: the bars of AAPL have no vwap", 1),
        ("data: {path: nowhere}\n", 4, "c.yaml: data.path=nowhere: there is no such file or folder", 1),
        ("matching: {commission: {name: bps, params: {zz: 1}}}\n", 3, "c.yaml: matching.commission.params.zz=1", 1),
    ],
)
def test_files_of_settings_are_refused(tradebus: Run, content: str | bytes, code: int, begin: str, lines: int) -> None:
    """Each problem has its line, which names the file."""
    assert_refused(tradebus, (*AAPL, "--config", "c.yaml"), code, begin, {"c.yaml": content}, lines)


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("no.yaml", "config=no.yaml: there is no such file"),
        (".", "config=.: is a folder"),
        (NUL, r"config=a\x00b: cannot be read"),
        (LONG, "config=AAAAAAA"),
    ],
)
def test_a_file_of_settings_has_to_be_there(tradebus: Run, name: str, begin: str) -> None:
    """And to be one."""
    assert_refused(tradebus, (*AAPL, "--config", name), 3, begin)


def test_variables_of_no_use_are_refused(tradebus: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their names, before the run and after the models have seen them."""
    monkeypatch.setenv("RISK_MAX_POSITION_SIZE", "many")
    assert_refused(tradebus, AAPL, 3, "RISK_MAX_POSITION_SIZE=many: must be a number")
    monkeypatch.delenv("RISK_MAX_POSITION_SIZE")

    monkeypatch.setenv("TRADEBUS__STRATEGY__NAME", "macdd")
    assert_refused(tradebus, AAPL, 4, "TRADEBUS__STRATEGY__NAME=macdd: no such strategy")
    monkeypatch.setenv("TRADEBUS__STRATEGY__NAME", "macd")
    monkeypatch.setenv("TRADEBUS__STRATEGY__PARAMS__FST", "5")
    assert_refused(tradebus, AAPL, 3, "TRADEBUS__STRATEGY__PARAMS__FST=5: MACDStrategy has no such parameter")


@pytest.mark.parametrize(
    ("name", "files", "begin"),
    [
        ("out", {"out/x": "1"}, "--out=out: the folder is not empty"),
        ("out", {"out": "1"}, "--out=out: is a file"),
        ("out/x", {"out": "1"}, "--out=out/x: "),
        (NUL, {}, r"--out=a\x00b: is no path"),
        (LONG, {}, "--out=AAAAAAA"),
    ],
)
def test_a_run_goes_to_an_empty_folder_alone(tradebus: Run, name: str, files: Files, begin: str) -> None:
    """It is refused before the run, not after it."""
    assert_refused(tradebus, (*AAPL, "--out", name), 2, begin, files)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write and read everywhere")
def test_what_may_not_be_written_or_read_is_named(tradebus: Run, tmp_path: Path) -> None:
    """A folder without permission to write, and a file without permission to read."""
    closed = tmp_path / "here" / "closed"
    closed.mkdir(mode=0o500)
    assert_refused(tradebus, (*AAPL, "--out", "closed/run"), 2, "--out=closed/run: ")

    files = {"d.csv": "x", "c.yaml": "x"}
    for name in files:
        (tmp_path / "here" / name).touch(mode=0o000)
    assert_refused(tradebus, (*AAPL, "--data", "d.csv"), 1, "--data=d.csv: cannot be read (Permission denied)")
    assert_refused(tradebus, (*AAPL, "--config", "c.yaml"), 3, "config=c.yaml: cannot be read")


def test_json_prints_nothing_but_a_document(tradebus: Run) -> None:
    """An error leaves standard output empty, for the program that reads it."""
    assert_refused(tradebus, (*AAPL, "--json", "--capital", "0"), 2, "--capital=0")
    assert_refused(tradebus, ("--json", "--symbol", "ZZZZ"), 4, "--symbol=ZZZZ")


@pytest.mark.parametrize("arguments", [("--nope",), ("nope",), ("--capital",), ("--keep-open=1",)])
def test_wrong_usage_is_click_s_to_say(tradebus: Run, arguments: tuple[str, ...]) -> None:
    """Code 2, on standard error."""
    ran = tradebus("backtest", *AAPL, *arguments)

    assert (ran.code, ran.out, ran.written) == (2, "", ())
    assert "Error: " in ran.err
