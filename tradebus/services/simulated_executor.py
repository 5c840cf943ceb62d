"""simulated_executor: BarEvent, OrderApproved, CancelRequested -> what the matching engine says, as BrokerEvents."""

from collections.abc import Iterable

from tradebus.bus import Core, Publish
from tradebus.events import (
    BarEvent,
    BrokerAccepted,
    BrokerCanceled,
    BrokerEvent,
    BrokerExpired,
    BrokerFilled,
    BrokerRejected,
    CancelRequested,
    Event,
    OrderApproved,
    SessionClosing,
)
from tradebus.matching.engine import DeterministicMatchingEngine
from tradebus.matching.outcome import Accepted, Canceled, Expired, Filled, Outcome, Rejected
from tradebus.model.timeframe import Timeframe


class SimulatedExecutor:
    """The matcher as the venue of a session.

    When the session closes, working orders are cancelled. If positions are closed too, what is approved from then on is
    a close-out: it fills whole at the last close, for there is no later bar.

    Args:
        engine: The venue.
        timeframe: The session's shortest: an order is matched against these bars alone, for a longer one covers time
            that has been matched already.
    """

    name = "executor"
    consumes: tuple[type[Event], ...] = (BarEvent, OrderApproved, CancelRequested, SessionClosing)
    publishes: tuple[type[Event], ...] = (BrokerEvent,)

    def __init__(self, engine: DeterministicMatchingEngine, timeframe: Timeframe) -> None:
        self._engine = engine
        self._timeframe = timeframe

    def run(self, publish: Publish) -> Core:
        """Hand bars and orders to the engine, and tell what comes of them."""
        engine, timeframe = self._engine, self._timeframe
        on_bar, take = engine.on_bar, engine.match
        while True:
            event = yield
            kind = type(event)
            if kind is BarEvent:
                if event.timeframe is timeframe and (outcomes := on_bar(event)):
                    _tell(publish, outcomes)
            elif kind is OrderApproved:
                _tell(publish, take(event.order))
            elif kind is CancelRequested:
                _tell(publish, engine.cancel(event.client_order_id, event.reason))
            else:
                _tell(publish, engine.cancel_all("session end"))
                if event.flatten:
                    take = engine.close_out


def _tell(publish: Publish, outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        publish(_as_event(outcome))


def _as_event(outcome: Outcome) -> BrokerEvent:
    match outcome:
        case Accepted(time_ns, order_id, venue_order_id):
            return BrokerAccepted(time_ns, order_id, venue_order_id)
        case Filled():
            return BrokerFilled(
                outcome.time_ns,
                outcome.client_order_id,
                outcome.cum_qty,
                outcome.last_qty,
                outcome.last_price,
                outcome.avg_price,
                outcome.commission,
                outcome.execution_id,
            )
        case Canceled(time_ns, order_id, reason):
            return BrokerCanceled(time_ns, order_id, reason)
        case Expired(time_ns, order_id):
            return BrokerExpired(time_ns, order_id)
        case Rejected(time_ns, order_id, reason):
            return BrokerRejected(time_ns, order_id, reason)
