"""Runs tasks through an executor, with few of them open.

Finished futures are released at once: if a worker dies, Dask repeats finished tasks whose results
somebody still holds. A future only raises if its worker is lost, since tasks themselves raise
nothing: then the task is submitted again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from storage_core.errors import StorageUnavailable
from storage_core.transfers.events import failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor, Future

    from storage_core.transfers.events import TransferEvent
    from storage_core.transfers.task import Answer, Task

TRIES: Final = 3
"""How often a task is submitted whose worker is lost."""


class Running:
    """The tasks that are under way."""

    def __init__(
        self,
        executor: Executor,
        call: Callable[[Task], Answer],
        most: int,
        check: Callable[[Answer], object],
    ) -> None:
        """Run none yet.

        Args:
            executor: runs the tasks.
            call: the function that it calls with each task.
            most: how many may be open.
            check: raises if an answer cannot be relied on.
        """
        self._executor = executor
        self._call = call
        self._most = most
        self._check = check
        self._open: dict[Future[Answer], tuple[Task, int]] = {}
        self._done: SimpleQueue[Future[Answer]] = SimpleQueue()
        self._works = False

    def add(self, task: Task) -> Iterator[TransferEvent]:
        """Submit a task once there is room for it, yielding the events that have come by then.

        Raises:
            StorageError: the executor does not work.
        """
        while len(self._open) >= self._most:
            yield from self._taken(self._done.get())
        self._submit(task, 1)
        yield from self.so_far()

    def so_far(self) -> Iterator[TransferEvent]:
        """Yield the events that have come."""
        with suppress(Empty):
            while True:
                yield from self._taken(self._done.get_nowait())

    def rest(self) -> Iterator[TransferEvent]:
        """Wait for all open tasks and yield their events."""
        while self._open:
            yield from self._taken(self._done.get())

    def cancel(self) -> None:
        """Cancel the tasks that have not begun; do not wait for the others."""
        for future in self._open:
            future.cancel()
        self._open.clear()

    def _submit(self, task: Task, tries: int) -> None:
        try:
            future = self._executor.submit(self._call, replace(task, number=uuid4().hex))
        except Exception as error:
            raise StorageUnavailable(
                f"the executor takes no more tasks ({_said(error)}); what was copied stays: run it "
                "again with one that works"
            ) from error
        self._open[future] = task, tries
        future.add_done_callback(self._done.put)

    def _taken(self, future: Future[Answer]) -> Iterator[TransferEvent]:
        task, tries = self._open.pop(future)
        try:
            answer = future.result()
        except Exception as error:
            yield from self._lost(task, tries, error)
            return
        self._check(answer)
        self._works = True
        yield from answer.events

    def _lost(self, task: Task, tries: int, error: Exception) -> Iterator[TransferEvent]:
        if tries < TRIES:
            self._submit(task, tries + 1)
            return
        if not self._works:
            raise StorageUnavailable(
                f"the executor ran nothing ({_said(error)}); see that its workers live, and have "
                "the storage-config that is installed here"
            ) from error
        why = StorageUnavailable(
            f"its worker was lost {TRIES} times ({_said(error)}); run it again"
        )
        for item in task.items:
            yield failed(item.path, item.size, why)


def _said(error: Exception) -> str:
    """An executor's exception in one short line."""
    text = " ".join(str(error).split())
    name = type(error).__name__
    return f"{name}: {text[:200]}" if text else name
