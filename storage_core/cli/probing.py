"""Several connection tests at once, watched one after the other. Called by `storage test`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from storage_core.cli import output
from storage_core.cli.stores import quiet_drivers

if TYPE_CHECKING:
    from storage_core.check import Step, StepResult, Waiting
    from storage_core.declaration.configuration import StorageConfiguration

AT_ONCE: Final = 4
"""Tests that run at the same time; most of their time is waiting for a server."""

_TICK: Final = 0.2
"""Seconds."""


@dataclass(frozen=True)
class Target:
    """What is to be tested."""

    name: str
    id: str | None
    type: str
    configuration: StorageConfiguration | None
    """None where the file has a mistake."""

    problem: str = ""
    """That mistake."""


class Probing:
    """One test: running, or done."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._arriving: SimpleQueue[StepResult | BaseException | None] = SimpleQueue()
        self._arrived: list[StepResult] = []
        self._is_done = False
        self.waiting: Waiting | None = None
        """What it said last of a call that is under way."""

        self.is_clean = threading.Event()
        """Set while there is no blob of this test in the storage."""

        self.is_clean.set()

    @property
    def seconds(self) -> float:
        """How long it took, as far as it is known."""
        return sum(result.seconds or 0.0 for result in self.results())

    def steps(self) -> Sequence[Step]:
        """The steps that it has."""
        from storage_core.check import steps

        return steps(type(self.target.configuration)) if self.target.configuration else ()

    def step(self) -> Step | None:
        """The first step without a result, as far as results have been asked for."""
        return next(iter(self.steps()[len(self._arrived) :]), None)

    def results(self, meanwhile: Callable[[], object] | None = None) -> Iterator[StepResult]:
        """Yield each result, waiting for those that are still to come.

        Args:
            meanwhile: called several times a second while one is waited for.
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
        """Whether every step went well."""
        return self.target.configuration is not None and all(each.ok for each in self.results())

    def error(self) -> str | None:
        """What stood in the way, in one line."""
        failed = [result for result in self.results() if not result.ok]
        if failed:
            return f"{failed[0].step.label}: {failed[0].message}"
        return self.target.problem or None

    def run(self, cancelled: threading.Event) -> None:
        """Test; called in a thread of its own."""
        from storage_core.check import probe

        try:
            if self.target.configuration is not None and not cancelled.is_set():
                # Closing the test between two steps deletes its blob.
                steps = probe(self.target.configuration, on_waiting=self._note_waiting)
                for result in steps:
                    self._arriving.put(result)
                    if result.step.name == "find":
                        # The next thing is to write. Before the look at `cancelled`: who cancels
                        # sets that, and then looks at this.
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
    """Start the tests; if they are interrupted, their blobs are deleted first."""
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

    # Daemons, so that Ctrl+C ends the program whatever they are doing.
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
