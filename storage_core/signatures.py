"""Shared access signatures of Azure (SAS), and when they expire, which they say themselves."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

_SIGNED: Final = re.compile(r"(?:^|[?&;=])sig=", re.IGNORECASE)
_EXPIRY: Final = re.compile(r"(?:^|[?&=;])se=([^&;\s]+)", re.IGNORECASE)


def is_signature(text: str) -> bool:
    """Whether a text holds a signature."""
    return _SIGNED.search(text) is not None


def signature_expiry(text: str) -> datetime | None:
    """When the signature in a connection string, a URL or a bare SAS expires; None if unknown."""
    found = _EXPIRY.search(text) if is_signature(text) else None
    try:
        ends = datetime.fromisoformat(unquote(found[1])) if found else None
    except ValueError:
        return None
    return ends if ends is None or ends.tzinfo else ends.replace(tzinfo=UTC)


def said_of_end(ends: datetime) -> str:
    """What to tell a person about a signature that ends at that time."""
    is_over = ends <= datetime.now(UTC)
    return (
        f"its signature (SAS) {'expired' if is_over else 'expires'} on "
        f"{ends.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    )
