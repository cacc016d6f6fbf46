"""Threads for what blocks: daemons, so that no call that hangs keeps Python from ending.

`concurrent.futures` would wait for each of its threads at the end. Threads that have nothing to do
are kept for a while: to start one costs as much as a request to a server near by.
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
"""What the threads are called; `logs.py` knows those of ours by how the name begins."""

_SECONDS_IDLE: Final = 30.0
_SECONDS_TO_FINISH: Final = 1.0
"""How long Python's end waits for what is done beside."""


class Job(Generic[T]):
    """A function that a thread calls, and what comes of it."""

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
        """Set free whoever waits; the function is left to itself."""
        self._done.set()

    def result(self, seconds: float | None = None) -> T:
        """What it has returned, or raise what it has raised.

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
                # Else this frame and the error would keep each other.
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
                    continue  # A job is on its way.
                return
            job.run()
            # First, so that whoever is told finds this thread rather than starts another.
            _idle.append(self)
            job.end()
            del job


_idle: deque[_Worker] = deque()
_beside: set[Job[None]] = set()


def start(function: Callable[[], T], then: Callable[[Job[T]], object] | None = None) -> Job[T]:
    """Have a thread call a function.

    Args:
        function: what to call.
        then: told, in that thread, when it has ended.
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
    """Have a thread call a function, in a context like this one, whose calls can be cancelled."""

    def call() -> T:
        current.set(cancellation)
        return function()

    return start(partial(copy_context().run, call), then)


def within(seconds: float, function: Callable[..., T], *args: Any) -> T:
    """What a function returns, or raise what it raises.

    Raises:
        TimeoutError: it takes longer; it is left to itself.
        Cancelled: the caller has gone; likewise.
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
    """Have a function called for which nobody waits, whatever comes of it."""
    _beside.add(start(lambda: function(*args), _beside.discard))


def gathered(functions: Iterable[Callable[[], T]], at_once: int) -> Iterator[T]:
    """Yield what functions return, in their order, some of them called at the same time.

    No further one is begun after the first that fails, or when the generator is closed; those that
    have been begun are cancelled and waited for.

    Args:
        functions: taken only when they are about to be called.
        at_once: how many may be begun whose results have not been used.
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
