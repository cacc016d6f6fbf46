"""Makes links, and logs when one expires earlier than asked for."""

from __future__ import annotations

from datetime import timedelta
from logging import getLogger
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage_core.backends.checked import CheckedBackend


def linked(backend: CheckedBackend, path: str, expires: timedelta | float) -> str:
    """The URL of a link; what a person should know about it is logged.

    Raises:
        ValueError: it would be valid for less than a second.
    """
    seconds = expires.total_seconds() if isinstance(expires, timedelta) else expires
    made = backend.link(path, int(seconds))
    if made.hint:
        getLogger("storage_core").warning("the link to %s: %s", path, made.hint)
    return made.url
