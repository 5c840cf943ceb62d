"""engine: a deterministic venue: the same orders and bars give the same fills, everywhere and always.

A bar of a symbol first ends the DAY orders of earlier sessions, then tries what rests, oldest first. An order that
arrives is tried at once only against the close of the bar that made its signal, and only with `fill_at="close"`.
Prices are in `price`, protective orders and pairs in `book`, refusals in `terms`, the cash of a moment in
`buying_power`.
"""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from tradebus.errors import InputError
from tradebus.matching.book import Book, Market, Resting, in_turn
from tradebus.matching.buying_power import BuyingPower
from tradebus.matching.commission import CommissionModel
from tradebus.matching.outcome import Filled, Outcome, Rejected
from tradebus.matching.price import (
    FillAt,
    Offer,
    fill_price,
    offer,
    offer_at_close,
    offer_at_stop,
    opens_beyond,
)
from tradebus.matching.terms import refusal
from tradebus.model.bar import Bar
from tradebus.model.instrument import Instruments
from tradebus.model.order import OrderRequest, TimeInForce
from tradebus.model.timeframe import Timeframe

ZERO = Decimal(0)
_NOTHING: tuple[Outcome, ...] = ()
_LONG = (Timeframe.WEEK_1, Timeframe.MONTH_1)


NO_FUNDS = "insufficient buying power"
"""Why an order ended for which there was no money when it came to fill."""


class DeterministicMatchingEngine:
    """Fills orders from bars.

    * **Price.** `fill_at="close"` fills a market order at the close of the bar that made the signal, if its symbol has
      a bar at that very moment, else at its next bar's; `open` and `vwap` fill it in the next bar. What is left carries
      on in the following bars at the same price. Limits and stops: see `price`.
    * **Volume.** All orders of a symbol together fill at most `max_volume_pct` of a bar's volume, rounded down to the
      lot. What it leaves over is cancelled (IOC), carried on (GTC, and DAY within its session), or nothing is filled
      at all (FOK). IOC and FOK count from the first bar that may fill the order; a stop's is the one that triggers it.
    * **Protection.** The protective orders of an entry work from the bar after the one that completed it; if it ends in
      part, for that part. They share their quantity: a fill of one shrinks the other, the last one ends it. In a bar
      that touches both, the stop is taken unless the bar opens at the target or beyond.
    * **Triggered stops.** An order with `triggered` fills in the bar of its moment at its stop, or at the open if that
      is through it; what is left carries on as a market order.
    * **Money.** An entry that buys for more than `buying_power`, commission included, is cancelled.
    * **Timeframes.** Of a symbol with bars of several lengths, only the shortest matter.

    Args:
        fill_at: `open`, `close` or `vwap`.
        max_volume_pct: Largest part of a bar's volume that is filled, a fraction: 0 < pct <= 1, where 0.1 is 10 %. None
            fills whatever is asked.
        slippage_bps: Basis points that market and stop fills are worse than their price, >= 0 and below 10000.
        commission: What fills cost; None for nothing.
        instruments: Lots, price steps and sessions; None for the defaults of every symbol.
        buying_power: Returns what entries may spend, dollars; None for no limit.

    Raises:
        InputError: If an argument is out of its range.

    Source: names and defaults of the parameters and the time-in-force policies are the system specification's.
    """

    def __init__(
        self,
        fill_at: FillAt | str = "close",
        max_volume_pct: float | None = 0.1,
        slippage_bps: float = 0.0,
        commission: CommissionModel | None = None,
        instruments: Instruments | None = None,
        buying_power: Callable[[], Decimal] | None = None,
    ) -> None:
        self._fill_at = FillAt.parse(fill_at)
        self._max_volume = None if max_volume_pct is None else _volume_pct(max_volume_pct)
        self._slippage = _slippage(slippage_bps)
        self._commission = commission
        self._instruments = Instruments() if instruments is None else instruments
        self._power = None if buying_power is None else BuyingPower(buying_power)
        self._book = Book()
        self._markets: dict[str, Market] = {}
        self._ordered_ns = 0
        self._executions = 0

    @property
    def resting(self) -> tuple[OrderRequest, ...]:
        """The orders that work, oldest first; protective orders that still wait for their entry are not among them."""
        return tuple(resting.order for resting in self._book)

    def on_bar(self, bar: Bar) -> Sequence[Outcome]:
        """Take the next bar of a symbol, and return what it does to resting orders."""
        # This runs for every bar of a backtest, nearly always with nothing to do.
        try:
            market = self._markets[bar.symbol]
        except KeyError:
            market = self._market(bar.symbol)
        if bar.timeframe is not market.timeframe and not market.narrows_to(bar.timeframe):
            return _NOTHING
        market.last = bar
        return self._on_bar(market, bar) if market.orders else _NOTHING

    def match(self, order: OrderRequest) -> Sequence[Outcome]:
        """Take an order, and return what happens to it at once."""
        out: list[Outcome] = []
        market = self._admit(order, out)
        if market is None:
            return out
        if order.is_exit and order.take_profit is not None:
            self._book.take_pair(order, market, order.time_ns, out)
            return out
        resting = self._book.take(order, market, order.time_ns, out)
        bar = market.last
        if bar is not None and not resting.is_late:
            offered = offer_at_stop(resting, bar) if order.triggered else offer_at_close(resting, bar, self._fill_at)
            self._settle(resting, bar, offered, order.time_ns, out)
        return out

    def cancel(self, client_order_id: str, reason: str) -> Sequence[Outcome]:
        """Cancel a resting order, and return what happens: nothing if no such order works.

        An entry without a fill takes its protective orders with it; one with a fill sets them free. A protective order
        takes the other of its pair with it.
        """
        out: list[Outcome] = []
        self._book.cancel_id(client_order_id, reason, self._now(), out)
        return out

    def cancel_all(self, reason: str) -> Sequence[Outcome]:
        """Cancel every order and all that waits for one, and return what happens."""
        out: list[Outcome] = []
        self._book.cancel_all(reason, self._now(), out)
        return out

    def close_out(self, order: OrderRequest) -> Sequence[Outcome]:
        """Fill an order whole at the last close of its symbol, whatever its type and the volume.

        This closes positions at the end of a session, when there is no later bar. Slippage and commission are as of any
        market order.
        """
        out: list[Outcome] = []
        market = self._admit(order, out, is_last=True)
        if market is not None and market.last is not None:
            resting = self._book.take(order, market, order.time_ns, out)
            self._fill(resting, order.qty, Offer(market.last.close, slips=True), order.time_ns, out)
        return out

    def _now(self) -> int:
        """Return the latest market time that was seen."""
        lasts = (market.last.time_ns for market in self._markets.values() if market.last is not None)
        return max((self._ordered_ns, *lasts))

    def _market(self, symbol: str) -> Market:
        market = self._markets.get(symbol)
        if market is None:
            market = self._markets[symbol] = Market(self._instruments[symbol])
        return market

    def _admit(self, order: OrderRequest, out: list[Outcome], *, is_last: bool = False) -> Market | None:
        """Return the market of an order that is in order; else say why not, and end what would hang on it."""
        order_id = order.client_order_id
        self._ordered_ns = max(self._ordered_ns, order.time_ns)
        if self._book.has_seen(order_id):
            # The first order of that id lives on, and so do its children.
            out.append(Rejected(order.time_ns, order_id, f"client_order_id {order_id} was used before"))
            return None
        market = self._market(order.symbol)
        problem = refusal(order, market.instrument)
        if problem is None and is_last:
            if order.children():
                problem = "an order that closes a session takes no take_profit and no stop_loss"
            elif market.last is None:
                problem = f"there was no bar of {order.symbol}, so there is no close to fill at"
        if problem is None:
            return market
        self._book.refuse(order, problem, order.time_ns, out)
        return None

    def _on_bar(self, market: Market, bar: Bar) -> Sequence[Outcome]:
        out: list[Outcome] = []
        orders, now = market.orders, bar.time_ns
        session: int | None = None
        for resting in tuple(orders.values()):
            if resting.order.time_in_force is TimeInForce.DAY:
                if session is None:
                    # The last instant within the bar: one that ends at midnight belongs to the day before. Bars of
                    # weeks and months hold many sessions, and belong to their first.
                    instant = bar.start_ns if bar.timeframe in _LONG else now - 1
                    session = market.instrument.session_day(instant)
                if resting.session is None:
                    resting.session = session
                elif session > resting.session:
                    self._book.expire(resting, now, out)
        for resting in in_turn(orders, lambda target: opens_beyond(target, bar)):
            if resting.order.client_order_id in orders:
                self._try(resting, bar, out)
        return out

    def _try(self, resting: Resting, bar: Bar, out: list[Outcome]) -> None:
        if resting.is_late and bar.start_ns < resting.order.time_ns:
            # The order came in the middle of this bar: what lies before it is not for it.
            offered = offer_at_close(resting, bar, self._fill_at)
        else:
            offered = offer(resting, bar, self._fill_at)
            resting.is_new = False
        resting.is_late = False
        self._settle(resting, bar, offered, bar.time_ns, out)
        resting.follow(bar.close)

    def _settle(self, resting: Resting, bar: Bar, offered: Offer | None, time_ns: int, out: list[Outcome]) -> None:
        """Fill what an offer, the volume and the time in force allow, and end what may not wait."""
        if offered is None:
            return
        policy, leaves = resting.order.time_in_force, resting.leaves
        qty = ZERO
        if offered.price is not None:
            qty = leaves if self._max_volume is None else min(leaves, resting.market.room(bar, self._max_volume))
        if policy is TimeInForce.FOK and qty < leaves:
            reason = f"fill or kill: {qty} of {leaves} could be filled"
            self._book.cancel(resting, reason, time_ns, out)
            return
        if qty > 0:
            if not self._fill(resting, qty, offered, time_ns, out):
                return
            if self._max_volume is not None:
                resting.market.use(qty)
        if policy is TimeInForce.IOC and qty < leaves:
            reason = f"immediate or cancel: {qty} of {leaves} could be filled"
            self._book.cancel(resting, reason, time_ns, out)

    def _fill(self, resting: Resting, qty: Decimal, offered: Offer, time_ns: int, out: list[Outcome]) -> bool:
        """Execute; return False if there is no money for it, and then the order has ended."""
        order = resting.order
        price = fill_price(resting, offered, self._slippage)
        fee = ZERO
        if self._commission is not None:
            fee = self._commission.commission(order, qty, price, is_maker=offered.is_maker, filled_qty=resting.filled)
        notional = qty * price
        if self._power is not None:
            available = self._power.available(time_ns)
            if resting.buys and not order.is_exit and notional + fee > available:
                self._book.cancel(resting, NO_FUNDS, time_ns, out)
                return False
            self._power.move((-notional if resting.buys else notional) - fee)
        self._executions += 1
        filled = resting.filled + qty
        average = resting.market.instrument.quantize_price((resting.notional + notional) / filled)
        out.append(Filled(time_ns, order.client_order_id, filled, qty, price, average, fee, f"x{self._executions}"))
        self._book.fill(resting, qty, price, time_ns, out)
        return True


def _volume_pct(value: float) -> Decimal:
    if not (_is_number(value) and 0 < value <= 1):
        problem = "is a fraction of the bar's volume, above 0 and at most 1"
        raise InputError("max_volume_pct", value, problem, "0.1 is 10 %; None fills whatever the volume")
    return Decimal(str(value))


def _slippage(bps: float) -> Decimal:
    if not (_is_number(bps) and 0 <= bps < 10_000):
        problem = "must be a finite number of basis points, 0 or more and below 10000"
        raise InputError("slippage_bps", bps, problem, "10 is 0.1 %; 0 for none")
    return Decimal(str(bps)) / 10_000


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value)
