"""step_log: every step in the life of signals, orders and the session -> a line of the log."""

from typing import Any

import msgspec

from tradebus.bus import Batch
from tradebus.events import ControlEvent, Event, FillEvent, OrderEvent, RiskEvent, SignalEvent, SystemEvent
from tradebus.log import get_logger
from tradebus.model.order import OrderRequest

_STEPS = (SignalEvent, OrderEvent, FillEvent, RiskEvent, ControlEvent, SystemEvent)
_logger = get_logger("tradebus.steps")


def log_steps(batch: Batch) -> None:
    """Write the steps among the events of a batch; a tap of the bus."""
    for seq, event in enumerate(batch.events, batch.base + 1):
        if isinstance(event, _STEPS):
            _logger.info(type(event).__name__, seq=seq, **_fields(event))


def _fields(event: Event) -> dict[str, Any]:
    """Return what a reader wants to know of an event: of an order its terms that are set."""
    fields: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(event).items():
        if isinstance(value, OrderRequest):
            order = msgspec.structs.asdict(value)
            kept = ("client_order_id", "symbol", "side", "qty", "order_type", "limit_price", "stop_price", "reason")
            fields |= {key: _plain(order[key]) for key in kept if order[key] not in (None, "")}
        elif value not in (None, ""):
            fields[name] = _plain(value)
    return fields


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | dict) else str(value)
