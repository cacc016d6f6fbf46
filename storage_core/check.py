"""The connection test: open a storage, reach it, sign in, find the place, try what a store does.

What the place does not support, or these credentials are not allowed to do, becomes a hint, and the
test goes on: a program that only writes needs no more than that.

`storage test` and the app share it and its words. The app draws the checklist from `steps` and
fills it in as `probe` yields.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from storage_core.blobs.blob import Blob
from storage_core.errors import (
    AccessDenied,
    BlobNotFound,
    ConfigurationError,
    StorageError,
    UnsupportedOperation,
)
from storage_core.keys import Key, random_name
from storage_core.store import Store

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

T = TypeVar("T")

StepName: TypeAlias = Literal[
    "open", "reach", "sign in", "find", "write", "keep", "read", "list", "delete"
]

PAYLOAD: Final = b"storage test: \x00\xff this blob may be deleted\n"
"""What is written and read back: bytes that are not text, to see that they come back unchanged."""

FIXED_KEY: Final = Key("results", "storage-test-blob")
"""What every test writes, so that no more than one blob is left where nothing can be deleted."""

_LACKING: Final = (AccessDenied, UnsupportedOperation)
"""The errors by which a place refuses what it does not support, or not for these credentials."""

_PAGE: Final = 100
"""How many blobs every service lists in one answer."""

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

    lacks: bool = False
    """Whether it is something that the place does not do, or that these credentials may not."""

    removed: str = ""
    """The folder that was made for the test and is gone again; empty where there was none."""

    blobs: tuple[Blob, ...] | None = None
    """All results in the storage except the test's own, if they fit on one page; None if there may
    be more, or nothing was listed."""


@dataclass(frozen=True)
class Waiting:
    """A call to a server that has begun or is about to be tried again."""

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
    found = (
        Step("open", "read the settings"),
        *reach,
        Step("find", f"find the {configuration.place}"),
    )
    if configuration.read_only:
        return (*found, Step("list", "list what is there"), Step("read", "read, write nothing"))
    return (
        *found,
        Step("write", "write a blob"),
        Step("keep", "refuse to replace it"),
        Step("read", "read it back"),
        Step("list", "list what is there"),
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

    The blob that is written is deleted even when reading it back fails, and so are the local
    folders that were made for it. Closing the generator between two steps cancels the rest, except
    for the deletion.

    Args:
        configuration: what to test.
        timeout: seconds that one call may take; see `get_store`.
        on_waiting: called when a call to a server begins and each time that it is tried again, in
            this thread or in that of the drivers, so it must be quick.
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
        test = _Test(store, by_name, _Watch(store, on_waiting))
        yield from test.results_of_reading() if configuration.read_only else test.results()


class _Watch:
    """Reports what the calls of one test are waiting for."""

    def __init__(self, store: Store, on_waiting: OnWaiting | None) -> None:
        self._timeout = store.timeout
        self._is_remote = store.configuration.has_server
        self._on_waiting = on_waiting

    @contextmanager
    def __call__(self, step: Step) -> Iterator[None]:
        """Report the calls that are made inside the block as those of `step`."""
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


class _Test:
    """The steps that need the store."""

    def __init__(self, store: Store, by_name: dict[StepName, Step], watch: _Watch) -> None:
        self._store = store
        self._by_name = by_name
        self._watch = watch
        self._key = FIXED_KEY
        self._made: list[str] = []
        self._list_error: StorageError | None = None
        """Why nothing can be listed."""

        self._first: Blob | None = None
        """The first blob that was listed."""

        self._delete_error: StorageError | None = None
        """Why nothing can be deleted."""

        self._is_dirty = False
        """Whether the test's blob may be there."""

    @property
    def _check_steps(self) -> list[Step]:
        """The steps that `Store.check` takes in one call."""
        return [
            self._by_name[name] for name in ("reach", "sign in", "find") if name in self._by_name
        ]

    def results(self) -> Iterator[StepResult]:
        """Try each step, and leave nothing behind that can be deleted, even if one fails."""
        try:
            written, error = yield from self._checked_and_written()
            if written is None:
                return
            yield written
            if error is not None:
                return
            yield self._kept()
            read = self._read()
            yield read
            if read.ok:
                yield self._listed()
                yield self._deleted()
        finally:
            if self._is_dirty:
                self._deleted()

    def results_of_reading(self) -> Iterator[StepResult]:
        """Try each step of a read-only storage, writing nothing."""
        steps = self._check_steps
        _, error, seconds = self._timed_call(steps[0], self._store.check)
        if error is not None and not _is_refusal(error):
            yield from _failed_at(steps, seconds, error)
            return
        self._list_error = error
        for index, step in enumerate(steps):
            hint = ""
            if step is steps[-1] and error is None and not self._store.backend.is_there():
                hint = f"{self._store.location} does not exist yet"
            yield StepResult(step, True, None if index else seconds, hint)
        yield self._listed()
        yield self._read_any_blob()

    def _read_any_blob(self) -> StepResult:
        """Read the first blob that was listed; if there was none, one that does not exist."""
        step, store = self._by_name["read"], self._store

        def read() -> None:
            if self._first is None:
                with suppress(BlobNotFound):
                    store.read(str(self._key))
            else:
                with store.open(self._first.key) as file:
                    file.read(1)

        _, error, seconds = self._timed_call(step, read)
        if isinstance(error, AccessDenied) and self._list_error is not None:
            # Some places deny access to a missing blob if the credentials may not list.
            hint = f"what is not there cannot be told from what is not allowed: {error}"
            return StepResult(step, True, seconds, hint, lacks=True)
        if error is not None:
            return StepResult(step, False, seconds, str(error))
        return StepResult(step, True, seconds, "it is read-only by its configuration")

    def _checked_and_written(
        self,
    ) -> Generator[StepResult, None, tuple[StepResult | None, StorageError | None]]:
        """Yield the steps before writing; return how writing went, or None if it was not tried.

        Reach, sign in and find are one call, which lists; its error says how far it got.
        Credentials that may not list can still be valid: writing and reading show it.
        """
        steps, store = self._check_steps, self._store
        _, error, seconds = self._timed_call(steps[0], store.check)
        if error is None:
            for index, step in enumerate(steps):
                hint = ""
                if step is steps[-1] and not store.backend.is_there():
                    hint = f"{store.location} does not exist yet; the first write will create it"
                elif step.name == "sign in":
                    hint = store.backend.note
                yield StepResult(step, True, None if index else seconds, hint)
            return self._written()
        if not _is_refusal(error):
            yield from _failed_at(steps, seconds, error)
            return None, None
        self._list_error = error
        if len(steps) > 1:
            yield StepResult(steps.pop(0), True, seconds)
        written, failure = self._written()
        if isinstance(failure, ConfigurationError):
            yield from _failed_at(steps, None, failure)
        elif isinstance(failure, AccessDenied) and self._read_anything()[1]:
            yield from _failed_at(steps, None, error)
        else:
            yield from (StepResult(step, True) for step in steps)
            return written, failure
        return None, None

    def _written(self) -> tuple[StepResult, StorageError | None]:
        """Write the blob, after trying whether it can be deleted later."""
        step, store = self._by_name["write"], self._store
        _, self._delete_error, _ = self._timed_call(step, lambda: store.delete(str(self._key)))
        self._is_dirty = True
        _, error, seconds = self._timed_call(step, self._write)
        if not isinstance(error, AccessDenied):
            return StepResult(step, error is None, seconds, str(error or "")), error
        old, unread = self._read_anything()
        if old == PAYLOAD:
            hint = f"{FIXED_KEY} is there from an earlier test, and may not be replaced: {error}"
            return StepResult(step, True, seconds, hint, lacks=True), None
        if unread and isinstance(self._delete_error, _LACKING):
            # The blob may exist although it cannot be read.
            self._key = _new_key()
            _, failure, seconds = self._timed_call(step, self._write)
            if failure is None:
                return StepResult(step, True, seconds), None
        advice = "" if unread else "; if it is only to be read, say so with Read Only"
        return StepResult(step, False, seconds, f"{error}{advice}"), error

    def _write(self) -> None:
        backend = self._store.backend
        backend.make_folders(self._key.path, self._made)
        backend.put(self._key.path, PAYLOAD, overwrite=True)

    def _read_anything(self) -> tuple[bytes | None, StorageError | None]:
        """Return the bytes under the test's key, if any, and the error if they cannot be read."""
        step = self._by_name["read"]
        data, error, _ = self._timed_call(step, lambda: self._store.read(str(self._key)))
        return data, None if isinstance(error, BlobNotFound) else error

    def _kept(self) -> StepResult:
        """Try whether the place refuses to replace the blob, which keys of one's choice rely on."""
        step, backend = self._by_name["keep"], self._store.backend

        def refuses_to_replace() -> bool:
            # Try again if it is not refused: another test may just have deleted the blob.
            return any(backend.refuses_to_replace(self._key.path, PAYLOAD) for _ in range(2))

        refuses, error, seconds = self._timed_call(step, refuses_to_replace)
        hint = ""
        if error is not None and not isinstance(error, AccessDenied):
            hint = f"keys of your own choice may not work: {error}"
        elif error is None and not refuses:
            hint = (
                "the place itself does not; of two writers of one key of their own choice in the "
                "same moment the later one wins"
            )
        return StepResult(step, True, seconds, hint, lacks=bool(hint))

    def _read(self) -> StepResult:
        step, store = self._by_name["read"], self._store

        def read() -> bytes:
            try:
                return store.read(str(self._key))
            except BlobNotFound:
                # Another test of this place may have deleted it at its end.
                self._key = _new_key()
                self._write()
                return store.read(str(self._key))

        data, error, seconds = self._timed_call(step, read)
        if isinstance(error, AccessDenied):
            return StepResult(step, True, seconds, f"not allowed: {error}", lacks=True)
        message = "" if error is None else str(error)
        if error is None and data != PAYLOAD:
            message = (
                f"{store.location}: {self._key} came back with other bytes than were written; "
                "do not use this storage"
            )
        return StepResult(step, not message, seconds, message)

    def _listed(self) -> StepResult:
        """List one page only: there may be many more blobs."""
        step, error, seconds = self._by_name["list"], self._list_error, None
        found: list[Blob] | None = None
        if error is None:
            found, error, seconds = self._timed_call(
                step, lambda: list(islice(self._store.list("results"), _PAGE))
            )
            self._first = found[0] if found else None
            self._list_error = error
        result = _optional_result(step, error, seconds)
        if found is None or len(found) == _PAGE:
            return result
        return replace(result, blobs=tuple(blob for blob in found if blob.key != str(self._key)))

    def _deleted(self) -> StepResult:
        """Delete the blob, and the folders that were made for it."""
        step, store, error = self._by_name["delete"], self._store, self._delete_error
        self._is_dirty = False
        seconds = None
        if not isinstance(error, _LACKING):
            _, error, seconds = self._timed_call(step, lambda: store.delete(str(self._key)))
        left = f"the test's blob {self._key} stays"
        if self._key == FIXED_KEY:
            left += ", and the next test replaces it"
        place = store.backend.location
        gone = store.backend.remove_folders(self._made) and place in self._made
        result = _optional_result(step, error, seconds, left)
        return replace(result, removed=store.location) if gone else result

    def _timed_call(
        self, step: Step, call: Callable[[], T]
    ) -> tuple[T | None, StorageError | None, float]:
        """Return what `call` returns, or the error that it raises, and the seconds it took."""
        started = time.perf_counter()
        try:
            with self._watch(step):
                return call(), None, time.perf_counter() - started
        except StorageError as error:
            return None, error, time.perf_counter() - started


def _new_key() -> Key:
    return Key("results", f"storage-test-{random_name()}")


def _is_refusal(error: StorageError) -> bool:
    """Whether the place has refused one operation only, so that others may be allowed."""
    whose = error.while_signing_in or error.while_connecting
    return isinstance(error, AccessDenied) and not whose


def _failed_at(
    steps: Iterable[Step], seconds: float | None, error: StorageError
) -> Iterator[StepResult]:
    """Yield the results of `steps` up to the one that the error is about, which has failed."""
    name: StepName = "reach"
    if error.while_connecting:
        pass
    elif isinstance(error, AccessDenied) or error.while_signing_in:
        name = "sign in"
    elif isinstance(error, ConfigurationError):
        name = "find"
    *before, last = steps
    for step in before:
        if step.name == name:
            last = step
            break
        yield StepResult(step, True)
    yield StepResult(last, False, seconds, str(error))


def _optional_result(
    step: Step, error: StorageError | None, seconds: float | None, left: str = ""
) -> StepResult:
    """Return the result of a step that a store can do without: only other errors are failures."""
    if error is None:
        return StepResult(step, True, seconds)
    if not isinstance(error, _LACKING):
        return StepResult(step, False, seconds, str(error))
    how = "not allowed" if isinstance(error, AccessDenied) else "not supported"
    hint = f"{how}: {error}" + (f" ({left})" if left else "")
    return StepResult(step, True, seconds, hint, lacks=True)


def _timed(step: Step, call: Callable[[], Any]) -> StepResult:
    started = time.perf_counter()
    try:
        call()
    except StorageError as error:
        return StepResult(step, False, time.perf_counter() - started, str(error))
    return StepResult(step, True, time.perf_counter() - started)
