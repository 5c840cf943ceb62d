"""Tests of tradebus/analytics/equity_tracker.py."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import START_NS
from tests.unit.analytics.samples import curve
from tradebus.analytics.equity_tracker import EquityTracker, stamps
from tradebus.model.time import DAY_NS, MINUTE_NS, SECOND_NS, iso


def test_a_point_keeps_all_four_numbers() -> None:
    """What is recorded stands in the columns."""
    tracker = EquityTracker()

    tracker.record(START_NS, 100.5, 40.25, 60.25)

    assert [list(column) for column in (tracker.times, tracker.equity, tracker.cash, tracker.exposure)] == [
        [START_NS],
        [100.5],
        [40.25],
        [60.25],
    ]
    assert len(tracker) == 1


def test_points_are_timestamp_and_value_pairs() -> None:
    """SYSTEM's pairs carry ISO times in UTC."""
    assert curve(100.0, 101.0).points() == [
        {"timestamp": "2014-01-02T21:00:00Z", "value": 100.0},
        {"timestamp": "2014-01-03T21:00:00Z", "value": 101.0},
    ]


def test_a_frame_has_the_four_columns() -> None:
    """The table keeps time to the microsecond, in UTC."""
    frame = curve(100.0, 101.0, exposure=30.0).to_frame()

    assert frame.columns == ["timestamp", "equity", "cash", "exposure"]
    assert frame.row(1) == (datetime(2014, 1, 3, 21, tzinfo=UTC), 101.0, 71.0, 30.0)


def test_an_empty_curve_is_empty_everywhere() -> None:
    """Nothing recorded is no point, no row and no drawdown."""
    tracker = EquityTracker()

    assert tracker.points() == []
    assert tracker.to_frame().is_empty()
    assert tracker.max_drawdown == 0.0


def test_the_drawdown_is_measured_from_the_first_point() -> None:
    """The tracker knows no capital but its first point."""
    assert curve(100.0, 120.0, 90.0, 110.0).max_drawdown == pytest.approx(0.25)


def test_columns_follow_what_is_recorded() -> None:
    """Reading the columns in between does not freeze them, with or without a capacity."""
    for tracker in (EquityTracker(), EquityTracker(capacity=5)):
        for i in range(12):
            tracker.record(START_NS + i, 100.0 + i, 0.0, 0.0)
            assert (tracker.times[-1], tracker.equity[-1]) == (START_NS + i, 100.0 + i)
            assert [value - 100 for value in tracker.equity] == [time_ns - START_NS for time_ns in tracker.times]


def test_a_full_curve_gets_coarser_and_not_longer() -> None:
    """With a capacity the length is bounded, order and the newest point stay."""
    tracker = EquityTracker(capacity=10)

    for i in range(1000):
        tracker.record(START_NS + i * DAY_NS, 100.0 + i, 0.0, 0.0)

    assert len(tracker) <= 10
    assert list(tracker.times) == sorted(tracker.times)
    assert tracker.equity[0] == 100.0
    assert tracker.equity[-1] == 1099.0


def test_a_thinned_curve_remembers_the_deepest_fall() -> None:
    """The drawdown counts points that are no longer kept."""
    tracker = EquityTracker(capacity=4)

    for i, value in enumerate([0.0, 100.0, 50.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0]):
        tracker.record(START_NS + i, value, 0.0, 0.0)

    assert 50.0 not in tracker.equity
    assert tracker.max_drawdown == 0.5


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.integers(-(10**18), 4 * 10**18),
            st.integers(0, 60_000).map(lambda i: START_NS + i * MINUTE_NS),
            st.integers(0, 10).map(lambda i: START_NS + i * SECOND_NS // 4),
        )
    )
)
def test_stamps_are_iso_texts(times: list[int]) -> None:
    """The fast way and `iso` say the same of every time."""
    assert stamps(times) == [iso(time_ns) for time_ns in times]


def test_stamps_do_not_remember_every_tick() -> None:
    """The memory of clock texts is bounded and the texts stay right beyond it."""
    times = [START_NS + i * 1_000_000 for i in range(90_000)]

    assert stamps(times)[-1] == iso(times[-1])
