"""Deletes the blobs of the two kinds that were written before a time.

Blobs that are dated in the future, or not at all, are never deleted. Those that are named by their
content may be written again at any time under the same key, so each of them is looked up once more
right before it is deleted. All others are written once, so for these the listing is enough.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from storage_core.backends.base import in_utc
from storage_core.blobs.many import outcomes
from storage_core.errors import BlobNotFound, StorageError, StorageUnavailable
from storage_core.keys import is_content_name, parse_key

if TYPE_CHECKING:
    from storage_core.backends.checked import CheckedBackend
    from storage_core.blobs.blob import Blob
    from storage_core.keys import Kind
    from storage_core.store import Store

JOBS: Final = 32
"""Blobs that are deleted at a time."""


class Pruned(NamedTuple):
    """What has become of one blob."""

    blob: Blob
    what: Literal["deleted", "renewed", "undated", "failed"]
    """`deleted`; `renewed`: it was written again meanwhile, and stays; `undated`: it is unknown
    when it was written, and it stays; `failed`: `error` says why."""

    error: StorageError | None = None


def prune(
    store: Store, older_than: timedelta, kind: Kind | None = None
) -> Generator[Pruned, None, None]:
    """Delete the blobs that are older than an age, and yield what becomes of each.

    Nothing is deleted before the first result is requested; closing the generator stops the rest.

    Args:
        store: the store to delete from.
        older_than: the age, more than 0, by this machine's clock and the times that the storage
            gives.
        kind: "results" or "flows"; by default both.

    Raises:
        ValueError: `older_than` is not more than 0.
        UnsupportedOperation: the storage is read-only by its configuration, or cannot delete.
        StorageError: it cannot be listed, or does not answer any more; the results of what had been
            begun are yielded before.
    """
    before = time_before(older_than)
    store.backend.require_writable()
    return pruned(store, before, kind)


def time_before(older_than: timedelta, now: datetime | None = None) -> datetime:
    """The moment before which blobs are older than an age.

    Raises:
        ValueError: the age is not more than 0, or too long for a date.
    """
    if older_than <= timedelta(0):
        raise ValueError("older_than must be more than 0: otherwise every blob would be deleted")
    try:
        return (now or datetime.now(UTC)) - older_than
    except OverflowError:
        raise ValueError("older_than is too long: it goes back before the year 1") from None


def judged(
    store: Store, before: datetime, kind: Kind | None = None
) -> Iterator[tuple[Blob, bool | None]]:
    """Yield all blobs, each with whether it was written before that moment; None if unknown."""
    for blob in store.list(kind):
        yield blob, None if blob.modified is None else blob.modified < before


def pruned(
    store: Store, before: datetime, kind: Kind | None = None
) -> Generator[Pruned, None, None]:
    """`prune` with a moment in place of an age."""
    backend = store.backend
    undated: deque[Blob] = deque()
    stopped: list[StorageError] = []

    def due() -> Iterator[list[Blob]]:
        batch: list[Blob] = []
        try:
            for blob, is_due in judged(store, before, kind):
                if stopped:
                    return
                if is_due is None:
                    undated.append(blob)
                elif is_due and is_by_content(blob.key):
                    yield [blob]
                elif is_due:
                    batch.append(blob)
                if len(batch) >= backend.most_deleted:
                    yield batch
                    batch = []
        except StorageError as error:
            # What has been begun is finished and yielded first.
            stopped.append(error)
        if batch:
            yield batch

    with closing(outcomes(_Deleting(backend, before), due(), JOBS, ahead=4 * JOBS)) as found:
        for outcome in found:
            if isinstance(outcome, Exception):
                raise outcome
            # Each of the rest would wait just as long.
            errors = (each.error for each in outcome)
            stopped += (error for error in errors if isinstance(error, StorageUnavailable))
            yield from outcome
            while undated:
                yield Pruned(undated.popleft(), "undated")
    while undated:
        yield Pruned(undated.popleft(), "undated")
    if stopped:
        raise stopped[0]


class _Deleting:
    """Deletes blobs that have not been written again meanwhile."""

    def __init__(self, backend: CheckedBackend, before: datetime) -> None:
        self._backend = backend
        self._before = before

    def __call__(self, blobs: Sequence[Blob]) -> list[Pruned]:
        if len(blobs) == 1 and is_by_content(blobs[0].key):
            try:
                if self._is_renewed(blobs[0]):
                    return [Pruned(blobs[0], "renewed")]
            except StorageError as error:
                return [Pruned(blobs[0], "failed", error)]
        why = self._backend.delete_many([blob.key for blob in blobs])
        return [
            Pruned(blob, "failed" if error else "deleted", error)
            for blob, error in zip(blobs, why, strict=True)
        ]

    def _is_renewed(self, blob: Blob) -> bool:
        try:
            found = in_utc(self._backend.head(blob.key).modified)
        except BlobNotFound:
            return False
        return found is None or found >= self._before


def is_by_content(key: str) -> bool:
    """Whether writing the same bytes again would use the same key."""
    return is_content_name(parse_key(key).name.partition(".")[0])
