"""`transfer`: copies what is in one store and not yet in another, and verifies each blob."""

from __future__ import annotations

import pickle
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final

from storage_core.blobs.many import require
from storage_core.errors import ConfigurationError, StorageError, StorageUnavailable
from storage_core.printable import printable
from storage_core.store import Store
from storage_core.transfers import plan
from storage_core.transfers.copying import Copier, Item
from storage_core.transfers.events import TransferEvent, TransferTotals
from storage_core.transfers.overlap import require_apart
from storage_core.transfers.running import Running
from storage_core.transfers.task import Answer, Task, run, run_here, versions
from storage_core.transfers.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from concurrent.futures import Executor

    from storage_core.keys import Kind

_BLOBS: Final = 64
"""The most blobs of a task that an executor runs."""

_BYTES: Final = 256 * 1024 * 1024
"""Bytes after which such a task gets no more blobs, since the task of a lost worker is repeated."""

_HOPELESS: Final = 256
"""For how many blobs in a row a store may fail to answer before the transfer gives up: each takes
as long as a call may take."""

_OPEN: Final = 256
"""Tasks that may be open at a time in an executor."""


def transfer(
    source: Store,
    target: Store,
    *,
    executor: Executor | None = None,
    kind: Kind | None = None,
    path: str | None = None,
    dry_run: bool = False,
    jobs: int = 32,
) -> Generator[TransferEvent | TransferTotals, None, None]:
    """Copy the blobs that are in `source` and not yet in `target`, under the same paths.

    Nothing is replaced and nothing that was there is deleted. Each blob is read back from `target`
    and compared by its SHA-256; one that is there already is compared too, unless one of the
    stores names it by that hash. A failure of one blob is an event like any other, and the rest
    goes on, so look at `failed` of the totals, which come last. To continue after an interruption,
    start again. Closing the generator stops the rest.

    Args:
        source: where blobs are read.
        target: where they are written.
        executor: runs tasks of up to 64 blobs, at most 256 of them at a time; any of
            `concurrent.futures`, or `client.get_executor(pure=False)` of Dask. By default threads
            of this process run them. The stores are pickled for it: its workers resolve the
            references, and plain secrets are sent to them.
        kind: "results" or "flows"; by default both.
        path: in place of a kind, a folder or one blob below the location; `/` for everything.
        dry_run: only tell what would be copied, by the listings: blobs of the same size count as
            the same.
        jobs: how many blobs are copied at a time; with an executor, in each of its tasks.

    Raises:
        UnsupportedOperation: `target` is read-only, or both lead to one place.
        InvalidKey: there is no such kind, or `path` is not valid.
        BlobNotFound: nothing is at `path`. This and the following come from the generator.
        ConfigurationError: the executor's workers have another Python or another version of this
            package, or write to another place.
        StorageError: a store cannot be listed, and what could be listed has been copied; or the
            executor runs nothing; or a store has not answered for 256 blobs in a row.
    """
    for store in (source, target):
        if not isinstance(store, Store):
            raise TypeError(f"a transfer takes two stores, not {type(store).__name__}")
    require(jobs, ())
    target.backend.require_writable()
    wanted = plan.wanted(kind, path)
    require_apart(source, target, wanted.folders)
    copier = Copier(source, target)
    steps = plan.planned(source, target, wanted, copier)
    events = _foreseen(steps, copier) if dry_run else _done(steps, copier, executor, jobs)
    return _counted(events, is_dry=dry_run)


def _counted(
    events: Generator[TransferEvent, None, None], *, is_dry: bool
) -> Generator[TransferEvent | TransferTotals, None, None]:
    """Yield all events, and then the totals, also before an error."""
    began = monotonic()
    counts = {"planned": 0, "copied": 0, "skipped": 0, "failed": 0}
    size = in_a_row = 0
    problem: StorageError | None = None
    with closing(events):
        try:
            for event in events:
                counts[event.outcome] += 1
                if event.outcome != "planned":
                    is_hopeless = isinstance(event.error, StorageUnavailable)
                    in_a_row = in_a_row + 1 if is_hopeless else 0
                if event.outcome == ("planned" if is_dry else "copied"):
                    size += event.size or 0
                yield event
                if in_a_row == _HOPELESS:
                    raise StorageUnavailable(
                        f"{in_a_row} blobs in a row failed, the last one so: {event.error}"
                    )
        except StorageError as error:
            problem = error
    yield TransferTotals(**counts, bytes=size, seconds=monotonic() - began)
    if problem is not None:
        try:
            raise problem
        finally:
            # Otherwise this frame and the error would keep each other alive.
            del problem


def _foreseen(
    steps: Iterable[Item | TransferEvent], copier: Copier
) -> Generator[TransferEvent, None, None]:
    for step in steps:
        yield step if isinstance(step, TransferEvent) else copier.foreseen(step)


def _done(
    steps: Iterable[Item | TransferEvent], copier: Copier, executor: Executor | None, jobs: int
) -> Generator[TransferEvent, None, None]:
    problems: list[StorageError] = []
    with ExitStack() as stack:
        if executor is None:
            threads = stack.enter_context(Threads())
            running = Running(threads, partial(run_here, copier), jobs, _trust)
            first, blobs = Task(()), 1
        else:
            running = Running(executor, run, _OPEN, _Workers(copier.target).check)
            stores = pickle.dumps((copier.source, copier.target))
            first, blobs = Task((), stores, jobs, versions()), _BLOBS
        stack.callback(running.cancel)
        batch: list[Item] = []
        for step in _listed(steps, problems):
            if isinstance(step, TransferEvent):
                yield step
                continue
            yield TransferEvent("planned", step.path, step.size)
            batch.append(step)
            if len(batch) >= blobs or sum(item.size or 0 for item in batch) >= _BYTES:
                yield from running.add(replace(first, items=tuple(batch)))
                batch.clear()
        if batch:
            yield from running.add(replace(first, items=tuple(batch)))
        yield from running.rest()
    for problem in problems:
        raise problem


def _trust(answer: Answer) -> None:
    """Accept the answer of this process without a check."""


class _Workers:
    """The processes that have answered."""

    def __init__(self, target: Store) -> None:
        self._target = target
        self._seen: set[str] = set()

    def check(self, answer: Answer) -> None:
        """Raise `ConfigurationError` if a process cannot run tasks of this one.

        Its machine may have another folder under the same path, so the first blob that it has
        copied is looked up from here.
        """
        if answer.refusal:
            raise ConfigurationError(answer.refusal)
        copied = (event.path for event in answer.events if event.outcome == "copied")
        if answer.where in self._seen or not (path := next(copied, None)):
            return
        if not self._target.backend.exists(path):
            raise ConfigurationError(
                f"a worker on {answer.where} has copied {printable(path)} to "
                f"{self._target.location}, and it is not there for this process: that leads to "
                "another place on each; name one that is the same for all"
            )
        self._seen.add(answer.where)


def _listed(
    steps: Iterable[Item | TransferEvent], problems: list[StorageError]
) -> Iterator[Item | TransferEvent]:
    """Yield what comes, and note the error that ends it: what has been found is copied first."""
    try:
        yield from steps
    except StorageError as error:
        problems.append(error)
