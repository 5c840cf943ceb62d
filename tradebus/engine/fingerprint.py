"""fingerprint: hashes that tell whether two runs used the same code, configuration and data."""

import hashlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tradebus


def code_hash(*extra: object) -> str:
    """Return the sha256 of the package's Python sources and of the files that define `extra`.

    Args:
        extra: Objects whose classes come from elsewhere, such as a user's strategy. A class without a source file (made
            at a prompt) counts by its name.
    """
    digest = hashlib.sha256()
    root = Path(tradebus.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    for thing in extra:
        kind = type(thing)
        if not kind.__module__.startswith("tradebus."):
            digest.update(_source(kind))
    return digest.hexdigest()


def config_hash(config: Mapping[str, Any]) -> str:
    """Return the sha256 of a configuration, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()


def _source(kind: type) -> bytes:
    try:
        return Path(inspect.getfile(kind)).read_bytes()
    except (OSError, TypeError):
        return kind.__qualname__.encode()
