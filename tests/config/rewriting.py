"""One edit of a file's text under the lock, without the history that a transaction keeps."""

from __future__ import annotations

from collections.abc import Callable

from storage_core.config.saving.lock import LOCK_TIMEOUT
from storage_core.config.saving.replace import opened
from storage_core.config.toml.text import naming


def rewrite(path: str, edit: Callable[[str], str], timeout: float = LOCK_TIMEOUT) -> str:
    """Lock the file, read it, save what `edit` makes of its text; what it says from then on."""
    with opened(path, timeout) as file:
        with naming(path):
            new = edit(file.text)
        if new != file.text:
            file.save(new)
        return new
