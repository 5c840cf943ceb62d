"""Tests of tradebus/services/sizing.py."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.samples import START_NS, bar
from tests.unit.services.helpers import BUY, SELL, Stage, fill, holding, order, signal
from tradebus.errors import StrategyError
from tradebus.events import (
    CancelRequested,
    Event,
    FlattenRequested,
    Halted,
    OrderAcked,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderSized,
    SessionClosing,
    SignalDeclined,
    StopTriggered,
)
from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderRequest, OrderType, TimeInForce
from tradebus.model.portfolio import Account, Portfolio
from tradebus.model.signal import Action, Signal
from tradebus.services.sizing import SizingService
from tradebus.sizers.fixed import FixedSizer
from tradebus.sizers.kelly import KellySizer
from tradebus.sizers.percent import PercentSizer
from tradebus.sizers.volatility import VolatilitySizer

NOW = START_NS


class Says:
    """A sizer that says what it is told and explains nothing."""

    def __init__(self, qty: Any) -> None:
        self._qty = qty

    def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
        """Return what it was told."""
        qty: float = self._qty
        return qty


def stage(account: Portfolio | None = None, sizer: Any = None, **settings: Any) -> Stage:
    """Return a sizing service of ten shares an entry on a bus."""
    return Stage(SizingService(sizer or FixedSizer(10), account or holding(), Instruments(), **settings))


def sized(events: Sequence[Event]) -> OrderRequest:
    """Return the one order among events."""
    (found,) = [event for event in events if isinstance(event, OrderSized)]
    return found.order


def brief(events: Sequence[Event]) -> list[str]:
    """Return what was said as short text: `buy 10 market`, `cancel o1: why`, `CODE: why`."""
    lines = []
    for event in events:
        match event:
            case OrderSized(_, one):
                lines.append(f"{one.side} {one.qty:f} {one.order_type}{' exit' if one.is_exit else ''}")
            case CancelRequested(_, order_id, _, reason):
                lines.append(f"cancel {order_id}: {reason}")
            case SignalDeclined(_, _, _, code, detail):
                lines.append(f"{code}: {detail}")
    return lines


def stop(level: float | None = 95.0, **changes: Any) -> StopTriggered:
    """Return a stop of macd's AAPL."""
    values = {"symbol": "AAPL", "stop": "position_stop", "price": 94.0, **changes}
    return StopTriggered(NOW, "macd", values["symbol"], values["stop"], level, values["price"])


def ack(request: OrderRequest) -> OrderAcked:
    """Return the venue's yes to an order."""
    return OrderAcked(NOW, request, "v1")


def bought(qty: int, account: Portfolio) -> Portfolio:
    """Return the books after macd bought so much AAPL."""
    account.apply(fill(qty))
    return account


# Entries


def test_a_buy_of_what_is_not_held_is_an_entry() -> None:
    """The sizer says how much; the terms are the session's."""
    request = sized(stage(time_in_force=TimeInForce.IOC).hear(signal(reason="trend")))

    assert (request.strategy_id, request.symbol, request.side, request.qty) == ("macd", "AAPL", BUY, Decimal(10))
    assert (request.order_type, request.time_in_force, request.is_exit) == (OrderType.MARKET, TimeInForce.IOC, False)
    assert (request.price, request.time_ns, request.reason) == (100.0, NOW, "trend")


def test_a_signal_without_a_reason_is_its_own() -> None:
    """Every order says why."""
    assert sized(stage().hear(signal())).reason == "BUY signal"


def test_a_sell_of_what_is_not_held_is_an_entry() -> None:
    """Whether shorts are allowed is for validation to say."""
    assert brief(stage().hear(signal(Action.SELL))) == ["sell 10 market"]


def test_a_buy_of_what_is_held_adds_to_it() -> None:
    """It is one more entry."""
    assert brief(stage(holding(100)).hear(signal())) == ["buy 10 market"]
    assert brief(stage(holding(-100)).hear(signal(Action.SELL))) == ["sell 10 market"]


def test_a_position_of_another_strategy_is_none_of_its_business() -> None:
    """Each strategy closes its own."""
    assert brief(stage(holding(100)).hear(signal(Action.SELL, strategy_id="other"))) == ["sell 10 market"]


def test_a_quantity_of_the_signal_overrides_the_sizer() -> None:
    """Rounded down to the lot."""
    assert brief(stage().hear(signal(quantity=3.9))) == ["buy 3 market"]


def test_the_sizer_sees_the_limit_as_the_price() -> None:
    """What a limit order may cost at most; a market order costs what the signal saw."""
    sizer = PercentSizer(0.1)

    assert brief(stage(sizer=sizer).hear(signal(limit_price=50.0))) == ["buy 200 limit"]
    assert brief(stage(sizer=sizer).hear(signal())) == ["buy 100 market"]


@pytest.mark.parametrize("qty", [0, 0.9, -5, math.nan])
def test_a_size_of_nothing_is_declined(qty: float) -> None:
    """Less than a lot is nothing, and so is what is no number."""
    (said,) = brief(stage(sizer=Says(qty)).hear(signal()))

    assert said == f"ZERO_QUANTITY: the sizer said {qty:g}, less than one lot of 1"


def test_a_size_of_nothing_is_explained_by_the_sizer() -> None:
    """Its formula with its numbers."""
    (said,) = brief(stage(holding(cash=500), PercentSizer(0.1)).hear(signal()))

    assert said == "ZERO_QUANTITY: (equity 500.00 x 0.1) / price 100.00 = 0.5, less than one lot of 1"


@pytest.mark.parametrize(("action", "held"), [(Action.BUY, 0), (Action.SELL, 100)])
def test_a_quantity_of_less_than_a_lot_is_the_signals_own_fault(action: Action, held: int) -> None:
    """Nothing is cancelled for it, so a position keeps its protection."""
    desk = stage(holding(held))
    desk.hear(ack(order(client_order_id="e1-sl", is_exit=True, side=SELL)))

    (said,) = brief(desk.hear(signal(action, quantity=0.4)))

    assert said == "ZERO_QUANTITY: the signal said 0.4, less than one lot of 1"


def test_numbers_of_any_kind_are_sizes() -> None:
    """A user's sizer may count in numpy or in whole numbers."""
    numpy = pytest.importorskip("numpy")

    assert brief(stage(sizer=Says(numpy.float64(7.5))).hear(signal())) == ["buy 7 market"]
    assert brief(stage(sizer=Says(7)).hear(signal())) == ["buy 7 market"]


def test_an_entry_that_works_is_not_made_again() -> None:
    """The second wish is declined with the first one's id."""
    desk = stage()
    first = sized(desk.hear(signal()))

    assert brief(desk.hear(signal())) == [f"ALREADY_WORKING: order {first.client_order_id} is still working"]


def test_a_wish_against_a_working_entry_cancels_it() -> None:
    """Nothing is held yet, so that is all it does."""
    desk = stage()
    first = sized(desk.hear(signal()))

    said = brief(desk.hear(signal(Action.SELL)))

    assert said == [
        f"cancel {first.client_order_id}: SELL signal",
        "ENTRY_CANCELED: the working entry is cancelled instead",
    ]


def test_a_wish_with_the_position_cancels_an_entry_against_it_and_adds() -> None:
    """A short entry still works when its symbol turns out to be held long."""
    account = holding()
    desk = stage(account)
    first = sized(desk.hear(signal(Action.SELL)))
    bought(50, account)

    assert brief(desk.hear(signal())) == [f"cancel {first.client_order_id}: BUY signal", "buy 10 market"]


@pytest.mark.parametrize(
    "end",
    [
        lambda order: OrderCanceled(NOW, order, Decimal(0), "asked"),
        lambda order: OrderExpired(NOW, order, Decimal(0)),
        lambda order: OrderReplaced(NOW, order, Decimal(0), "o2"),
        lambda order: OrderRejected(NOW, order, "CODE", "why"),
    ],
)
def test_an_entry_that_has_ended_makes_room(end: Callable[[OrderRequest], Event]) -> None:
    """Whatever ended it."""
    desk = stage()
    first = sized(desk.hear(signal()))

    assert desk.hear(end(first)) == []
    assert brief(desk.hear(signal())) == ["buy 10 market"]


def test_an_entry_makes_room_when_it_is_wholly_filled() -> None:
    """Half of it is not enough."""
    account = holding()
    desk = stage(account)
    first = sized(desk.hear(signal()))

    desk.hear(fill(4, client_order_id=first.client_order_id))
    assert brief(desk.hear(signal()))[0].startswith("ALREADY_WORKING")

    desk.hear(fill(6, client_order_id=first.client_order_id), fill(6, client_order_id="unknown"))
    assert brief(desk.hear(signal())) == ["buy 10 market"]


# Exits


def test_a_sell_of_what_is_held_closes_all_of_it() -> None:
    """The sizer is not asked."""
    request = sized(stage(holding(37)).hear(signal(Action.SELL)))

    assert (request.side, request.qty, request.is_exit, request.reason) == (SELL, Decimal(37), True, "SELL signal")


def test_a_buy_covers_a_short_position() -> None:
    """The same, the other way round."""
    assert brief(stage(holding(-37)).hear(signal())) == ["buy 37 market exit"]


@pytest.mark.parametrize(("quantity", "said"), [(12.7, "sell 12 market exit"), (500.0, "sell 37 market exit")])
def test_an_exit_may_name_a_quantity(quantity: float, said: str) -> None:
    """On the lot, and never more than is held: an order does not turn a position around."""
    assert brief(stage(holding(37)).hear(signal(Action.SELL, quantity=quantity))) == [said]


def test_an_exit_cancels_the_protective_orders_first() -> None:
    """No two orders may sell the same shares."""
    desk = stage(holding(10))
    children = order(client_order_id="e1", qty=10, take_profit=120, stop_loss=80).children()
    assert desk.hear(*(ack(child) for child in children)) == []

    said = brief(desk.hear(signal(Action.SELL)))

    assert said == ["cancel e1-sl: SELL signal", "cancel e1-tp: SELL signal", "sell 10 market exit"]


def test_an_exit_cancels_an_entry_that_still_works() -> None:
    """The rest of a partial fill must not open the position again."""
    account = holding()
    desk = stage(account)
    first = sized(desk.hear(signal()))
    desk.hear(fill(4, client_order_id=first.client_order_id))
    bought(4, account)

    assert brief(desk.hear(signal(Action.SELL))) == [
        f"cancel {first.client_order_id}: SELL signal",
        "sell 4 market exit",
    ]


def test_a_resting_exit_is_replaced_by_the_next() -> None:
    """A limit that waits is cancelled; a market order that fills over several bars goes on."""
    desk = stage(holding(100))
    resting = sized(desk.hear(signal(Action.SELL, limit_price=120.0)))

    said = brief(desk.hear(signal(Action.SELL)))

    assert said == [f"cancel {resting.client_order_id}: SELL signal", "sell 100 market exit"]


def test_an_exit_that_closes_everything_is_not_made_again() -> None:
    """What a market order will sell is as good as sold."""
    desk = stage(holding(100))
    desk.hear(signal(Action.SELL))

    assert brief(desk.hear(signal(Action.SELL))) == [
        "ALREADY_WORKING: an order that closes the position is still working"
    ]


def test_only_what_no_exit_will_close_is_sold() -> None:
    """30 of 100 are on their way out."""
    desk = stage(holding(100))
    desk.hear(signal(Action.SELL, quantity=30.0))

    assert brief(desk.hear(signal(Action.SELL))) == ["sell 70 market exit"]


def guarded(account: Portfolio) -> Stage:
    """Return the desk of ten AAPL, with a stop and a target that rest."""
    desk = stage(account)
    desk.hear(*(ack(child) for child in order(client_order_id="e1", qty=10, take_profit=120, stop_loss=80).children()))
    return desk


def test_after_a_halt_a_position_keeps_its_protection() -> None:
    """Nothing could be sent in its place."""
    desk = guarded(holding(10))
    desk.hear(Halted(NOW, "me", "storm"))

    assert brief(desk.hear(signal(Action.SELL))) == ["TRADING_HALTED: nothing is sent after a halt"]
    assert desk.hear(stop(), FlattenRequested(NOW, "me", "flat"), SessionClosing(NOW, True)) == []


@pytest.mark.parametrize("terms", [{"order_type": OrderType.LIMIT}, {"trail_pct": 0.05, "limit_price": 90.0}])
def test_an_exit_that_will_be_refused_cancels_nothing(terms: dict[str, Any]) -> None:
    """Its terms are looked at before the position's protection is given up."""
    assert [line.split()[0] for line in brief(guarded(holding(10)).hear(signal(Action.SELL, **terms)))] == ["sell"]


def test_a_child_that_begins_to_work_while_the_position_is_closed_is_cancelled() -> None:
    """It came too late to protect, and might sell twice."""
    desk = stage(holding(10))
    desk.hear(signal(Action.SELL))
    (child,) = order(client_order_id="e1", qty=10, stop_loss=80).children()

    assert brief(desk.hear(ack(child))) == ["cancel e1-sl: the position is being closed"]


def test_the_pair_of_an_exit_is_left_alone() -> None:
    """Its parent is an exit that works until both of them do."""
    desk = stage(holding(10))
    parent = sized(desk.hear(signal(Action.SELL, take_profit=120.0, stop_loss=80.0)))

    assert desk.hear(ack(parent), *(ack(child) for child in parent.children())) == []


def test_other_strategies_orders_are_left_alone() -> None:
    """One does not cancel what the other rests."""
    account = holding(10)
    desk = stage(account)
    desk.hear(signal(strategy_id="other", limit_price=90.0))

    assert brief(desk.hear(signal(Action.SELL))) == ["sell 10 market exit"]


# Stops, flattening, the end


def test_a_stop_closes_the_position_at_its_level() -> None:
    """The price has gone through it already."""
    request = sized(stage(holding(10)).hear(stop(95.0)))

    assert (request.side, request.qty, request.order_type) == (SELL, Decimal(10), OrderType.STOP)
    assert (request.stop_price, request.triggered, request.is_exit) == (Decimal(95), True, True)
    assert (request.price, request.time_in_force, request.reason) == (94.0, TimeInForce.GTC, "position_stop")


def test_a_stop_without_a_level_closes_at_the_market() -> None:
    """A limit on the equity has no price of its own."""
    request = sized(stage(holding(-10)).hear(stop(None, stop="max_drawdown")))

    assert (request.side, request.order_type, request.stop_price, request.triggered) == (
        BUY,
        OrderType.MARKET,
        None,
        False,
    )


def test_a_stop_cancels_what_rests_and_leaves_what_closes() -> None:
    """A protective limit goes; a market exit on its way counts."""
    desk = stage(holding(10))
    desk.hear(signal(Action.SELL, quantity=4.0))
    first = sized(desk.hear(signal(Action.SELL, quantity=6.0, limit_price=120.0)))

    assert brief(desk.hear(stop())) == [f"cancel {first.client_order_id}: position_stop", "sell 6 stop exit"]


def test_a_stop_of_nothing_says_nothing() -> None:
    """The position may be gone, or on its way out."""
    assert stage().hear(stop()) == []

    desk = stage(holding(10))
    desk.hear(stop())
    assert desk.hear(stop(None)) == []


def test_flattening_closes_every_position_of_every_strategy() -> None:
    """At the market, at the last price known, else at what it cost."""
    account = holding(10)
    account.apply(fill(5, 50, SELL, symbol="MSFT", strategy_id="momentum"))
    desk = stage(account)

    said = desk.hear(FlattenRequested(NOW, "me", "storm"))

    assert brief(said) == ["sell 10 market exit", "buy 5 market exit"]
    orders = [event.order for event in said if isinstance(event, OrderSized)]
    assert [(one.strategy_id, one.price, one.reason) for one in orders] == [
        ("macd", 100.0, "storm"),
        ("momentum", 50.0, "storm"),
    ]


def test_a_symbol_without_a_price_is_no_order() -> None:
    """It could be sized, but never filled, nor valued."""
    (declined,) = stage().hear(signal(Action.BUY, symbol="MSFT"))

    assert isinstance(declined, SignalDeclined)
    assert (declined.code, declined.symbol) == ("NO_PRICE", "MSFT")


def test_a_sizer_that_raises_is_named() -> None:
    """With the place and the moment, and its own exception as the cause."""

    class Broken:
        def calculate_qty(self, signal: Signal, portfolio: Account, price: float) -> float:
            raise ZeroDivisionError("no risk")

    with pytest.raises(StrategyError, match=r"sizer Broken failed in calculate_qty at .*test_sizing\.py:\d+") as caught:
        stage(sizer=Broken()).hear(signal(Action.BUY))

    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_flattening_cancels_entries_that_rest() -> None:
    """A limit order of a symbol that is not held would open a position after everything was closed."""
    desk = stage()
    resting = sized(desk.hear(signal(Action.BUY, limit_price=90.0)))

    said = desk.hear(FlattenRequested(NOW, "me", "storm"))

    assert [(type(event), event.client_order_id) for event in said if isinstance(event, CancelRequested)] == [
        (CancelRequested, resting.client_order_id)
    ]
    assert len(said) == 1


def test_flattening_twice_sells_once() -> None:
    """The first one's orders still work; without a reason it is called by its name."""
    desk = stage(holding(10))

    assert sized(desk.hear(FlattenRequested(NOW, "me", ""))).reason == "flatten"
    assert desk.hear(FlattenRequested(NOW, "me", "")) == []


def test_the_end_of_a_session_closes_what_is_held() -> None:
    """The executor has cancelled all orders by then, so all of it is sold."""
    desk = stage(holding(10))
    desk.hear(signal(Action.SELL))

    request = sized(desk.hear(SessionClosing(NOW, True)))

    assert (request.qty, request.order_type, request.reason) == (Decimal(10), OrderType.MARKET, "session end")


def test_the_end_of_a_session_may_keep_positions() -> None:
    """They are valued and not closed."""
    assert stage(holding(10)).hear(SessionClosing(NOW, False)) == []


# Terms and ids


@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        ({}, OrderType.MARKET),
        ({"limit_price": 99.0}, OrderType.LIMIT),
        ({"stop_price": 101.0}, OrderType.STOP),
        ({"stop_price": 101.0, "limit_price": 102.0}, OrderType.STOP_LIMIT),
        ({"trail_pct": 0.05}, OrderType.TRAILING_STOP),
        ({"order_type": OrderType.LIMIT}, OrderType.LIMIT),
    ],
)
def test_prices_choose_the_type_unless_the_signal_does(terms: dict[str, Any], kind: OrderType) -> None:
    """Validation says whether they fit together."""
    assert sized(stage().hear(signal(**terms))).order_type is kind


def test_the_signals_time_in_force_comes_before_the_sessions() -> None:
    """As it says."""
    assert sized(stage().hear(signal(time_in_force=TimeInForce.FOK))).time_in_force is TimeInForce.FOK


PRICES = {"limit_price": 100.006, "stop_price": 100.004, "take_profit": 110.004, "stop_loss": 90.006}


@pytest.mark.parametrize(
    ("held", "action", "rounded"),
    [
        (0, Action.BUY, {"limit": "100.00", "stop": "100.00", "profit": "110.01", "loss": "90.01"}),
        (0, Action.SELL, {"limit": "100.01", "stop": "100.01", "profit": "110.00", "loss": "90.00"}),
        (5, Action.SELL, {"limit": "100.01", "stop": "100.01", "profit": "110.01", "loss": "90.01"}),
        (-5, Action.BUY, {"limit": "100.00", "stop": "100.00", "profit": "None", "loss": "None"}),
    ],
)
def test_prices_are_rounded_so_that_none_is_worse(held: int, action: Action, rounded: dict[str, str]) -> None:
    """A buy never pays more, a sale never gets less; protection meant for a position of the other side is left out."""
    request = sized(stage(holding(held)).hear(signal(action, **PRICES)))

    assert {
        "limit": str(request.limit_price),
        "stop": str(request.stop_price),
        "profit": str(request.take_profit),
        "loss": str(request.stop_loss),
    } == rounded


def test_order_ids_are_unique_and_the_same_in_every_run() -> None:
    """Made of run, strategy, symbol, moment, leg and count."""

    def ids() -> list[str]:
        account = holding(100)
        account.set_price("MSFT", 40.0)
        desk = stage(account, instance="bt")
        wishes = [
            signal(Action.SELL, quantity=10.0),
            signal(Action.SELL, quantity=10.0),
            signal(),
            signal(symbol="MSFT"),
            signal(strategy_id="other"),
            signal(Action.SELL, quantity=10.0, time_ns=NOW + 1),
        ]
        return [sized(desk.hear(wish)).client_order_id for wish in wishes]

    first = ids()

    assert len(set(first)) == 6
    assert first == ids()
    assert all(one.startswith("tb-bt-") for one in first)


# Hooks


def test_a_sizer_that_looks_at_bars_gets_them() -> None:
    """Only then the service hears bars at all."""
    sizer = VolatilitySizer(0.01, 2.0, period=2)
    service = SizingService(sizer, holding(), Instruments())
    desk = Stage(service)

    desk.hear(*(bar(index, 100, high=102, low=98) for index in range(4)))

    assert brief(desk.hear(signal())) == ["buy 125 market"]
    assert not any(kind.__name__ == "BarEvent" for kind in SizingService(Says(1), holding(), Instruments()).consumes)


def test_a_sizer_that_looks_at_trades_gets_them() -> None:
    """Kelly's estimate is made of closed round trips."""
    sizer = KellySizer(start_pct=0.01, max_pct=0.5)
    desk = stage(sizer=sizer)
    for index in range(20):
        desk.hear(fill(1, 100, time_ns=NOW + index), fill(1, 120 if index % 2 else 95, SELL, time_ns=NOW + index))

    (said,) = brief(desk.hear(signal()))

    assert said == "buy 375 market"
