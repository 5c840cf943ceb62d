"""trading: the broker account, and that paper stays paper.

Paper is what you get unless live is asked for twice: `paper_mode: false` and the live address.
"""

from typing import Annotated, Any, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator

from tradebus.config.kinds import Flag, Section, Text, refused
from tradebus.errors import ConfigError

PAPER_URL = "https://paper-api.alpaca.markets"
LIVE_URL = "https://api.alpaca.markets"
"""Source of these and of the two below: docs.alpaca.markets, trading API and market data (read 2026-06-24)."""
DATA_URL = "https://data.alpaca.markets"
STREAM_URL = "wss://stream.data.alpaca.markets"

_PAPER, _LIVE = "paper-api.alpaca.markets", "api.alpaca.markets"
_KNOWN = {
    "base_url": (_PAPER, _LIVE),
    "data_url": ("data.alpaca.markets", "data.sandbox.alpaca.markets"),
    "stream_url": ("stream.data.alpaca.markets", "stream.data.sandbox.alpaca.markets"),
}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _secret(value: Any) -> Any:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if text is None:
        return None
    # A line break in a key would end the header it is sent in.
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or not text or " " in text:
        raise refused("is not a key: it must be text without spaces", "copy it again from the broker's page")
    return SecretStr(text)


Secret = Annotated[SecretStr | None, BeforeValidator(_secret)]


class TradingConfig(Section):
    """The broker account. Without keys there are backtests and dry runs.

    Attributes:
        api_key, api_secret: Credentials; never shown.
        base_url, data_url, stream_url: Addresses without a path; the version is added to them.
        paper_mode: Whether orders go to the paper account; false sends real orders.
        dry_run: Whether to replay history with simulated fills instead of reaching the broker.
        allow_base_url: Whether `base_url` and the others may name a host that is not Alpaca's; in paper mode only.
    """

    api_key: Annotated[Secret, Field(description="Alpaca API key; needed for paper and live.")] = None
    api_secret: Annotated[Secret, Field(description="Alpaca API secret; needed for paper and live.")] = None
    base_url: Annotated[Text, Field(description=f"Trading API. Live trading wants {LIVE_URL} here.")] = PAPER_URL
    data_url: Annotated[Text, Field(description="Market data API.")] = DATA_URL
    stream_url: Annotated[Text, Field(description="Market data stream.")] = STREAM_URL
    paper_mode: Annotated[Flag, Field(description="Send orders to the paper account; false sends real orders.")] = True
    dry_run: Annotated[Flag, Field(description="Replay history with simulated fills; needs no keys.")] = False
    allow_base_url: Annotated[
        Flag, Field(description="Accept addresses that are neither Alpaca's nor this machine's; in paper mode only.")
    ] = False

    @field_validator("base_url", "data_url", "stream_url")
    @classmethod
    def _is_plain_url(cls, value: str, info: ValidationInfo) -> str:
        schemes = ("wss", "ws") if info.field_name == "stream_url" else ("https", "http")
        parts = _split(value)
        if parts is None or parts.scheme not in schemes or not parts.hostname:
            raise refused("is not an address", f"write it as {schemes[0]}://host")
        if parts.username is not None or parts.query or parts.fragment:
            raise refused("has more than a host and a port", "give keys as api_key and api_secret")
        if parts.path.strip("/"):
            raise refused("has a path", "leave the path out; the version is added by itself")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _addresses_fit_the_mode(self) -> Self:
        host = urlsplit(self.base_url).hostname
        if self.paper_mode and host == _LIVE:
            raise refused(
                "is the live account, but paper_mode is true",
                f"use {PAPER_URL}, or set TRADING_PAPER_MODE=false to trade real money",
                "base_url",
            )
        if not self.paper_mode and host != _LIVE:
            raise refused(
                "is not the live account, but paper_mode is false",
                f"set paper_mode to true, or ALPACA_BASE_URL={LIVE_URL} to trade real money",
                "base_url",
            )
        for key, known in _KNOWN.items():
            self._require_known_host(key, known)
        return self

    def _require_known_host(self, key: str, known: tuple[str, ...]) -> None:
        parts = urlsplit(getattr(self, key))
        if parts.hostname in known:
            if parts.scheme in ("http", "ws") or parts.port not in (None, 443):
                raise refused("is not encrypted, or has an odd port", f"use {parts.scheme.rstrip('s')}s://", key)
        elif not self.paper_mode or not (parts.hostname in _LOOPBACK or self.allow_base_url):
            fix = f"use {' or '.join(known)}"
            raise refused("is a foreign host", f"{fix}, or set allow_base_url to true in paper mode", key)

    def __reduce__(self) -> Any:
        if self.api_key is not None or self.api_secret is not None:
            raise TypeError("a configuration with secrets is not pickled: the copy would hold them in plain text")
        return super().__reduce__()

    def require_keys(self) -> tuple[SecretStr, SecretStr]:
        """Return key and secret.

        Raises:
            ConfigError: If one is missing.
        """
        fix = "set it, or ALPACA_API_KEY_FILE and ALPACA_API_SECRET_FILE, or TRADING_DRY_RUN=true"
        if self.api_key is None:
            raise ConfigError("ALPACA_API_KEY", "", "is needed to reach the broker", fix)
        if self.api_secret is None:
            raise ConfigError("ALPACA_API_SECRET", "", "is needed to reach the broker", fix)
        return self.api_key, self.api_secret


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        # Reading the port checks it.
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None
