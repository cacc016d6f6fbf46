"""Runs several connection tests at once; their results can be followed one test after another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from storage_core.cli import output
from storage_core.cli.stores import quiet_drivers
from storage_core.cli.targets import Target

if TYPE_CHECKING:
    from storage_core.check import Step, StepResult, Waiting

AT_ONCE: Final = 4
"""Tests that run at the same time; they mostly wait for servers."""

_TICK: Final = 0.2
"""Seconds between two calls of `meanwhile`."""


class Probing:
    """One connection test: waiting to start, running or done."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._arriving: SimpleQueue[StepResult | BaseException | None] = SimpleQueue()
        self._arrived: list[StepResult] = []
        self._is_done = False
        self.waiting: Waiting | None = None
        """What the test last said about the call that it is waiting for; None if nothing yet."""

        self.is_clean = threading.Event()
        """Set while no blob of this test is in the storage."""

        self.is_clean.set()

    @property
    def seconds(self) -> float:
        """How many seconds the steps took, once the test is done."""
        return sum(result.seconds or 0.0 for result in self.results())

    def steps(self) -> Sequence[Step]:
        """The steps of the test; none if the configuration has a mistake."""
        from storage_core.check import steps

        return steps(self.target.configuration) if self.target.configuration else ()

    def step(self) -> Step | None:
        """The first step whose result has not been taken from `results`; None if there is none."""
        return next(iter(self.steps()[len(self._arrived) :]), None)

    def results(self, meanwhile: Callable[[], object] | None = None) -> Iterator[StepResult]:
        """Yield each result as it comes.

        Args:
            meanwhile: called several times a second while waiting.
        """
        yield from self._arrived
        while not self._is_done:
            try:
                arrived = self._arriving.get(timeout=_TICK if meanwhile else None)
            except Empty:
                if meanwhile:
                    meanwhile()
                continue
            if isinstance(arrived, BaseException):
                raise arrived
            if arrived is None:
                self._is_done = True
            else:
                self._arrived.append(arrived)
                yield arrived

    def ok(self) -> bool:
        """Whether every step succeeded, once the test is done."""
        return self.target.configuration is not None and all(each.ok for each in self.results())

    def error(self) -> str | None:
        """What went wrong, in one line; None if nothing did."""
        failed = [result for result in self.results() if not result.ok]
        if failed:
            return f"{failed[0].step.label}: {failed[0].message}"
        return self.target.problem or None

    def run(self, cancelled: threading.Event) -> None:
        """Run the test; called in a thread of its own."""
        from storage_core.check import probe

        try:
            if self.target.configuration is not None and not cancelled.is_set():
                # Closing the generator between two steps deletes the blob of the test.
                steps = probe(self.target.configuration, on_waiting=self._note_waiting)
                for result in steps:
                    self._arriving.put(result)
                    if result.step.name in ("reach", "find"):
                        # Writing follows soon. Clear this before checking `cancelled`: whoever
                        # cancels sets that first, and checks this afterwards.
                        self.is_clean.clear()
                    if cancelled.is_set():
                        break
                steps.close()
            self._arriving.put(None)
        except BaseException as error:
            self._arriving.put(error)
        finally:
            self.is_clean.set()

    def _note_waiting(self, waiting: Waiting) -> None:
        self.waiting = waiting


@contextmanager
def probing(targets: Sequence[Target]) -> Iterator[Sequence[Probing]]:
    """Start the tests; if interrupted, delete their blobs before leaving."""
    quiet_drivers()
    started = [Probing(target) for target in targets]
    waiting = iter(started)
    taking = threading.Lock()
    cancelled = threading.Event()

    def work() -> None:
        while True:
            with taking:
                each = next(waiting, None)
            if each is None:
                return
            each.run(cancelled)

    # Daemon threads, so that Ctrl+C ends the program whatever they are doing.
    threads = [threading.Thread(target=work, daemon=True) for _ in started[:AT_ONCE]]
    for thread in threads:
        thread.start()
    try:
        yield started
    except BaseException:
        cancelled.set()
        if not all(each.is_clean.is_set() for each in started):
            output.note("Stopping, and deleting what the test wrote; Ctrl+C again leaves at once.")
        for each in started:
            each.is_clean.wait()
        raise
