"""Tests of tradebus/strategies/alpha.py."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from tests.samples import bar, random_bars
from tests.unit.strategies.market import closes, last_signals, snapshot, wishes
from tradebus.errors import InputError
from tradebus.events import OrderAcked, OrderRejected
from tradebus.model.bar import Bar, MarketSnapshot
from tradebus.model.fill import Fill
from tradebus.model.order import OrderRequest, OrderSide, OrderType, TimeInForce
from tradebus.model.timeframe import Timeframe
from tradebus.parameters import build
from tradebus.strategies.alpha import AlphaStrategy

UP, FLAT, DOWN = [10, 11, 12, 13, 14, 15], [10.0] * 6, [10, 9, 8, 7, 6, 5]


def momentum_only(top_k: int = 1, rebalance_every: int = 1) -> AlphaStrategy:
    """Return a strategy that ranks by the change from three bars ago to one bar ago."""
    return AlphaStrategy(
        top_k=top_k,
        rebalance_every=rebalance_every,
        lookback=3,
        recent=1,
        reversal_weight=0,
        volatility_weight=0,
        volume_weight=0,
    )


def market(**symbols: Sequence[float]) -> list[MarketSnapshot]:
    """Return the snapshots of symbols whose bars close together."""
    series = [closes(symbol, prices) for symbol, prices in symbols.items()]
    return [snapshot(*bars) for bars in zip(*series, strict=True)]


def test_the_best_are_bought_once() -> None:
    """With the first bar behind the warm-up, and not again while they stay the best."""
    strategy = momentum_only()

    found = wishes(strategy, market(AAA=DOWN, BBB=UP, CCC=FLAT))

    assert strategy.warmup == 3
    assert found == [(3, "BBB", "BUY")]


def test_what_drops_out_is_sold_before_the_new_is_bought() -> None:
    """So that the cash is there."""
    found = wishes(momentum_only(), market(AAA=[10, 11, 12, 13, 14, 9, 8, 7], BBB=[10, 10, 10, 10, 11, 12, 13, 14]))

    assert found == [(3, "AAA", "BUY"), (6, "AAA", "SELL"), (6, "BBB", "BUY")]


@pytest.mark.parametrize(("is_exit", "wished"), [(True, ["BUY"]), (False, [])])
def test_what_a_stop_sold_is_bought_again(is_exit: bool, wished: list[str]) -> None:
    """If it is still the best; its own entry's execution changes nothing."""
    strategy = momentum_only()
    *first, last = market(AAA=DOWN, BBB=UP)
    wishes(strategy, first)

    side, qty = OrderSide.SELL if is_exit else OrderSide.BUY, Decimal(1)
    fill = Fill(
        time_ns=0, client_order_id="o", strategy_id="", symbol="BBB", side=side, qty=qty, price=qty, is_exit=is_exit
    )
    strategy.on_fill(fill)

    assert [signal["action"] for signal in strategy.generate_signals(last)] == wished


def test_rebalances_are_n_moments_apart() -> None:
    """In between nothing is said, whatever happens."""
    prices = {"AAA": [10, 11, 12, 13, 14, 9, 8, 7], "BBB": [10, 10, 10, 10, 11, 12, 13, 14]}

    found = wishes(momentum_only(rebalance_every=4), market(**prices))

    assert found == [(3, "AAA", "BUY"), (7, "AAA", "SELL"), (7, "BBB", "BUY")]


def test_equal_scores_rank_by_symbol() -> None:
    """Whatever their order in the snapshot; equal values make no ranking by rounding."""
    found = wishes(momentum_only(top_k=2), market(CCC=[0.1] * 6, AAA=[0.3] * 6, BBB=[0.7] * 6))

    assert found == [(3, "AAA", "BUY"), (3, "BBB", "BUY")]


def test_fewer_symbols_than_places_are_all_held() -> None:
    """Long only: there is nothing to sell short."""
    assert wishes(momentum_only(top_k=5), market(AAA=DOWN, BBB=UP)) == [(3, "BBB", "BUY"), (3, "AAA", "BUY")]


def test_a_young_symbol_waits_for_its_history() -> None:
    """It takes part with its own lookback+1 bars."""
    old = closes("OLD", FLAT + FLAT)
    young = [bar(index + 5, 10.0 + index, symbol="NEW") for index in range(7)]
    snapshots = [
        snapshot(*old[i : i + 1], *[each for each in young if each.time_ns == old[i].time_ns]) for i in range(12)
    ]

    found = wishes(momentum_only(), snapshots)

    assert found == [(3, "OLD", "BUY"), (8, "OLD", "SELL"), (8, "NEW", "BUY")]


def test_a_held_symbol_without_a_bar_keeps_its_place() -> None:
    """It cannot be traded now; when its bars come back it is ranked again."""
    snapshots = market(AAA=[*UP, 14, 5, 4], BBB=[*FLAT, 10, 10, 10])
    for index in (5, 6):
        del snapshots[index].bars["AAA"]

    found = wishes(momentum_only(), snapshots)

    assert found == [(3, "AAA", "BUY"), (8, "AAA", "SELL"), (8, "BBB", "BUY")]


def test_moments_without_own_bars_do_not_count() -> None:
    """A rebalance every second day is not hurried by minutes in between."""
    days = market(AAA=[10, 11, 12, 13, 14, 9, 8, 7], BBB=[10, 10, 10, 10, 11, 12, 13, 14])
    minute = bar(0, 1.0, symbol="AAA", timeframe=Timeframe.MIN_1)

    found = wishes(momentum_only(), [each for day in days for each in (snapshot(minute), day)])

    assert [(index // 2, *rest) for index, *rest in found] == wishes(momentum_only(), days)


def test_factors_and_score_are_those_of_the_formulas() -> None:
    """Recomputed here from the bars with other means."""
    weights = {"momentum": 1.0, "reversal": -2.0, "volatility": 0.5, "volume": 3.0}
    parameters = {f"{factor}_weight": weight for factor, weight in weights.items()}
    strategy = build(AlphaStrategy, {"top_k": 3, "lookback": 10, "recent": 4, **parameters})
    histories = {symbol: random_bars(11, seed, symbol) for seed, symbol in enumerate(("AAA", "BBB", "CCC"))}

    signals = last_signals(strategy, [snapshot(*bars) for bars in zip(*histories.values(), strict=True)])

    expected = {symbol: _factors_again(bars) for symbol, bars in histories.items()}
    assert [signal["indicators"]["rank"] for signal in signals] == [1, 2, 3]
    for signal in signals:
        values = expected[signal["symbol"]]
        score = 0.0
        for factor, weight in weights.items():
            column = [each[factor] for each in expected.values()]
            score += weight * (values[factor] - fmean(column)) / pstdev(column)
            assert signal["indicators"][factor] == pytest.approx(values[factor], rel=1e-12)
        assert signal["indicators"]["score"] == pytest.approx(score, rel=1e-9)
        assert signal["reason"].startswith(f"rose to rank {signal['indicators']['rank']:.0f} of 3 with score")


def test_no_volume_at_all_is_neutral() -> None:
    """Crypto minutes without trades divide nothing by zero."""
    strategy = AlphaStrategy(top_k=1, lookback=3, recent=1)
    quiet = [bar(index, 10.0, symbol="AAA", volume=0.0) for index in range(4)]

    signals = last_signals(strategy, [snapshot(each) for each in quiet])

    assert signals[0]["indicators"]["volume"] == 1.0


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"top_k": 0}, "top_k=0"),
        ({"rebalance_every": 0}, "rebalance_every=0"),
        ({"lookback": 5}, "recent=5: must be below lookback"),
        ({"recent": 0}, "recent=0"),
        ({"volume_weight": float("inf")}, "volume_weight=inf"),
        (
            dict.fromkeys(("momentum_weight", "reversal_weight", "volatility_weight", "volume_weight"), 0),
            "momentum_weight=0: all weights are 0",
        ),
    ],
)
def test_parameters_out_of_range_are_refused(parameters: dict[str, int], field: str) -> None:
    """The message names the parameter and its value."""
    with pytest.raises(InputError, match=field):
        AlphaStrategy(**parameters)  # type: ignore[arg-type]


def _factors_again(bars: Sequence[Bar]) -> dict[str, float]:
    prices, volumes = [each.close for each in bars], [each.volume for each in bars]
    changes = [after / before - 1 for before, after in pairwise(prices)]
    return {
        "momentum": prices[-5] / prices[0] - 1,
        "reversal": 1 - prices[-1] / prices[-5],
        "volatility": -pstdev(changes),
        "volume": fmean(volumes[-4:]) / fmean(volumes[1:]),
    }


def test_a_symbol_whose_entry_came_to_nothing_is_not_held() -> None:
    """It is wished for again, and never sold."""
    strategy = AlphaStrategy(top_k=1, lookback=3, recent=1, rebalance_every=1)
    order = OrderRequest(
        client_order_id="a",
        strategy_id="alpha",
        symbol="AAPL",
        side=OrderSide.BUY,
        qty=Decimal(1),
        order_type=OrderType.MARKET,
        time_in_force=TimeInForce.DAY,
        price=1.0,
        time_ns=0,
    )
    strategy._held.update({"AAPL", "MSFT"})

    strategy.on_order(OrderAcked(0, order, "v1"))
    assert strategy._held == {"AAPL", "MSFT"}
    strategy.on_order(OrderRejected(0, order, "CODE", "why"))

    assert strategy._held == {"MSFT"}
