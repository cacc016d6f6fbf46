"""Temporary files of writers that died, on servers where blobs are files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

STALE_AFTER: Final = timedelta(days=1)
"""Age at which a temporary file is taken for one of a writer that died. Some servers tell the time
of their own zone: what is being written there may look 14 hours old."""


def is_stale(modified: datetime | None) -> bool:
    """Whether a temporary file of this time is one of a writer that died."""
    return modified is not None and modified < datetime.now(UTC) - STALE_AFTER
