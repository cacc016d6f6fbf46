"""What a preview is made from: the beginning of a blob, and ranges of the rest where it needs them.

All of it blocks: call it in threads.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Final

PREVIEWED: Final = 64 * 1024
"""Bytes of a blob that are read for a preview, and shown of it."""

FIRST: Final = "only the first 64 KiB"
"""How much of a blob is shown where no more is read."""

MOST_FETCHED: Final = 16 * 1024 * 1024
"""Bytes that are read of one blob in all, where what it holds lies further back."""

MOST_REQUESTS: Final = 200
"""Ranges that are read of one blob."""

MOST_SECONDS = 30.0
"""Seconds after the first of them in which another one is begun."""


class Unreadable(Exception):
    """A blob is not what it looked like; says why, in the middle of a sentence."""


class OutOfReach(Unreadable):
    """What is needed lies further back than is read for a preview."""


class Missing(Exception):
    """What a blob is cannot be seen without a package; says in a sentence which to install."""


class Source:
    """A blob, of which no more is read than is asked for, and never more than `MOST_FETCHED`.

    Args:
        start: its first bytes.
        size: tells how many it has in all; asked only where they are not all in `start`.
        fetch: reads a range, given where it begins and how long it is; None where there is nothing
            behind `start` to be had.
        whole: whether `start` is all of it.
        cut: how much of it is shown where `head` is not all.
        left: set when nobody waits for the preview any more.
    """

    def __init__(
        self,
        start: bytes,
        *,
        whole: bool,
        size: Callable[[], int | None] | None = None,
        fetch: Callable[[int, int], bytes] | None = None,
        cut: str = FIRST,
        left: Event | None = None,
    ) -> None:
        self.start, self.whole, self._cut = start, whole, cut
        self.left = left or Event()
        self._ask, self._fetch = size, fetch
        self._size = len(start) if whole else None
        self._left, self._requests = MOST_FETCHED, MOST_REQUESTS
        self._until: float | None = None

    @property
    def head(self) -> bytes:
        """What is shown where nothing is known of what it holds."""
        return self.start[:PREVIEWED]

    @property
    def head_is_all(self) -> bool:
        """Whether nothing is behind `head`."""
        return self.whole and len(self.start) <= PREVIEWED

    @property
    def cut(self) -> str:
        """How much of it `head` is, where that is to be said."""
        return "" if self.head_is_all else self._cut

    @property
    def size(self) -> int | None:
        """How many bytes it has; None where nobody says."""
        if self._size is None and self._ask is not None:
            self._size = self._ask()
        return self._size

    def range(self, start: int, size: int) -> bytes:
        """Some bytes; fewer where the blob ends before.

        Raises:
            OutOfReach: they are more than is read for a preview, or cannot be had.
        """
        if start < 0 or size < 0:
            raise Unreadable("it tells of bytes that cannot be")
        if start + size <= len(self.start) or self.whole:
            return self.start[start : start + size]
        if self.left.is_set():
            raise OutOfReach("nobody waits for it")
        if self._until is None:
            self._until = monotonic() + MOST_SECONDS
        too_late = monotonic() > self._until
        if self._fetch is None or size > self._left or not self._requests or too_late:
            raise OutOfReach("it is larger than is read for a preview")
        self._left -= size
        self._requests -= 1
        return self._fetch(start, size)

    def beginning(self, size: int) -> bytes:
        """The first bytes: so many, or as many as there are."""
        if size <= len(self.start) or self.whole:
            return self.start[:size]
        try:
            return self.start + self.range(len(self.start), size - len(self.start))
        except OutOfReach:
            return self.start
