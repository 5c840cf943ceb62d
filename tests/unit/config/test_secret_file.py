"""Tests of tradebus/config/secret_file.py."""

import os
from pathlib import Path

import pytest

from tradebus.config.secret_file import read_secret
from tradebus.errors import ConfigError


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A private file that holds a secret."""
    path = tmp_path / "key"
    path.write_text("canary\n")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_private_file_gives_its_secret(secret: Path, mode: int) -> None:
    """Without the line break that editors add."""
    secret.chmod(mode)

    assert read_secret(str(secret), "X_FILE") == "canary"


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o640, 0o604, 0o660])
def test_a_file_open_to_others_is_refused(secret: Path, mode: int) -> None:
    """As ssh does; the secret is not in the message."""
    secret.chmod(mode)

    with pytest.raises(ConfigError, match=f"is open to other users \\(mode {mode:04o}\\)") as caught:
        read_secret(str(secret), "X_FILE")

    assert "canary" not in str(caught.value)


def test_a_link_is_refused(secret: Path, tmp_path: Path) -> None:
    """A link may point elsewhere a moment later."""
    link = tmp_path / "link"
    link.symlink_to(secret)

    with pytest.raises(ConfigError, match="cannot be opened"):
        read_secret(str(link), "X_FILE")


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    """A folder or a pipe is none, and a pipe is not waited for."""
    os.mkfifo(tmp_path / "pipe", 0o600)

    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ConfigError, match="is not a plain file"):
            read_secret(str(path), "X_FILE")


@pytest.mark.parametrize("path", ["/nowhere/key", "a\0b"])
def test_a_missing_file_is_refused(path: str) -> None:
    """The message names the variable."""
    with pytest.raises(ConfigError, match=r"^X_FILE="):
        read_secret(path, "X_FILE")


@pytest.mark.parametrize(("data", "problem"), [(b"x" * 5000, "is larger than"), (b"\xff\xff", "is not text")])
def test_what_cannot_be_a_secret_is_refused(secret: Path, data: bytes, problem: str) -> None:
    """A wrong file is named as one."""
    secret.write_bytes(data)

    with pytest.raises(ConfigError, match=problem):
        read_secret(str(secret), "X_FILE")


def test_another_users_file_is_refused(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the file could change the key."""
    monkeypatch.setattr(os, "geteuid", lambda: secret.stat().st_uid + 1)

    with pytest.raises(ConfigError, match="belongs to another user"):
        read_secret(str(secret), "X_FILE")
