"""Threads for blocking calls: daemons, so that a call that hangs does not keep Python from ending.

`concurrent.futures` would wait for each of its threads at exit. Idle threads are kept for a while:
starting one costs as much as a request to a nearby server.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from storage_core.backends.remote.limit import Cancellation, current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

NAME: Final = "storage-worker"
"""The name of the threads; `logs.py` recognises ours by its beginning."""

_SECONDS_IDLE: Final = 30.0
_SECONDS_TO_FINISH: Final = 1.0
"""How long Python waits at exit for what `beside` has started."""


class Job(Generic[T]):
    """A function that a thread calls, and its result."""

    def __init__(self, function: Callable[[], T]) -> None:
        """Call nothing yet."""
        self._function: Callable[[], T] | None = function
        self._done = threading.Event()
        self._result: T | None = None
        self._error: BaseException | None = None
        self._then: Callable[[Job[T]], object] | None = None

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._done.is_set()

    def run(self) -> None:
        """Call the function, in the thread that has taken it."""
        function, self._function = self._function, None
        assert function is not None
        try:
            self._result = function()
        except BaseException as error:
            self._error = error

    def end(self) -> None:
        """Tell those who wait."""
        self._done.set()
        if self._then is not None:
            self._then(self)

    def cancel(self) -> None:
        """Wake those who wait; the function is abandoned."""
        self._done.set()

    def result(self, seconds: float | None = None) -> T:
        """Return what the function has returned, or raise what it has raised.

        Args:
            seconds: how long to wait for it; None for as long as it takes.

        Raises:
            TimeoutError: it has not ended.
        """
        if not self._done.wait(seconds):
            raise TimeoutError
        if self._error is not None:
            try:
                raise self._error
            finally:
                # Otherwise this frame and the error would keep each other alive.
                self._error = None
        return self._result  # type: ignore[return-value]


class _Worker:
    def __init__(self) -> None:
        self.jobs: SimpleQueue[Job[Any]] = SimpleQueue()
        threading.Thread(target=self._work, name=NAME, daemon=True).start()

    def _work(self) -> None:
        while True:
            try:
                job = self.jobs.get(timeout=_SECONDS_IDLE)
            except Empty:
                try:
                    _idle.remove(self)
                except ValueError:
                    continue  # A job has just been assigned.
                return
            job.run()
            # Idle before the result is reported, so that a next job finds this thread.
            _idle.append(self)
            job.end()
            del job


_idle: deque[_Worker] = deque()
_beside: set[Job[None]] = set()


def start(function: Callable[[], T], then: Callable[[Job[T]], object] | None = None) -> Job[T]:
    """Have a thread call a function.

    Args:
        function: what to call.
        then: called with the job, in that thread, when the function has ended.
    """
    job = Job(function)
    job._then = then
    try:
        worker = _idle.pop()
    except IndexError:
        worker = _Worker()
    worker.jobs.put(job)
    return job


def start_under(
    cancellation: Cancellation,
    function: Callable[[], T],
    then: Callable[[Job[T]], object] | None = None,
) -> Job[T]:
    """Have a thread call a function, in a copy of this context, so that it can be cancelled."""

    def call() -> T:
        current.set(cancellation)
        return function()

    return start(partial(copy_context().run, call), then)


def within(seconds: float, function: Callable[..., T], *args: Any) -> T:
    """Call a function in a thread, and return or raise what it does.

    Raises:
        TimeoutError: it takes longer than `seconds`; it is abandoned.
        Cancelled: the caller has gone; it is abandoned as well.
    """
    job, caller = start(lambda: function(*args)), current.get()
    if caller is None:
        return job.result(seconds)
    caller.hold(job)
    try:
        return job.result(seconds)
    finally:
        caller.release(job)


def beside(function: Callable[..., Any], *args: Any) -> None:
    """Call a function in a thread without waiting for it, and ignore its result."""
    _beside.add(start(lambda: function(*args), _beside.discard))


def gathered(functions: Iterable[Callable[[], T]], at_once: int) -> Iterator[T]:
    """Yield what functions return, in their order, calling several at the same time.

    When one fails or the generator is closed, no further ones are started, and those that run are
    cancelled and waited for.

    Args:
        functions: each is taken only when it is about to be called.
        at_once: how many may have been started whose results have not been used.
    """
    caller, ours = current.get(), Cancellation()
    if caller is not None:
        caller.hold(ours)
    running: deque[Job[T]] = deque()
    try:
        for function in functions:
            running.append(start_under(ours, function))
            if len(running) >= at_once:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        ours.cancel()
        for job in running:
            with suppress(BaseException):
                job.result()
        if caller is not None:
            caller.release(ours)


@atexit.register
def _finish() -> None:
    end = monotonic() + _SECONDS_TO_FINISH
    for job in [*_beside]:
        try:
            job.result(max(end - monotonic(), 0))
        except BaseException:
            pass


def _after_fork() -> None:
    _idle.clear()
    _beside.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
