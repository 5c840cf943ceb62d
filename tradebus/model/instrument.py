"""instrument: what a symbol is, and in which steps it is priced and traded.

The grammar of symbols is an allow-list, for symbols end in file names and URLs: an equity is `AAPL` or `BRK.B`, a
crypto pair is `BTC/USD` (`BTC-USD` is read as the same pair).
"""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Decimal
from enum import StrEnum
from functools import lru_cache

from tradebus.errors import InputError
from tradebus.model.time import DAY_NS, NEW_YORK, to_datetime

_EQUITY = re.compile(r"[A-Z][A-Z0-9]{0,5}(\.[A-Z]{1,2})?")
_PAIR = re.compile(r"([A-Z0-9]{1,10})[/-](USD|USDC|USDT|BTC|EUR)")
_OPEN_S, _CLOSE_S = 9 * 3600 + 30 * 60, 16 * 3600
_PRE_S, _POST_S = 4 * 3600, 20 * 3600


class AssetClass(StrEnum):
    """What kind of thing is traded, in Alpaca's names."""

    US_EQUITY = "us_equity"
    CRYPTO = "crypto"


class TradingHours(StrEnum):
    """When an instrument trades. New York time; an instant at the close still belongs to the session it closes."""

    REGULAR = "regular"
    """09:30 to 16:00 on weekdays."""
    EXTENDED = "extended"
    """04:00 to 20:00 on weekdays."""
    ALWAYS = "always"
    """Around the clock, every day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A tradable symbol and its steps.

    Attributes:
        symbol: In the grammar above.
        asset_class: Equity or crypto.
        tick: Step of limit and stop prices, in dollars, at prices of 1 dollar and more.
        sub_dollar_tick: The same below 1 dollar.
        lot: Step of quantities, in shares or coins; 1 means whole shares.
        price_step: Step to which fill prices and average costs are kept. It is finer than the tick, for brokers report
            averages below it and adjusted prices lie between ticks.
        fractional: Whether less than one share or coin may be traded.
        shortable: Whether it may be sold short.
        hours: When it trades.

    Source: Alpaca accepts two decimals from 1 dollar on and four below, quantities to nine decimals and crypto only
    long (docs.alpaca.markets, orders; read 2026-06-24). SEC Rule 612 allows no finer quotes.
    """

    symbol: str
    asset_class: AssetClass = AssetClass.US_EQUITY
    tick: Decimal = Decimal("0.01")
    sub_dollar_tick: Decimal = Decimal("0.0001")
    lot: Decimal = Decimal(1)
    price_step: Decimal = Decimal("0.000001")
    fractional: bool = False
    shortable: bool = True
    hours: TradingHours = TradingHours.REGULAR

    def quantize_qty(self, qty: float | Decimal) -> Decimal:
        """Return a quantity rounded down (toward zero) to the lot; `qty` must be finite."""
        exact = qty if isinstance(qty, Decimal) else Decimal(repr(qty))
        return (exact / self.lot).to_integral_value(ROUND_DOWN) * self.lot

    def quantize_price(self, price: float | Decimal) -> Decimal:
        """Return a fill price rounded half-even to `price_step`."""
        exact = price if isinstance(price, Decimal) else Decimal(repr(price))
        return exact.quantize(self.price_step, ROUND_HALF_EVEN)

    def quantize_order_price(self, price: float | Decimal, *, up: bool) -> Decimal:
        """Return a limit or stop price on the tick, rounded up or down as asked."""
        exact = price if isinstance(price, Decimal) else Decimal(repr(price))
        tick = self.tick if exact >= 1 else self.sub_dollar_tick
        return (exact / tick).to_integral_value(ROUND_UP if up else ROUND_DOWN) * tick

    def session_day(self, time_ns: int) -> int:
        """Return the ordinal of the session's date: New York's for equities, UTC's for crypto."""
        if self.hours is TradingHours.ALWAYS:
            return time_ns // DAY_NS
        return _new_york(time_ns)[0]

    def is_open(self, time_ns: int) -> bool:
        """Return whether the instrument trades at this instant; holidays and early closes are not known here."""
        if self.hours is TradingHours.ALWAYS:
            return True
        _, weekday, second = _new_york(time_ns)
        start, end = (_OPEN_S, _CLOSE_S) if self.hours is TradingHours.REGULAR else (_PRE_S, _POST_S)
        return weekday < 5 and start <= second <= end

    def is_over(self, time_ns: int) -> bool:
        """Return whether the day has no more session, so that a DAY order sent now waits for the next one.

        That is after the close and on a weekend; holidays and early closes are not known here.
        """
        if self.hours is TradingHours.ALWAYS:
            return False
        _, weekday, second = _new_york(time_ns)
        return weekday >= 5 or second >= (_CLOSE_S if self.hours is TradingHours.REGULAR else _POST_S)


@lru_cache(maxsize=4096)
def _new_york(time_ns: int) -> tuple[int, int, int]:
    local = to_datetime(time_ns).astimezone(NEW_YORK)
    return local.toordinal(), local.weekday(), local.hour * 3600 + local.minute * 60 + local.second


def parse_symbol(text: str, field: str = "symbol") -> str:
    """Return the canonical form of a symbol: upper case, `/` between the coins of a pair.

    Raises:
        InputError: If the text is not in the grammar; `field` names what was set.
    """
    # Upper case makes ASCII letters of some that are not, as of a dotless i or a long s.
    symbol = text.strip().upper() if text.isascii() else ""
    if pair := _PAIR.fullmatch(symbol):
        return f"{pair[1]}/{pair[2]}"
    if _EQUITY.fullmatch(symbol):
        return symbol
    raise InputError(field, text, "not a symbol", "use the form AAPL, BRK.B or BTC/USD")


def default_instrument(symbol: str) -> Instrument:
    """Return the instrument of a canonical symbol with the defaults of its asset class.

    Equities trade in whole shares in regular hours and may be sold short. Crypto trades in steps of 1e-8 around the
    clock and only long; its smallest price step at Alpaca depends on the pair, 1e-9 at the finest.
    """
    if "/" in symbol:
        tiny = Decimal("1E-9")
        return Instrument(
            symbol=symbol,
            asset_class=AssetClass.CRYPTO,
            tick=tiny,
            sub_dollar_tick=tiny,
            lot=Decimal("1E-8"),
            price_step=tiny,
            fractional=True,
            shortable=False,
            hours=TradingHours.ALWAYS,
        )
    return Instrument(symbol=symbol)


class Instruments:
    """The instruments of a session: those given, and defaults for every other symbol."""

    def __init__(self, *instruments: Instrument) -> None:
        self._known = {instrument.symbol: instrument for instrument in instruments}

    def __getitem__(self, symbol: str) -> Instrument:
        """Return the instrument of a canonical symbol."""
        instrument = self._known.get(symbol)
        if instrument is None:
            instrument = self._known[symbol] = default_instrument(symbol)
        return instrument
