"""Deletes many files, in as few requests as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.fs import side_by_side
from storage_core.fs.errors import both_families

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage_core.backends.base import Backend
    from storage_core.blobpath import BlobPath
    from storage_core.fs.spot import Spot


def delete_all(spots: Iterable[Spot]) -> None:
    """Delete files in parallel; the first error is raised."""
    side_by_side.all_of(_delete, _batches(spots))


def _batches(spots: Iterable[Spot]) -> Iterator[tuple[Backend, list[BlobPath]]]:
    """Files with their backends, as many as one request deletes at a time."""
    begun: dict[tuple[str, str], tuple[Backend, list[BlobPath]]] = {}
    with both_families():
        for spot in spots:
            where = spot.top, spot.identity
            backend, batch = begun.setdefault(where, (spot.backend, []))
            batch.append(spot.blob)
            if len(batch) >= backend.most_deleted:
                yield begun.pop(where)
    yield from begun.values()


def _delete(batch: tuple[Backend, list[BlobPath]]) -> None:
    backend, paths = batch
    with both_families():
        if len(paths) == 1:
            backend.delete(paths[0])
            return
        for error in filter(None, backend.delete_many(paths)):
            raise error
