"""samples: real bars that come with the package, so that a first backtest needs no key and no network.

`SOURCES.md` beside this file says where they come from and under which licence.
"""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ACTIONS = FOLDER / "corporate_actions.parquet"


@dataclass(frozen=True, slots=True)
class Sample:
    """Bars of one symbol.

    Attributes:
        symbol: Canonical symbol.
        timeframe: Alpaca's name of the length of the bars.
        first, last: Days of the first and the last bar.
        bars: How many.
        file: Name of the file in this folder; it may hold other symbols too.
    """

    symbol: str
    timeframe: str
    first: str
    last: str
    bars: int
    file: str

    @property
    def path(self) -> Path:
        """Where the file is."""
        return FOLDER / self.file


CATALOG = (
    Sample("AAPL", "1Day", "2011-01-03", "2014-12-31", 1006, "equity_1Day.parquet"),
    Sample("MSFT", "1Day", "2014-01-02", "2014-12-31", 252, "equity_1Day.parquet"),
    Sample("BTC/USD", "4Hour", "2016-05-18", "2025-10-28", 20695, "crypto_4Hour.parquet"),
)
"""What there is; written down so that errors and help can name it without reading a file."""
