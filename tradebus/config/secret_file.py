"""secret_file: a secret from a file that nobody else can read.

The rules are ssh's: a plain file, owned by us, closed to group and others.
"""

import os
import stat
from pathlib import Path

from tradebus.errors import ConfigError

_SIZE_MAX = 4096


def read_secret(path: str, field: str) -> str:
    """Return the secret in a file, without the line break at its end.

    Args:
        path: The file.
        field: The variable that named it, for messages.

    Raises:
        ConfigError: If it is missing, no plain file (a link is none), too large, somebody else's or open to others.
    """
    try:
        # Looking first and opening later would leave a moment for a swap.
        handle = os.open(Path(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise ConfigError(field, path, f"cannot be opened: {reason}", "give a plain file, not a link") from None
    try:
        _check(os.fstat(handle), path, field)
        data = os.read(handle, _SIZE_MAX + 1)
    finally:
        os.close(handle)
    if len(data) > _SIZE_MAX:
        raise ConfigError(field, path, f"is larger than {_SIZE_MAX} bytes", "put nothing but the secret in it")
    try:
        return data.decode("ascii").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ConfigError(field, path, "is not text", "put nothing but the secret in it") from None


def _check(state: os.stat_result, path: str, field: str) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise ConfigError(field, path, "is not a plain file", "give a plain file")
    if state.st_uid != os.geteuid():
        raise ConfigError(field, path, "belongs to another user", "chown it to the user that runs tradebus")
    if state.st_mode & 0o077:
        mode = stat.S_IMODE(state.st_mode)
        raise ConfigError(field, path, f"is open to other users (mode {mode:04o})", f"run chmod 600 {path}")
