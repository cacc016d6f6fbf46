"""Finds out which blobs to copy, by the listings of both stores.

The target's listing is held in memory, one folder at a time; the source's is used as it comes, and
each name in it is dropped from the target's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage_core.blobpath import ROOT, BlobPath, Prefix, blob_path, is_blob_path, prefix_of
from storage_core.errors import (
    AccessDenied,
    BlobNotFound,
    InvalidKey,
    StorageError,
    StorageUnavailable,
    UnsupportedOperation,
)
from storage_core.keys import kinds
from storage_core.printable import printable
from storage_core.transfers.copying import Copier, Item
from storage_core.transfers.events import TransferEvent, failed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.backends.base import Entry
    from storage_core.store import Store
    from storage_core.transfers.copying import There


class Wanted(NamedTuple):
    """What a transfer is about."""

    folders: tuple[Prefix, ...]
    blob: BlobPath | None = None
    """The path, if it may be that of one blob instead of a folder."""

    may_be_empty: bool = True
    """Whether it is all right that nothing is there."""


def wanted(kind: str | None, path: str | None) -> Wanted:
    """What a transfer is about.

    Args:
        kind: "results" or "flows"; None for both.
        path: any folder or blob instead; `/` for all there is.

    Raises:
        InvalidKey: there is no such kind, or the path is not valid.
        ValueError: both were given.
    """
    if path is None:
        return Wanted(tuple(prefix_of(each) for each in kinds(kind)))
    if kind is not None:
        raise ValueError("path takes the place of kind; leave one of them out")
    if not path:
        raise InvalidKey("path is empty; name a folder, or write / for all there is")
    if path == "/":
        return Wanted((ROOT,), may_be_empty=False)
    is_folder = path.endswith("/")
    return Wanted((prefix_of(path),), None if is_folder else blob_path(path), may_be_empty=False)


def planned(
    source: Store, target: Store, wanted: Wanted, copier: Copier
) -> Iterator[Item | TransferEvent]:
    """Yield what has to be done, and the events of blobs for which nothing has.

    Raises:
        BlobNotFound: nothing is there.
        StorageError: a store cannot be listed; raised after all that could be listed.
    """
    if wanted.blob is not None and (item := _single(source, wanted.blob)):
        yield item
        return
    found = False
    problem: StorageError | None = None
    for folder in wanted.folders:
        there = _listed(target, folder)
        try:
            for entry in source.backend.list(folder):
                found = True
                if (step := _step(entry, there, copier)) is not None:
                    yield step
        except StorageError as error:
            problem = problem or error
    if problem is not None:
        raise problem
    if not (found or wanted.may_be_empty):
        where = printable(wanted.folders[0].removesuffix("/")) or "its location"
        raise BlobNotFound(
            f"{source.location} holds nothing below {where}; see what there is, with: "
            "storage blobs REF --all"
        )


def _single(source: Store, path: BlobPath) -> Item | None:
    """The blob that is named instead of a folder, if it is one."""
    try:
        return Item(path, source.backend.head(path).size, "unknown")
    except StorageUnavailable:
        raise
    except StorageError:
        return None


def _listed(target: Store, folder: Prefix) -> dict[str, int | None] | None:
    """The blobs in a folder of the target, with their sizes; None if it cannot be listed."""
    try:
        return {
            entry.path: entry.size for entry in target.backend.list(folder) if not entry.is_folder
        }
    except UnsupportedOperation:
        return None
    except AccessDenied as error:
        if error.while_signing_in:
            raise
        return None


def _step(
    entry: Entry, known: dict[str, int | None] | None, copier: Copier
) -> Item | TransferEvent | None:
    path, size = entry.path, entry.size
    if not is_blob_path(path):
        is_marker = path.endswith("/") and not size and is_blob_path(path[:-1])
        return None if is_marker else _unopenable(path, size)
    there: There = "unknown" if known is None else known.pop(path, "absent")
    if isinstance(there, int) and size is not None:
        if there != size:
            return failed(path, size, copier.conflict(path, there, size))
        if copier.hash_in(path):
            return TransferEvent("skipped", path, size)
    return Item(path, size, there)


def _unopenable(path: str, size: int | None) -> TransferEvent:
    try:
        blob_path(path)
    except InvalidKey as error:
        return failed(path, size, InvalidKey(f"{error}; rename it in the source"))
    raise AssertionError(path)
