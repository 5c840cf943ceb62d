"""Tests of tradebus/services/strategy.py."""

import functools
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS, bar
from tests.unit.services.helpers import Stage, fill, order
from tradebus.errors import InputError, SignalError, StrategyError
from tradebus.events import (
    Event,
    FillEvent,
    OrderAcked,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    SignalDeclined,
    SignalEvent,
    SnapshotEvent,
    TickEvent,
)
from tradebus.model.bar import MarketSnapshot
from tradebus.model.order import OrderType
from tradebus.model.signal import Action, Signal
from tradebus.model.time import DAY_NS, to_datetime
from tradebus.model.timeframe import Timeframe
from tradebus.services.strategy import StrategyService
from tradebus.strategies.base import Strategy

NOW = START_NS
MIN, DAY = Timeframe.MIN_1, Timeframe.DAY_1
TURN = SnapshotEvent(NOW)


class Scripted:
    """Returns what it is told, one answer a turn and the last one for ever, and keeps what it is shown."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.shown: list[MarketSnapshot] = []

    def generate_signals(self, snapshot: MarketSnapshot) -> Any:
        """Return the next answer; raise it if it is an exception, call it if it is a function."""
        self.shown.append(snapshot)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer(snapshot) if callable(answer) else answer


def stage(strategy: Any, timeframe: Timeframe = DAY, *, skip_repeats: bool = True) -> Stage:
    """Return a strategy on a bus, called macd."""
    return Stage(StrategyService(strategy, "macd", timeframe, skip_repeats=skip_repeats))


def wish(action: str = "BUY", **changes: Any) -> dict[str, Any]:
    """Return a signal dictionary for AAPL at 100 dollars, with changes."""
    return {"action": action, "symbol": "AAPL", "price": 100.0, "timestamp": to_datetime(NOW), **changes}


def actions(events: Sequence[Event]) -> list[str]:
    """Return symbol and action of the signals among events."""
    return [f"{event.symbol} {event.action}" for event in events if isinstance(event, SignalEvent)]


# What it is shown


def test_a_snapshot_has_the_bars_of_the_moment_and_all_last_prices() -> None:
    """A symbol without a bar at this moment is in the prices alone."""
    strategy = Scripted([])
    day = bar(1, 110)

    stage(strategy).hear(bar(0), bar(0, 50, symbol="MSFT"), TURN, day, SnapshotEvent(NOW + DAY_NS))

    first, second = strategy.shown
    assert (first.time_ns, sorted(first.bars)) == (NOW, ["AAPL", "MSFT"])
    assert (second.time_ns, second.bars) == (NOW + DAY_NS, {"AAPL": day})
    assert second.prices == {"AAPL": 110, "MSFT": 50}
    assert second.frames == {("AAPL", DAY): day}


def test_a_tick_is_a_last_price() -> None:
    """Between bars."""
    strategy = Scripted([])

    stage(strategy).hear(bar(0), TURN, TickEvent(NOW + 1, "AAPL", 101.5), SnapshotEvent(NOW + 1))

    assert strategy.shown[1].prices == {"AAPL": 101.5}
    assert strategy.shown[1].bars == {}


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_timeframes_the_shortest_is_in_bars_and_all_are_in_frames(turned: bool) -> None:
    """In whatever order they come."""
    strategy = Scripted([])
    bars = [
        bar(0, timeframe=MIN),
        bar(0, timeframe=DAY),
        bar(0, timeframe=Timeframe.WEEK_1),
        bar(0, symbol="MSFT", timeframe=MIN),
    ]

    stage(strategy, MIN).hear(*(reversed(bars) if turned else bars), TURN)

    (shown,) = strategy.shown
    assert shown.bars == {"AAPL": bars[0], "MSFT": bars[3]}
    assert shown.frames == {(one.symbol, one.timeframe): one for one in bars}


def test_a_longer_bar_alone_is_in_frames_alone() -> None:
    """The last minute of a day may have had no trade: the day is no minute."""
    strategy = Scripted([])
    day = bar(0)

    stage(strategy, MIN).hear(day, TURN, bar(1, timeframe=MIN), SnapshotEvent(NOW + DAY_NS))

    assert strategy.shown[0].bars == {}
    assert strategy.shown[0].frames == {("AAPL", DAY): day}
    assert strategy.shown[0].prices == {"AAPL": 100}
    assert [one.timeframe for one in strategy.shown[1].frames.values()] == [MIN]


# What it says


def test_a_dictionary_becomes_a_signal_of_its_strategy() -> None:
    """At the moment it was asked."""
    earlier = to_datetime(NOW - DAY_NS)
    terms: dict[str, Any] = {"reason": "trend", "indicators": {"rsi": 30.0}, "limit_price": 99.0, "order_type": "limit"}

    (said,) = stage(Scripted([wish(timestamp=earlier, **terms)])).hear(TURN)

    assert said == SignalEvent(
        time_ns=NOW,
        strategy_id="macd",
        symbol="AAPL",
        action=Action.BUY,
        price=100.0,
        reason="trend",
        indicators={"rsi": 30.0},
        limit_price=99.0,
        order_type=OrderType.LIMIT,
    )


def test_a_signal_object_is_as_good_as_a_dictionary() -> None:
    """Whatever strategy it names."""
    given = Signal(time_ns=NOW, strategy_id="x", symbol="AAPL", action=Action.SELL, price=100.0, stop_loss=110.0)

    (said,) = stage(Scripted([given])).hear(TURN)

    assert said == SignalEvent(
        time_ns=NOW, strategy_id="macd", symbol="AAPL", action=Action.SELL, price=100.0, stop_loss=110.0
    )


def test_a_signal_object_is_checked_as_a_dictionary_is() -> None:
    """A word for an action is read; a price that is no number is refused."""
    loose: Any = {"time_ns": NOW, "strategy_id": "x", "symbol": "aapl", "action": "buy", "price": 100}

    assert actions(stage(Scripted([Signal(**loose)])).hear(TURN)) == ["AAPL BUY"]
    with pytest.raises(SignalError, match="signal key price=nan: must be a finite number above 0"):
        stage(Scripted([Signal(**{**loose, "price": float("nan")})])).hear(TURN)


@pytest.mark.parametrize(
    "future",
    [
        wish(timestamp=to_datetime(NOW + 1000)),
        Signal(time_ns=NOW + 1000, strategy_id="x", symbol="AAPL", action=Action.BUY, price=1.0),
    ],
)
def test_a_signal_from_the_future_is_refused(future: Any) -> None:
    """It was made of what nobody can know yet."""
    with pytest.raises(SignalError, match="lies after the snapshot's time"):
        stage(Scripted([future])).hear(TURN)


def test_a_repeated_wish_is_skipped() -> None:
    """By symbol: what is the same as the last one says nothing new."""
    desk = stage(Scripted([wish(), wish("SELL", symbol="MSFT")], [wish(), wish(symbol="MSFT")], [wish("SELL")]))

    assert [actions(desk.hear(TURN)) for _ in range(4)] == [["AAPL BUY", "MSFT SELL"], ["MSFT BUY"], ["AAPL SELL"], []]


@pytest.mark.parametrize(
    ("end", "again"),
    [
        (OrderRejected(NOW, order(), "CODE", "why"), True),
        (OrderExpired(NOW, order(), Decimal(0)), True),
        (OrderCanceled(NOW, order(), Decimal(0), "no cash"), True),
        (OrderCanceled(NOW, order(), Decimal(1), "no cash"), False),
        (OrderRejected(NOW, order(strategy_id="other"), "CODE", "why"), False),
        (OrderRejected(NOW, order(symbol="MSFT"), "CODE", "why"), False),
    ],
)
def test_a_wish_that_came_to_nothing_may_be_repeated(end: Event, again: bool) -> None:
    """Otherwise a strategy that wants the same all the time would be mute for ever."""
    desk = stage(Scripted([wish()]))
    desk.hear(TURN)

    said = desk.hear(end, TURN)

    assert actions(said) == (["AAPL BUY"] if again else [])
    assert [event.code for event in said if isinstance(event, SignalDeclined)] == ([] if again else ["REPEATED"])


def test_a_repeated_wish_is_kept_where_that_is_wanted() -> None:
    """Each one is a signal."""
    desk = stage(Scripted([wish()]), skip_repeats=False)

    assert [actions(desk.hear(TURN)) for _ in range(2)] == [["AAPL BUY"], ["AAPL BUY"]]


def test_hold_says_nothing_and_makes_the_next_wish_new() -> None:
    """It takes the last one back."""
    desk = stage(Scripted([wish()], [wish("HOLD")], [wish()]))

    assert [actions(desk.hear(TURN)) for _ in range(3)] == [["AAPL BUY"], [], ["AAPL BUY"]]


@pytest.mark.parametrize("nothing", [[], (), [wish("HOLD")]])
def test_nothing_to_say_is_no_signal(nothing: Any) -> None:
    """An empty list is the usual answer."""
    assert stage(Scripted(nothing)).hear(TURN) == []


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (None, "returned None at 2014-01-02T21:00:00Z: must be a list of signals"),
        (wish(), "returned {'action': 'BUY'"),
        ("BUY", "returned 'BUY'"),
        (5, "returned 5 at"),
        (iter([wish()]), "returned a list_iterator at"),
    ],
)
def test_what_is_no_list_is_refused(answer: Any, shown: str) -> None:
    """With what it was and when."""
    with pytest.raises(SignalError, match="strategy macd: generate_signals") as caught:
        stage(Scripted(answer)).hear(TURN)

    assert shown in str(caught.value)


@pytest.mark.parametrize("answer", [lambda _: (one for one in [wish()]), lambda _: _coroutine()])
def test_what_would_run_later_is_refused_and_closed(answer: Callable[[Any], Any]) -> None:
    """A generator, or a coroutine that nobody awaits: without a warning on the way out."""
    with pytest.raises(SignalError, match=r"returned a (generator|coroutine) at"):
        stage(Scripted(answer)).hear(TURN)


async def _coroutine() -> list[Any]:
    return []


@pytest.mark.parametrize("item", ["BUY", None, ["BUY", "AAPL"]])
def test_what_is_no_signal_is_refused(item: Any) -> None:
    """Among signals too."""
    with pytest.raises(SignalError, match="where a signal dictionary was expected"):
        stage(Scripted([wish("HOLD"), item])).hear(TURN)


# What goes wrong


def test_an_exception_becomes_a_strategy_error_that_says_where() -> None:
    """Name, moment, file and line; the original is its cause."""
    cause = ZeroDivisionError("by zero")

    with pytest.raises(StrategyError) as caught:
        stage(Scripted(cause)).hear(TURN)

    line = Scripted.generate_signals.__code__.co_firstlineno + 5
    assert str(caught.value) == (
        f"strategy macd failed in generate_signals at 2014-01-02T21:00:00Z, {__file__}:{line}: {cause!r}"
    )
    assert caught.value.__cause__ is cause


def test_an_error_of_ours_passes_as_it_is() -> None:
    """It says already what is wrong."""
    with pytest.raises(InputError, match="period=0"):
        stage(Scripted(InputError("period", 0, "too short", "use 1"))).hear(TURN)


def test_a_strategy_cannot_end_the_process() -> None:
    """`sys.exit()` in it is a failure like any other."""
    with pytest.raises(StrategyError, match="SystemExit"):
        stage(Scripted(SystemExit(0))).hear(TURN)


# Hooks


class Listening(Strategy):
    """Keeps what its hooks are told."""

    def __init__(self) -> None:
        super().__init__()
        self.fills: list[object] = []
        self.news: list[object] = []

    def generate_signals(self, snapshot: MarketSnapshot) -> list[dict[str, Any]]:
        """Wish nothing."""
        return []

    def on_fill(self, fill: Any) -> None:
        """Keep it."""
        self.fills.append(fill)

    def on_order(self, event: object) -> None:
        """Keep it."""
        self.news.append(event)


def news(strategy_id: str) -> list[Event]:
    """Return everything that can happen to an order of a strategy."""
    one = order(strategy_id=strategy_id)
    return [
        OrderAcked(NOW, one, "v1"),
        OrderCanceled(NOW, one, Decimal(0), "asked"),
        OrderExpired(NOW, one, Decimal(0)),
        OrderRejected(NOW, one, "CODE", "why"),
    ]


def test_hooks_hear_of_their_own_orders_only() -> None:
    """Another strategy's fills and orders are none of its business."""
    strategy = Listening()

    stage(strategy).hear(fill(), *news("macd"), fill(strategy_id="other"), *news("other"))

    assert strategy.fills == [fill()]
    assert strategy.news == news("macd")


def test_a_strategy_without_hooks_hears_of_nothing() -> None:
    """Neither with the base class's, which do nothing, nor without any."""

    class Deaf(Strategy):
        def generate_signals(self, snapshot: MarketSnapshot) -> list[dict[str, Any]]:
            return []

    for strategy in (Deaf(), Scripted([])):
        heard = StrategyService(strategy, "macd", DAY).consumes
        assert FillEvent not in heard
        assert OrderAcked not in heard


@pytest.mark.parametrize(("hook", "event"), [("on_fill", fill()), ("on_order", OrderAcked(NOW, order(), "v1"))])
def test_a_hook_that_fails_is_a_strategy_error(hook: str, event: Event) -> None:
    """As a failing turn is; an error of ours passes as it is."""

    def fail(error: Exception, _: object) -> None:
        raise error

    for error, expected, match in (
        (KeyError("x"), StrategyError, r"strategy macd failed in .*test_strategy\.py:\d+: KeyError\('x'\)"),
        (InputError("x", 1, "no", "fix"), InputError, "x=1"),
    ):
        strategy = Listening()
        setattr(strategy, hook, functools.partial(fail, error))
        with pytest.raises(expected, match=match):
            stage(strategy).hear(event)
