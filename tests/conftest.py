"""Fixtures that tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A slow machine is no failure; what hypothesis itself sets on a CI machine stays.
settings.register_profile("tradebus", parent=settings(), deadline=None)
settings.load_profile("tradebus")


@pytest.fixture(scope="session")
def market_data() -> Path:
    """Folder of the large market data sets; the test is skipped where TRADEBUS_DATA does not name it."""
    path = os.environ.get("TRADEBUS_DATA")
    if not path:
        pytest.skip("TRADEBUS_DATA does not name the folder of the large market data sets")
    return Path(path)
