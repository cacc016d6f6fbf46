"""A large blob in ranges that are asked for side by side and come in order.

One connection alone fills no link that is long; several on one that is slow would take from each
other the time that each has. So how fast the first range, a small one, has come tells how many
others there may be at a time.
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
"""Bytes of each other one."""

AT_ONCE: Final = 8
"""Ranges on their way; so many are in memory."""

_PLENTY: Final = 4 * SLOWEST_RATE
"""Bytes a second that each has to get if all share what the first has had."""


def in_order(
    pieces: Pieces, span: range, *, rate: float, timeout: float, until: float
) -> Iterator[Received]:
    """Yield bytes of a blob, range by range; each is gone when the next one is asked for.

    Args:
        pieces: of the blob.
        span: the bytes that are wanted.
        rate: at which those before have come, in bytes a second; where there are none before, the
            first range tells it.
        timeout: seconds that one range may take besides the time for its bytes.
        until: the moment, by `time.monotonic()`, at which everything has to be there.

    Raises:
        IntegrityError: there is another blob by now.
    """
    free: deque[_Buffer] = deque()

    def fetch(buffer: _Buffer, start: int, count: int) -> _Buffer:
        # The time for the bytes comes on top; what the ranges before left over is this one's.
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
    """What has come of a range, in memory that is used for the next one too.

    Memory that one thread takes and another one gives back piece by piece would grow to three times
    what is used: 79 MiB were measured for ranges of 32.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._view = memoryview(bytearray(size))
        self._end = 0

    def append(self, chunk: bytes | memoryview) -> None:
        start, self._end = self._end, self._end + len(chunk)
        if self._end > len(self._view):
            # More than was asked for: whoever counts it finds out.
            super().append(chunk)
            return
        self._view[start : self._end] = chunk
        super().append(self._view[start : self._end])

    def clear(self) -> None:
        super().clear()
        self._end = 0
