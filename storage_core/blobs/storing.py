"""A file of the caller's on its way to a blob."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.backends.base import CHUNK_SIZE
from storage_core.blobs import files
from storage_core.errors import StorageError, StorageUnavailable

if TYPE_CHECKING:
    import os

    from storage_core.backends.base import Backend
    from storage_core.keys import Key, Naming


def stored(
    backend: Backend, naming: Naming, path: str | os.PathLike[str], kind: str, chosen: str | None
) -> str:
    """Store a file, and return its key; see `Store.write_file`.

    Args:
        backend: where it goes.
        naming: how blobs are named there.
        path: the file.
        kind: of the blob, where its key is not chosen.
        chosen: the caller's own key.
    """
    with files.opened(path) as file:
        before = files.snapshot(file)
        target = naming.key(kind, chosen, lambda: files.content_name_of(file))
        # What others have stored under a hash is not put at risk: the file may be changing.
        is_stored = chosen is None and naming.is_hash(target) and _is_whole(backend, target)
        if not is_stored:
            backend.put_stream(target.path, file, overwrite=chosen is None)
        if files.snapshot(file) != before:
            if not is_stored:
                backend.delete(target.path)
            files.changed(path)
    return str(target)


def _is_whole(backend: Backend, key: Key) -> bool:
    """Whether there is a blob whose bytes have the hash that is its name.

    Raises:
        StorageUnavailable: nobody knows, and to write would only wait as long once more.
    """
    try:
        if not backend.exists(key.path):
            return False
        with files.verifying(backend.open(key.path), key.name, str(key)) as file:
            while file.read(CHUNK_SIZE):
                pass
    except StorageUnavailable:
        raise
    except StorageError:
        # It is damaged, or these credentials may write and not read.
        return False
    return True
