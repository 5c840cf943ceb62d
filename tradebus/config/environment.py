"""environment: which environment variables are ours, in names alone.

Nothing here costs an import: a command that finds no such variable and has no configuration file never loads the
models, which take a good tenth of a second.
"""

from collections.abc import Mapping, MutableMapping

GENERIC = "TRADEBUS__"
"""What a variable of any key begins with: `TRADEBUS__MATCHING__FILL_AT` is `matching.fill_at`."""

NAMED = {
    "ALPACA_API_KEY": ("trading", "api_key"),
    "ALPACA_API_SECRET": ("trading", "api_secret"),
    "ALPACA_BASE_URL": ("trading", "base_url"),
    "ALPACA_DATA_URL": ("trading", "data_url"),
    "ALPACA_STREAM_URL": ("trading", "stream_url"),
    "TRADING_DRY_RUN": ("trading", "dry_run"),
    "TRADING_PAPER_MODE": ("trading", "paper_mode"),
    "TRADING_ALLOW_BASE_URL": ("trading", "allow_base_url"),
    "TRADING_ENABLE": ("enable_trading",),
}
"""Variables with a name of their own, and their keys."""

SECTIONS = {"RISK_": "risk", "STOPLOSS_": "stop_loss"}
"""Prefixes under which every key of a section has a variable: `RISK_MAX_POSITION_SIZE` is `risk.max_position_size`."""

SECRETS = frozenset({("trading", "api_key"), ("trading", "api_secret")})
"""Keys that no output may show."""

FILE_SUFFIX = "_FILE"
"""What is added to the variable of a secret to name a file that holds it."""

_PREFIXES = ("ALPACA_", "TRADING_", *SECTIONS, GENERIC)


def is_ours(name: str) -> bool:
    """Return whether a variable's name has one of the prefixes that belong to tradebus."""
    return name.startswith(_PREFIXES)


def has_environment(environ: Mapping[str, str]) -> bool:
    """Return whether any variable bears on the configuration; costs microseconds."""
    return any(map(is_ours, environ))


def variable(path: tuple[str, ...]) -> str:
    """Return the preferred variable of a key: its own name, that of its section, or the generic one."""
    for name, named in NAMED.items():
        if named == path:
            return name
    for prefix, section in SECTIONS.items():
        if len(path) == 2 and path[0] == section:
            return prefix + path[1].upper()
    return GENERIC + "__".join(path).upper()


def forget_secrets(environ: MutableMapping[str, str]) -> None:
    """Take the secrets out of an environment, so that processes started later do not inherit them.

    Call it with `os.environ` once the configuration is loaded.
    """
    for path in SECRETS:
        for name in (variable(path), GENERIC + "__".join(path).upper()):
            environ.pop(name, None)
            environ.pop(name + FILE_SUFFIX, None)
