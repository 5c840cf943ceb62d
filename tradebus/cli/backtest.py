"""backtest: `tradebus backtest` replays stored bars through a strategy and prints what would have become of it."""

import os
from typing import Any

import click

from tradebus.cli.exit_codes import EPILOG


@click.command(epilog=EPILOG)
@click.option(
    "--symbol", "--symbols", "symbols", multiple=True, help="What to trade: AAPL, BRK.B, BTC/USD; several by comma."
)
@click.option("--start", help="First day (2023-01-31), or first moment with its zone.")
@click.option("--end", help="Last day, inclusive.")
@click.option("--timeframe", help="Length of the bars, 1Min to 1Month [default: 1Day]; several by comma.")
@click.option("--capital", help="Dollars at the start [default: 100000].")
@click.option("--position-size", help="The sizer's measure; for the default a fraction of equity [default: 0.1].")
@click.option("--slippage", help="Basis points that market and stop fills pay [default: 0].")
@click.option("--strategy", help="macd, momentum, alpha, or path/to/file.py:ClassName [default: macd].")
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="A parameter of the strategy.")
@click.option("--sizer", help="percent, fixed, risk_based, kelly or volatility [default: percent].")
@click.option("--sizer-param", "sizer_params", multiple=True, metavar="KEY=VALUE", help="A parameter of the sizer.")
@click.option("--config", "configs", multiple=True, metavar="FILE", help="A YAML file; later ones win.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="Any setting, as risk.max_position_size=500.")
@click.option("--data", help="A CSV or Parquet file, or a folder of them [default: the bundled samples].")
@click.option("--timezone", help="Zone of times in --data that have none, as America/New_York.")
@click.option("--adjustment", help="raw, split or all: what is worked into bundled prices [default: split].")
@click.option("--repair", help="drop: leave out rows that cannot be true, and say which.")
@click.option("--fill-at", help="close, open or vwap [default: close].")
@click.option("--max-volume", help="Fraction of a bar's volume that may fill [default: 0.1].")
@click.option("--commission", help="per_share, per_order, bps, alpaca_fees or crypto_tier [default: none].")
@click.option("--commission-param", "commission_params", multiple=True, metavar="KEY=VALUE", help="A parameter of it.")
@click.option("--tif", help="Time in force of orders: day, gtc, ioc or fok [default: gtc].")
@click.option("--keep-open", is_flag=True, help="Value open positions at the end instead of closing them.")
@click.option("--out", metavar="FOLDER", help="Folder of the run [default: runs/<id>].")
@click.option("--json", "as_json", is_flag=True, help="Print results.json and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", count=True, help="Every figure; -vv logs each step on standard error.")
def backtest(**flags: Any) -> None:
    """Backtest a strategy on stored bars and print what would have become of it."""
    from tradebus.cli.backtest_run import run

    run(flags, os.environ)
