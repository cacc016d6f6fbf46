"""Keeps objects that stay as long as the tests run away from the garbage collector."""

from __future__ import annotations

import gc


def leave_alone() -> None:
    """Collect garbage, then have the collector ignore all objects that are left."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
