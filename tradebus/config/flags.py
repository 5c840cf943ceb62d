"""flags: what a setting is called on the command line.

Nothing here costs an import, so that a command can name a flag without loading the models.
"""

FLAGS = {
    "symbols": "--symbol",
    "timeframe": "--timeframe",
    "cash": "--capital",
    "strategy.name": "--strategy",
    "sizer.name": "--sizer",
    "sizer.params.pct": "--position-size",
    "matching.slippage_bps": "--slippage",
    "matching.fill_at": "--fill-at",
    "matching.max_volume_pct": "--max-volume",
    "matching.commission.name": "--commission",
    "time_in_force": "--tif",
    "data.path": "--data",
    "data.timezone": "--timezone",
    "data.adjustment": "--adjustment",
    "data.repair": "--repair",
    "trading.dry_run": "--dry-run",
    "trading.paper_mode": "--paper",
}
"""Flags that have a name of their own; every other key is set by `--set key=value`."""

PARAM_FLAGS = {
    "strategy.params.": "--param",
    "sizer.params.": "--sizer-param",
    "matching.commission.params.": "--commission-param",
}
"""Flags that set a parameter of a plug-in, by what its keys begin with."""


def flag_of(name: str) -> str:
    """Return how the command line names a dotted key, as `--capital`, `--param fast` or `--set risk.allow_short`."""
    if name in FLAGS:
        return FLAGS[name]
    for prefix, flag in PARAM_FLAGS.items():
        if name.startswith(prefix):
            return f"{flag} {name.removeprefix(prefix)}"
    return f"--set {name}"


def parts_of(name: str) -> tuple[str, ...]:
    """Return the parts of a dotted key; a symbol and a parameter's name may have dots of their own."""
    for prefix in PARAM_FLAGS:
        if name.startswith(prefix):
            return (*prefix.rstrip(".").split("."), name.removeprefix(prefix))
    first, *rest = name.split(".")
    if first == "instruments" and len(rest) > 2:
        rest = [".".join(rest[:-1]), rest[-1]]
    return (first, *rest)
