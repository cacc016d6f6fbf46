"""A lock, without what `threading` loads: a worker that makes one request needs no thread."""

from __future__ import annotations

import os
from _thread import allocate_lock


class Lock:
    """A lock that a forked child finds open, whoever held it in its parent."""

    def __init__(self) -> None:
        """Leave it open."""
        self._of = {os.getpid(): allocate_lock()}
        """By process. Put in at one stroke: of a child's first threads two may come at once."""

    def __enter__(self) -> None:
        """Wait for it."""
        process = os.getpid()
        lock = self._of.get(process)
        if lock is None:
            lock = self._of.setdefault(process, allocate_lock())
        lock.acquire()

    def __exit__(self, *_exception: object) -> None:
        """Open it."""
        lock = self._of.get(os.getpid())
        if lock is not None:  # None where this thread has forked meanwhile.
            lock.release()
