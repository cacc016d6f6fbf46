"""Where each thread reads on in a file that threads share.

DuckDB (2.0.1) opens a file once and lets several threads of its own seek and read in it, without a
lock around the two. Where the seek of one moves the read of another, a query has a wrong answer,
and no error: 4 of 40 here, before this was written.
"""

from __future__ import annotations

import threading
from threading import get_ident


class Positions:
    """Offsets that threads have sought and not read from yet. Its user holds a lock.

    A thread reads where it has sought. One that has not sought reads on where the last read ended,
    whichever thread that was: pools hand a file from thread to thread. So what Python's own threads
    have sought is one position, the last; those of other languages have one each.
    """

    def __init__(self) -> None:
        """Nobody has sought."""
        self._sought: dict[int, tuple[int, bool]] = {}

    def sought(self, offset: int) -> None:
        """This thread reads from here next."""
        is_of_python = _is_of_python()
        if is_of_python:
            for thread in [each for each, (_, theirs) in self._sought.items() if theirs]:
                del self._sought[thread]
        self._sought[get_ident()] = offset, is_of_python

    def here(self) -> int | None:
        """Where this thread has sought; None where it reads on."""
        found = self._sought.get(get_ident())
        return found and found[0]

    def taken(self) -> int | None:
        """`here`, for a read that begins there."""
        found = self._sought.pop(get_ident(), None)
        if found is None:
            self._sought.clear()
            return None
        return found[0]


def _is_of_python() -> bool:
    """Whether Python has started this thread, rather than a library that calls Python."""
    here = get_ident()
    for thread in threading.enumerate():
        if thread.ident == here:
            # What stands for a thread of another language once it has been asked for.
            return not isinstance(thread, threading._DummyThread)
    return False
