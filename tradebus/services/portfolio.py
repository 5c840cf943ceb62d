"""portfolio: BarEvent, TickEvent, FillEvent -> the books; StepEvent -> PortfolioEvent.

The only writer of the books. Prices come and go with every bar; cash and quantities change with fills alone.
"""

from tradebus.bus import Core, Publish
from tradebus.events import BarEvent, Event, FillEvent, PortfolioEvent, StepEvent, TickEvent
from tradebus.model.portfolio import Portfolio


class PortfolioService:
    """Keeps the books of a session."""

    name = "portfolio"
    consumes: tuple[type[Event], ...] = (BarEvent, TickEvent, FillEvent, StepEvent)
    publishes: tuple[type[Event], ...] = (PortfolioEvent,)

    def __init__(self, portfolio: Portfolio) -> None:
        self._portfolio = portfolio

    def run(self, publish: Publish) -> Core:
        """Book fills, note prices, and value everything once a step."""
        prices, mark, apply = self._portfolio.prices, self._portfolio.mark, self._portfolio.apply
        while True:
            event = yield
            kind = type(event)
            if kind is BarEvent:
                prices[event.symbol] = event.close
            elif kind is StepEvent:
                publish(PortfolioEvent(event.time_ns, *mark()))
            elif kind is FillEvent:
                apply(event)
            else:
                prices[event.symbol] = event.price
