"""A lock, without what `threading` loads: a worker that makes one request needs no thread."""

from __future__ import annotations

import os
from _thread import allocate_lock


class Lock:
    """A lock that a forked child finds open, whoever held it in its parent."""

    def __init__(self) -> None:
        """Leave it open."""
        self._lock = allocate_lock()
        self._process = os.getpid()

    def __enter__(self) -> None:
        """Wait for it."""
        if self._process != os.getpid():
            self._lock, self._process = allocate_lock(), os.getpid()
        self._lock.acquire()

    def __exit__(self, *_exception: object) -> None:
        """Open it."""
        self._lock.release()
