"""The connection test: open a storage, reach it, sign in, find the place, write, read back, delete.

One engine with the same words for `storage test` and for the app, which draws the checklist from
`steps` and fills it in as `probe` yields.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from storage_core.errors import (
    AccessDenied,
    ConfigurationError,
    IntegrityError,
    StorageError,
    UnsupportedOperation,
)
from storage_core.keys import Key, random_name
from storage_core.store import Store

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

StepName: TypeAlias = Literal["open", "reach", "sign in", "find", "write", "read", "delete"]

PAYLOAD: Final = b"storage test: \x00\xff this blob may be deleted\n"
"""What is written and read back: bytes that are not text, to see that they come back unchanged."""


PATIENCE: Final = 1.0
"""Seconds after which a person wants to know how long an answer may take."""


@dataclass(frozen=True)
class Step:
    """One line of the checklist."""

    name: StepName
    label: str
    """What it does, as shown: "find the bucket"."""


@dataclass(frozen=True)
class StepResult:
    """How one step ended."""

    step: Step
    ok: bool
    seconds: float | None = None
    """How long it took; None where it is part of the step before."""

    message: str = ""
    """Empty when it went well; else what happened and what to try, in one line. A step that is ok
    can have one too: a hint."""

    removed: str = ""
    """The folder that was made for the test and is gone again; empty where there was none."""


@dataclass(frozen=True)
class Waiting:
    """A call to a server, which has begun or is about to be tried again."""

    step: Step
    failures: int
    """Attempts that have failed so far."""

    until: float
    """When it gives up, by `time.monotonic()`."""

    since: float = field(default_factory=time.monotonic)

    @property
    def words(self) -> str:
        """What to tell a person who waits: "trying again, 6 s left"; at first nothing."""
        if self.failures:
            return f"trying again, {self.seconds_left} s left"
        silent = time.monotonic() - self.since > PATIENCE
        return f"no answer yet, {self.seconds_left} s left" if silent else ""

    @property
    def seconds_left(self) -> int:
        """For a countdown: whole seconds until it gives up, 0 when that is overdue."""
        return max(0, ceil(self.until - time.monotonic()))


OnWaiting: TypeAlias = Callable[[Waiting], object]


def steps(configuration: StorageConfiguration) -> tuple[Step, ...]:
    """The steps of testing this storage, in order."""
    reach = (
        (Step("reach", "reach the server"), Step("sign in", "sign in"))
        if configuration.has_server
        else ()
    )
    return (
        Step("open", "read the settings"),
        *reach,
        Step("find", f"find the {configuration.place}"),
        Step("write", "write a blob"),
        Step("read", "read it back"),
        Step("delete", "delete it"),
    )


def afterword(results: Iterable[StepResult]) -> str:
    """What to say below a test that went well, in whole sentences; mostly nothing."""
    return " ".join(
        f"The folder {result.removed} was made for the test and removed again; "
        "the first write creates it."
        for result in results
        if result.removed
    )


def probe(
    configuration: StorageConfiguration,
    *,
    timeout: float | None = None,
    on_waiting: OnWaiting | None = None,
) -> Generator[StepResult, None, None]:
    """Test a storage, yielding each step as it ends; the first failure is the last result.

    Args:
        configuration: what to test.
        timeout: seconds one call may take; see `get_store`.
        on_waiting: told when a call to a server begins, and each time that it is tried again; in
            this thread or in that of the drivers, so it must be quick.

    The blob that is written is deleted even when reading it back fails, and so are the local
    folders that were made for it. Closing the generator between two steps cancels the rest, the
    deletion excepted.
    """
    by_name = {step.name: step for step in steps(configuration)}

    opened: list[Store] = []
    result = _timed(
        by_name["open"],
        lambda: opened.append(Store(configuration, timeout=timeout)),
    )
    yield result
    if not result.ok:
        return
    with opened[0] as store:
        watch = _Watch(store, on_waiting)
        yield from (found := list(_found(store, by_name, watch)))
        if found[-1].ok:
            yield from _blob_steps(store, by_name, watch)


class _Watch:
    """Tells what the calls of one test are waiting for."""

    def __init__(self, store: Store, on_waiting: OnWaiting | None) -> None:
        self._timeout = store.timeout
        self._is_remote = store.configuration.has_server
        self._on_waiting = on_waiting

    @contextmanager
    def __call__(self, step: Step) -> Iterator[None]:
        """What is called inside belongs to `step`."""
        tell = self._on_waiting
        if tell is None or not self._is_remote:
            yield
            return
        from storage_core.backends.remote.retry import observer

        tell(Waiting(step, 0, time.monotonic() + self._timeout))
        token = observer.set(
            lambda failures, left: tell(Waiting(step, failures, time.monotonic() + left))
        )
        try:
            yield
        finally:
            observer.reset(token)


def _found(store: Store, by_name: dict[StepName, Step], watch: _Watch) -> Iterator[StepResult]:
    """Reach, sign in and find are one call to the storage; its error says how far it came."""
    order = [by_name[name] for name in ("reach", "sign in", "find") if name in by_name]
    started = time.perf_counter()
    try:
        with watch(order[0]):
            store.check()
    except StorageError as error:
        stuck: StepName = "reach"
        if isinstance(error, AccessDenied) or error.while_signing_in:
            stuck = "sign in"
        elif isinstance(error, ConfigurationError):
            stuck = "find"
        seconds = time.perf_counter() - started
        for step in order:
            if step.name == stuck or step is order[-1]:
                yield StepResult(step, False, seconds, str(error))
                return
            yield StepResult(step, True)
    else:
        seconds = time.perf_counter() - started
        for index, step in enumerate(order):
            hint = ""
            if step is order[-1] and not store.backend.is_there():
                hint = f"{store.location} does not exist yet; the first write will create it"
            yield StepResult(step, True, None if index else seconds, hint)


def _blob_steps(store: Store, by_name: dict[StepName, Step], watch: _Watch) -> Iterator[StepResult]:
    key = Key("results", f"storage-test-{random_name()}")
    made: list[str] = []

    def write() -> None:
        store.backend.make_folders(key.path, made)
        store.write(PAYLOAD, key=str(key))

    def tidied_up() -> StepResult:
        result = _deleted(store, by_name["delete"], str(key))
        place = store.backend.location
        gone = store.backend.remove_folders(made) and place in made
        return replace(result, removed=store.location) if gone else result

    deleted: StepResult | None = None
    try:
        with watch(by_name["write"]):
            written = _timed(by_name["write"], write)
        yield written
        if not written.ok:
            return
        with watch(by_name["read"]):
            read = _timed(by_name["read"], lambda: _read_back(store, str(key)))
        yield read
        with watch(by_name["delete"]):
            deleted = tidied_up()
        if read.ok:
            yield deleted
    finally:
        if deleted is None:
            # The test was cancelled, or the write failed on the way: leave nothing behind.
            tidied_up()


def _read_back(store: Store, key: str) -> None:
    if store.read(key) != PAYLOAD:
        raise IntegrityError(
            f"{store.location}: {key} came back with other bytes than were written; "
            "do not use this storage"
        )


def _deleted(store: Store, step: Step, key: str) -> StepResult:
    try:
        return _timed(step, lambda: store.delete(key), passing=UnsupportedOperation)
    except UnsupportedOperation as error:
        return StepResult(step, True, None, f"{error} (the test's blob {key} stays)")


def _timed(
    step: Step, call: Callable[[], Any], *, passing: type[StorageError] | tuple[()] = ()
) -> StepResult:
    started = time.perf_counter()
    try:
        call()
    except passing:
        raise
    except StorageError as error:
        return StepResult(step, False, time.perf_counter() - started, str(error))
    return StepResult(step, True, time.perf_counter() - started)
