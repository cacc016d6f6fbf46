"""When a call is tried again, and when it is given up.

Drivers do not retry by themselves (left alone, libraries take up to 93 seconds to say that a server
is down): they make one attempt. The runner decides whether there is a next one, and ends what still
runs at the deadline. The driver says what is worth a second attempt: 429, 5xx, connections that
were reset or refused, and the library's own time-outs; nothing else.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_ATTEMPTS: Final = 6
"""With waits that double from `timeout`/32 these span the timeout, whatever its length."""

GRACE: Final = 0.05
"""Fraction of the timeout that a cancelled call gets to clean up before it is abandoned."""


observer: Final[ContextVar[Callable[[int, float], object] | None]] = ContextVar(
    "observer", default=None
)
"""If a caller has set it, called each time that an attempt has failed and another one follows, with
the number of failures so far and the seconds that are left. It may be called on the event loop's
thread, so it must be quick."""


class GaveUp(Exception):
    """The deadline passed, or the last attempt failed for a passing reason.

    `__cause__` is what the last attempt raised; None if no attempt has ended.
    """

    def __init__(self, attempts: int, seconds: float) -> None:
        times = "once" if attempts == 1 else f"{attempts} times"
        super().__init__(f"tried {times} within {seconds:.1f} seconds")
        self.attempts = attempts
        self.seconds = seconds


def pauses(timeout: float) -> Iterator[float]:
    """The seconds to wait after each attempt but the last; random, so that processes spread out."""
    # Imported late: most calls need one attempt.
    from random import uniform

    for doubled in range(MAX_ATTEMPTS - 1):
        yield timeout / 32 * 2**doubled * uniform(0.5, 1.0)
