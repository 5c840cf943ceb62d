"""Tests of tradebus/config/trading.py."""

import itertools
import pickle
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from tradebus.config.trading import LIVE_URL, PAPER_URL, TradingConfig
from tradebus.errors import ConfigError

CANARY = "PKCANARY1234567890"


def make(**values: Any) -> TradingConfig:
    """Make a section from plain values."""
    return TradingConfig.model_validate(values)


def test_paper_is_the_default() -> None:
    """Paper, with SYSTEM's address, and no keys."""
    config = TradingConfig()

    assert (config.paper_mode, config.dry_run, config.base_url) == (True, False, PAPER_URL)
    assert (config.api_key, config.api_secret) == (None, None)


def test_live_has_to_be_asked_for_twice() -> None:
    """Mode and address have to agree; one of the two alone is refused."""
    assert make(paper_mode=False, base_url=LIVE_URL).base_url == LIVE_URL
    for paper_mode, url in ((True, LIVE_URL), (False, PAPER_URL)):
        with pytest.raises(ValidationError, match="the live account, but paper_mode is"):
            make(paper_mode=paper_mode, base_url=url)
    with pytest.raises(ValidationError, match="is not the live account, but paper_mode is false"):
        make(paper_mode=False)


@pytest.mark.parametrize(
    "url", ["https://API.alpaca.markets", "https://api.alpaca.markets/", "https://api.alpaca.markets:443"]
)
def test_no_spelling_of_the_live_address_passes_for_paper(url: str) -> None:
    """Case, slash and port change nothing."""
    with pytest.raises(ValidationError, match="is the live account"):
        make(base_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])
def test_this_machine_is_allowed_in_paper_mode(url: str) -> None:
    """The local exchange needs no permission; with real money it is refused."""
    assert make(base_url=url, data_url=url).base_url == url
    with pytest.raises(ValidationError):
        make(base_url=url, paper_mode=False)


def test_a_foreign_host_needs_permission_and_paper_mode() -> None:
    """All combinations: only paper with the permission passes, for each of the addresses."""
    for key, scheme in (("base_url", "https"), ("data_url", "https"), ("stream_url", "wss")):
        for paper_mode, allowed in itertools.product((True, False), (True, False)):
            values = {
                "paper_mode": paper_mode,
                "allow_base_url": allowed,
                "base_url": PAPER_URL if paper_mode else LIVE_URL,
            }
            values[key] = f"{scheme}://exchange.example"
            if paper_mode and allowed:
                assert make(**values).allow_base_url
            else:
                with pytest.raises(ValidationError, match=r"is a foreign host|is not the live account"):
                    make(**values)


@pytest.mark.parametrize(
    ("key", "url", "problem"),
    [
        ("base_url", "ftp://api.alpaca.markets", "is not an address"),
        ("base_url", "paper-api.alpaca.markets", "is not an address"),
        ("base_url", "https://", "is not an address"),
        ("base_url", "https://paper-api.alpaca.markets:0x1", "is not an address"),
        ("base_url", "https://paper-api.alpaca.markets:0", "is not an address"),
        ("base_url", "https://[::1", "is not an address"),
        ("base_url", "https://paper-api.alpaca.markets/v2", "has a path"),
        ("base_url", "https://key:secret@paper-api.alpaca.markets", "has more than a host and a port"),
        ("base_url", "https://paper-api.alpaca.markets?key=1", "has more than a host and a port"),
        ("base_url", "https://paper-api.alpaca.markets#x", "has more than a host and a port"),
        ("base_url", "http://paper-api.alpaca.markets", "is not encrypted"),
        ("base_url", "https://paper-api.alpaca.markets:8443", "has an odd port"),
        ("base_url", "https://paper-api.alpaca.markets.evil.example", "is a foreign host"),
        ("base_url", "https://evil.example/paper-api.alpaca.markets", "has a path"),
        ("data_url", "https://api.alpaca.markets", "is a foreign host"),
        ("stream_url", "https://stream.data.alpaca.markets", "is not an address"),
        ("stream_url", "ws://stream.data.alpaca.markets", "is not encrypted"),
    ],
)
def test_an_address_that_is_not_the_brokers_is_refused(key: str, url: str, problem: str) -> None:
    """Keys are sent there, so it must be exactly the host."""
    with pytest.raises(ValidationError, match=problem):
        make(**{key: url})


@pytest.mark.parametrize("value", ["", "a b", "a\nb", "\x00", "é", 5, True, ["a"]])
def test_what_is_no_key_is_refused(value: object) -> None:
    """A line break would end the header that it is sent in."""
    with pytest.raises(ValidationError, match="is not a key"):
        make(api_key=value)


def test_no_output_shows_a_secret() -> None:
    """Neither repr nor str, nor a dump, nor an error about it."""
    config = make(api_key=CANARY, api_secret=SecretStr(CANARY))
    with pytest.raises(ValidationError) as caught:
        make(api_key=f"{CANARY} x", api_secret=CANARY, base_url=f"https://{CANARY}@x")

    outputs = [repr(config), str(config), str(config.model_dump()), config.model_dump_json(), str(caught.value)]

    assert not [output for output in outputs if CANARY in output]


def test_secrets_are_not_pickled() -> None:
    """A copy for another process would hold them in plain text; without secrets it is an ordinary value."""
    with pytest.raises(TypeError, match="is not pickled"):
        pickle.dumps(make(api_key=CANARY))

    assert pickle.loads(pickle.dumps(TradingConfig())) == TradingConfig()


def test_keys_are_given_out_on_request_only() -> None:
    """The two come from one method, as secrets."""
    key, secret = make(api_key=CANARY, api_secret="s").require_keys()

    assert (key.get_secret_value(), secret.get_secret_value()) == (CANARY, "s")


@pytest.mark.parametrize(
    ("values", "name"),
    [({}, "ALPACA_API_KEY"), ({"api_key": "a"}, "ALPACA_API_SECRET"), ({"api_secret": "a"}, "ALPACA_API_KEY")],
)
def test_a_missing_key_is_named(values: dict[str, str], name: str) -> None:
    """Each by its variable."""
    with pytest.raises(ConfigError, match=f"^{name}="):
        make(**values).require_keys()
