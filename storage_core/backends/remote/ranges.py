"""Fetches a large blob in ranges, several in parallel, and yields them in order.

One connection cannot fill a link with a high latency; several would share a slow link and each
would run out of time. So the speed of the first range, a small one, decides how many are fetched at
a time.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final, cast

from storage_core.backends.base import SLOWEST_RATE, deadline
from storage_core.backends.remote.threads import gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage_core.backends.remote.driver import Received
    from storage_core.backends.remote.reading import Pieces

FIRST: Final = 1024 * 1024
"""Bytes of the first range."""

RANGE: Final = 4 * 1024 * 1024
"""Bytes of every other range."""

AT_ONCE: Final = 8
"""Ranges that are fetched at a time, and so the most that are in memory."""

_PLENTY: Final = 4 * SLOWEST_RATE
"""Bytes a second that each range must get when all share the speed of the first."""


def in_order(
    pieces: Pieces, span: range, *, rate: float, timeout: float, until: float
) -> Iterator[Received]:
    """Yield bytes of a blob, range by range; each is valid until the next one is asked for.

    Args:
        pieces: reads the blob.
        span: the bytes that are wanted.
        rate: the speed of earlier bytes, in bytes a second; if there are none, the first range is
            measured.
        timeout: seconds that one range may take besides the time for its bytes.
        until: the moment, by `time.monotonic()`, by which everything must have come.

    Raises:
        IntegrityError: the blob has been replaced meanwhile.
    """
    free: deque[_Buffer] = deque()

    def fetch(buffer: _Buffer, start: int, count: int) -> _Buffer:
        # The time for the bytes comes on top; this range may use what those before have left.
        left = until - monotonic() - deadline(0, span.stop - start)
        received = cast("Received", buffer)
        pieces.receive(start, count, received, max(min(timeout, left), 0))
        return buffer

    def rest(begin: int) -> Iterator[Callable[[], _Buffer]]:
        for start in range(begin, span.stop, RANGE):
            buffer = free.pop() if free else _Buffer(RANGE)
            buffer.clear()
            yield partial(fetch, buffer, start, min(RANGE, span.stop - start))

    begin = span.start
    if not begin and span:
        begun = monotonic()
        begin = min(FIRST, span.stop)
        first = fetch(_Buffer(FIRST), 0, begin)
        rate = begin / max(monotonic() - begun, 0.001)
        yield cast("Received", first)
    for each in gathered(rest(begin), max(1, min(AT_ONCE, int(rate / _PLENTY)))):
        yield cast("Received", each)
        free.append(each)


class _Buffer(list[bytes | memoryview]):
    """The bytes of a range, in memory that is used again for a later one.

    Memory that one thread allocates and another frees piece by piece grows to more than twice what
    is used: 79 MiB were measured for ranges of 32 MiB in all.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._view = memoryview(bytearray(size))
        self._end = 0

    def append(self, chunk: bytes | memoryview) -> None:
        start, self._end = self._end, self._end + len(chunk)
        if self._end > len(self._view):
            # More than was asked for: the check of the size finds it.
            super().append(chunk)
            return
        self._view[start : self._end] = chunk
        super().append(self._view[start : self._end])

    def clear(self) -> None:
        super().clear()
        self._end = 0
