"""A file that holds a secret, and keyrings that one can be moved to."""

from __future__ import annotations

import threading
from pathlib import Path
from secrets import token_hex

from keyring.backend import KeyringBackend

from storage_core.config import history
from tests.tui.driving import TWO, write

SECRET = token_hex(20)
PLAIN = TWO.replace("env:PROD_S3_SECRET", SECRET)


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets at the end of the test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


class HangingKeyring(MemoryKeyring):
    """One that waits for a person to unlock it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.unlocked = threading.Event(), threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked.set()
        self.unlocked.wait()
        super().set_password(service, username, password)


def plain(path: Path, text: str = PLAIN, mode: int = 0o600) -> Path:
    """A file that holds a secret."""
    write(path, text)
    path.chmod(mode)
    return path


def history_of(path: Path) -> str:
    """All kept versions, one after the other."""
    return "".join(history.text_of(version) for version in history.versions(str(path)))
