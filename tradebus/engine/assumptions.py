"""assumptions: what a simulation takes for granted, in words, for every report."""

from tradebus.engine.wiring import Parts
from tradebus.matching.price import FillAt

_FILLS = {
    FillAt.CLOSE: "market orders fill at the close of the bar that made the signal (optimistic: same moment)",
    FillAt.OPEN: "market orders fill at the open of the next bar",
    FillAt.VWAP: "market orders fill at the volume-weighted average price of the next bar",
}


def assumptions(parts: Parts, gateway: object) -> dict[str, str]:
    """Return the assumptions of a session over stored bars, by topic.

    Args:
        parts: The session's.
        gateway: Where its bars came from; `source` and `adjusted` are asked for where it has them.
    """
    volume = parts.max_volume_pct
    return {
        "fills": _FILLS[parts.fill_at],
        "stops": "stops fill at their level, or at the open if a bar opens beyond it; from the bar after the entry",
        "volume": "not looked at"
        if volume is None
        else f"at most {100 * volume:g} % of a bar's volume, all orders together",
        "slippage": f"{parts.slippage_bps:g} basis points on market and stop fills",
        "fees": "none" if parts.commission is None else str(parts.commission),
        "data": str(getattr(gateway, "source", type(gateway).__name__)),
        "prices": str(getattr(gateway, "adjusted", "as the gateway gives them")),
        "end": "open positions are closed at the last close"
        if parts.flatten
        else "open positions are valued, not closed",
        "calendar": "weekday sessions; holidays and early closes are not known",
    }
