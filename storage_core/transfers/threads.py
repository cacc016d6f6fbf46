"""The executor that is used if none is given: threads of this process.

Those of `concurrent.futures` would keep Python from ending until each has finished. These end with
Python, and their requests end when nobody waits for them any more.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from storage_core.backends.remote.limit import Cancellation
from storage_core.backends.remote.threads import start_under

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage_core.backends.remote.threads import Job

T = TypeVar("T")

_SECONDS_TO_STOP: Final = 1.0


class Threads(Executor):
    """Uses a thread for each call: the caller has to limit how many there are."""

    def __init__(self) -> None:
        """Start none yet."""
        self._cancellation = Cancellation()
        self._jobs: set[Job[None]] = set()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call a function at once."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def call() -> None:
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        self._jobs.add(start_under(self._cancellation, call, self._jobs.discard))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel the running calls; nothing that they write is left half done."""
        self._cancellation.set()
        end = monotonic() + _SECONDS_TO_STOP
        for job in [*self._jobs] if wait else ():
            with suppress(BaseException):
                job.result(max(end - monotonic(), 0))
