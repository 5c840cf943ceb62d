"""Tests of tradebus/risk/held.py."""

import math

from tests.samples import START_NS
from tests.unit.risk.samples import BUY, SELL, fill
from tradebus.risk.held import HeldPosition
from tradebus.risk.stops.position import PositionStop
from tradebus.risk.stops.trailing import TrailingStop


def test_the_nearest_level_counts() -> None:
    """The higher one for a long position: it is touched first."""
    held = HeldPosition(fill(price="100"), [PositionStop(0.05), TrailingStop(0.1)])
    assert (held.level, held.stop) == (95.0, "position_stop")

    held.mark(120.0)
    assert (held.level, held.stop) == (108.0, "trailing_stop")


def test_for_a_short_position_the_lower_level_is_nearest() -> None:
    """Its stops lie above."""
    held = HeldPosition(fill(price="100", side=SELL), [PositionStop(0.05), TrailingStop(0.1)])
    assert (held.sign, held.level, held.stop) == (-1, 105.0, "position_stop")

    held.mark(80.0)
    assert (held.level, held.stop) == (88.0, "trailing_stop")


def test_of_two_stops_at_one_price_the_first_counts() -> None:
    """The fixed one comes first."""
    held = HeldPosition(fill(price="100"), [PositionStop(0.1), TrailingStop(0.1)])

    assert held.stop == "position_stop"


def test_without_stops_no_price_closes_it() -> None:
    """The level is out of reach on the right side."""
    assert HeldPosition(fill(), []).level == -math.inf
    assert HeldPosition(fill(side=SELL), []).level == math.inf


def test_marks_never_retreat_but_the_first_close_replaces_the_entry() -> None:
    """Before a close is known the entry stands in for it."""
    held = HeldPosition(fill(price="100"), [TrailingStop(0.1)])
    levels = [held.level]
    for close in (98.0, 97.0, 110.0, 105.0):
        held.mark(close)
        levels.append(held.level)

    assert levels == [90.0, 88.2, 88.2, 99.0, 99.0]


def test_adding_moves_the_average_and_keeps_the_mark() -> None:
    """The fixed stop follows the average entry, up and down."""
    held = HeldPosition(fill("100", "100"), [PositionStop(0.1), TrailingStop(0.5)])
    held.mark(110.0)

    held.apply(fill("100", "120"))
    assert (held.entry, held.level) == (110.0, 99.0)

    held.apply(fill("100", "80"))
    assert (held.entry, held.level) == (100.0, 90.0)


def test_more_fills_of_the_entry_before_the_first_close_move_its_stand_in() -> None:
    """The trailing stop begins at the average entry."""
    held = HeldPosition(fill("100", "100"), [TrailingStop(0.1)])

    held.apply(fill("100", "120"))

    assert held.level == 99.0


def test_reducing_keeps_everything() -> None:
    """The rest is the same position."""
    held = HeldPosition(fill("100", "100"), [PositionStop(0.1)])
    held.signalled = True

    held.apply(fill("50", "95", side=SELL))

    assert (held.entry, held.level, held.signalled) == (100.0, 90.0, True)
    assert not held.is_flat


def test_a_position_that_turns_begins_anew() -> None:
    """New entry, new mark, and an exit may be asked for again."""
    held = HeldPosition(fill("100", "100"), [PositionStop(0.1), TrailingStop(0.1)])
    held.mark(150.0)
    held.signalled = True

    held.apply(fill("150", "140", side=SELL, time_ns=START_NS + 5))

    assert (held.sign, held.entry, held.level) == (-1, 140.0, 154.0)
    assert (held.signalled, held.marked, held.since_ns) == (False, False, START_NS + 5)


def test_a_closed_position_is_flat() -> None:
    """Whoever sold it all."""
    held = HeldPosition(fill("100"), [PositionStop(0.1)])

    held.apply(fill("100", side=SELL))

    assert held.is_flat
    assert BUY.sign == 1
