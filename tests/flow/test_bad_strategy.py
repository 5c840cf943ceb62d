"""Every strategy that fails: one line that says which, where and when, and nothing written."""

import pytest

from tests.flow.conftest import Run
from tests.flow.test_bad_input import assert_refused

GIVEN = ("--symbol", "AAPL", "--strategy", "mine.py:Mine")
FIRST = "2011-01-03T21:00:00Z"
GOOD = "'action': 'BUY', 'symbol': 'AAPL', 'price': snapshot.prices['AAPL'], 'timestamp': snapshot.timestamp"


def strategy(body: str) -> dict[str, str]:
    """Return the file of a strategy whose turn is this line; it is line 3."""
    return {"mine.py": f"class Mine:\n    def generate_signals(self, snapshot):\n        {body}\n"}


@pytest.mark.parametrize(
    ("content", "code", "begin"),
    [
        (None, 4, "--strategy=mine.py:Mine: there is no such file"),
        ("def x(:\n", 2, "--strategy=mine.py:Mine: mine.py line 1 does not parse"),
        ("x = 1\n1 / 0\n", 2, "--strategy=mine.py:Mine: line 2 raises ZeroDivisionError: division by zero"),
        ("import nowhere\n", 2, "--strategy=mine.py:Mine: line 1 raises ModuleNotFoundError"),
        ("import sys\nsys.exit(0)\n", 2, "--strategy=mine.py:Mine: line 2 raises SystemExit"),
        ("x = 1\n", 4, "--strategy=mine.py:Mine: has no class Mine"),
        ("class Mien:\n    def generate_signals(self, s): ...\n", 4, "--strategy=mine.py:Mine: has no class Mine; did"),
        ("class Mine: ...\n", 2, "--strategy=mine.py:Mine: Mine is not a class with the method generate_signals"),
        (b"\x00\xff", 2, "--strategy=mine.py:Mine: mine.py does not parse"),
    ],
)
def test_a_file_without_the_strategy_is_refused(
    tradebus: Run, content: str | bytes | None, code: int, begin: str
) -> None:
    """With the line, where it is the file that fails."""
    assert_refused(tradebus, GIVEN, code, begin, {} if content is None else {"mine.py": content})


@pytest.mark.parametrize("error", ["RuntimeError('no key')", "SystemExit(0)", "ValueError('a\\nb')"])
def test_a_constructor_that_fails_is_named(tradebus: Run, error: str) -> None:
    """Before the run."""
    file = f"class Mine:\n    def __init__(self): raise {error}\n    def generate_signals(self, s): return []\n"

    assert_refused(tradebus, GIVEN, 2, "Mine={}: the constructor r", {"mine.py": file})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('a\\nb')", r"ValueError('a\nb')"),
        ("return {}['x']", "KeyError('x')"),
        ("raise SystemExit(0)", "SystemExit(0)"),
        ("return 1 / 0", "ZeroDivisionError('division by zero')"),
    ],
)
def test_a_strategy_that_raises_ends_the_run(tradebus: Run, body: str, said: str) -> None:
    """Its name, its file and line, the bar's time and what it raised; code 1."""
    ran = tradebus("backtest", *GIVEN, files=strategy(body))

    assert (ran.code, ran.out, ran.written) == (1, "", ())
    assert ran.err == f"error: strategy mine failed in generate_signals at {FIRST}, mine.py:3: {said}\n"


def test_a_strategy_that_raises_shows_its_traceback_when_asked(tradebus: Run) -> None:
    """With -vv: it is the user's own code that has to be mended."""
    ran = tradebus("-vv", "backtest", *GIVEN, files=strategy("raise ValueError('boom')"))

    assert ran.code == 1
    assert "error: strategy mine failed in generate_signals" in ran.err


@pytest.mark.parametrize("hook", ["on_fill", "on_order"])
def test_a_hook_that_raises_ends_the_run(tradebus: Run, hook: str) -> None:
    """It is the strategy's code as well."""
    files = strategy(f"return [{{{GOOD}}}]\n    def {hook}(self, event):\n        raise SystemExit(0)")

    ran = tradebus("backtest", *GIVEN, files=files)

    assert (ran.code, ran.out, ran.written) == (1, "", ())
    assert ran.err.startswith(f"error: strategy mine failed in {hook} at {FIRST}, mine.py:5: SystemExit(0)")


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("pass", "None"),
        ("return 'BUY'", "'BUY'"),
        ("return 5", "5"),
        ("return {'action': 'BUY'}", "{'action': 'BUY'}"),
        ("yield {}", "a generator"),
        ("return map(str, [])", "a map"),
    ],
)
def test_a_turn_that_returns_no_list_is_refused(tradebus: Run, body: str, what: str) -> None:
    """None too: most often a `return` was forgotten."""
    begin = f"strategy mine: generate_signals returned {what} at {FIRST}: must be a list of signals. Fix: return a list"

    assert_refused(tradebus, GIVEN, 1, begin, strategy(body))


def test_a_turn_that_is_a_coroutine_is_refused(tradebus: Run) -> None:
    """And not warned about."""
    file = strategy("return []")["mine.py"].replace("def ", "async def ")

    begin = "strategy mine: generate_signals returned a coroutine"
    assert_refused(tradebus, GIVEN, 1, begin, {"mine.py": file})


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        ("'BUY'", "strategy mine returned BUY where a signal dictionary was expected"),
        ("None", "strategy mine returned None where a signal dictionary was expected"),
        ("{'action': 'BUY', 'symbol': 'AAPL', 'price': 1.0}", "lacks the key timestamp"),
        ("{**good, 'qty': 3}", "signal key qty=3: unknown key; use action,"),
        ("{**good, 'action': 'HODL'}", "signal key action=HODL: use one of BUY, SELL, HOLD"),
        ("{**good, 'action': None}", "signal key action=None: use one of"),
        ("{**good, 'symbol': '../x'}", "signal key symbol=../x: is not a symbol"),
        ("{**good, 'price': float('nan')}", "signal key price=nan: must be a finite number above 0"),
        ("{**good, 'price': 0}", "signal key price=0: must be a finite number above 0"),
        ("{**good, 'price': '1'}", "signal key price=1: must be a finite number above 0"),
        ("{**good, 'quantity': -5}", "signal key quantity=-5: must be a finite number above 0"),
        ("{**good, 'trail_pct': 5}", "signal key trail_pct=5: is a fraction below 1"),
        ("{**good, 'time_in_force': 'forever'}", "signal key time_in_force=forever: use one of day, gtc, ioc, fok"),
        ("{**good, 'timestamp': snapshot.timestamp.replace(tzinfo=None)}", "has no time zone; use snapshot.timestamp"),
        ("{**good, 'timestamp': snapshot.timestamp.replace(year=2050)}", "lies after the snapshot's time"),
        ("{**good, 'timestamp': '2011-01-03'}", "must be a datetime; use snapshot.timestamp"),
    ],
)
def test_a_signal_that_is_none_ends_the_run(tradebus: Run, signal: str, said: str) -> None:
    """It names the strategy, the key, the value and what may stand there; code 1."""
    ran = tradebus("backtest", *GIVEN, files=strategy(f"good = {{{GOOD}}}; return [{signal}]"))

    assert (ran.code, ran.out, ran.written) == (1, "", ())
    (line,) = ran.err.splitlines()
    assert line.startswith("error: strategy mine")
    assert said in line


def test_a_signal_for_a_symbol_without_bars_never_fills(tradebus: Run) -> None:
    """There is no bar that could fill it; the run says that nothing was traded."""
    files = strategy(f"good = {{{GOOD}}}; return [{{**good, 'symbol': 'MSFT'}}]")

    ran = tradebus("backtest", *GIVEN, files=files)

    assert (ran.code, ran.err) == (0, "")
    assert "No trades" in ran.out
