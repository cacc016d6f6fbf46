"""What a preview is made from: the beginning of a blob, and ranges of the rest on request.

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
"""Says how much of a blob is shown if no more is read."""

MOST_FETCHED: Final = 16 * 1024 * 1024
"""Bytes that are read of one blob in all, if what is shown lies further back."""

MOST_REQUESTS: Final = 200
"""Ranges that are read of one blob."""

MOST_SECONDS = 30.0
"""Seconds after the first request during which further ones are made."""


class Unreadable(Exception):
    """A blob is not of the expected format; `str()` is the reason, as a part of a sentence."""


class OutOfReach(Unreadable):
    """The bytes that are needed lie beyond what is read for a preview."""


class Missing(Exception):
    """A package is missing that could read the blob; `str()` says which to install."""


class Source:
    """A blob that is read as needed, but never more of it than `MOST_FETCHED`.

    Args:
        start: its first bytes.
        size: returns how many bytes it has in all; called only if `start` is not all of it.
        fetch: reads a range, given its start and its length; None if only `start` can be read.
        whole: whether `start` is all of it.
        cut: says which part is shown if `head` is not all.
        left: set when nobody is waiting for the preview any more.
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
        """The bytes that are shown if the format is unknown."""
        return self.start[:PREVIEWED]

    @property
    def head_is_all(self) -> bool:
        """Whether `head` is the whole blob."""
        return self.whole and len(self.start) <= PREVIEWED

    @property
    def cut(self) -> str:
        """Says which part of it `head` is; empty if it is all."""
        return "" if self.head_is_all else self._cut

    @property
    def size(self) -> int | None:
        """How many bytes it has; None if that is unknown."""
        if self._size is None and self._ask is not None:
            self._size = self._ask()
        return self._size

    def range(self, start: int, size: int) -> bytes:
        """Read a range; the result is shorter if the blob ends before.

        Raises:
            OutOfReach: it is beyond what is read for a preview, or cannot be read.
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
        """The first `size` bytes, or as many as there are."""
        if size <= len(self.start) or self.whole:
            return self.start[:size]
        try:
            return self.start + self.range(len(self.start), size - len(self.start))
        except OutOfReach:
            return self.start
