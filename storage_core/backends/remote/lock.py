"""A lock that does not load `threading`: a worker that makes one request needs no thread."""

from __future__ import annotations

import os
from _thread import allocate_lock


class Lock:
    """A lock that is open in a forked child, whoever held it in the parent."""

    def __init__(self) -> None:
        """Make an open lock."""
        self._of = {os.getpid(): allocate_lock()}
        """One for each process. Set atomically: two threads of a child may be the first at once."""

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
