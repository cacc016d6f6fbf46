"""Work of a given size on the default storage, in a process that stays."""

import os
import sys

from served import served

import storage_core

file, back = sys.argv[1:]
store = storage_core.get_store()
BLOB = bytes(1024)
keys: list[str] = []


def write(count: int) -> None:
    """Write so many blobs in one call, from an iterator."""
    keys[:] = store.write_many(BLOB for _ in range(count))


def read(count: int) -> None:
    """Read all these blobs."""
    assert sum(1 for blob in store.read_many(keys) if blob == BLOB) == count


def listed(count: int) -> None:
    """List a bucket that has so many blobs."""
    assert sum(1 for _ in store.list("results")) == count


def up(size: int) -> None:
    """Write a file of so many bytes; it is sparse, so that it takes no disk."""
    with open(file, "wb") as out:  # noqa: PTH123
        out.truncate(size)
    keys[:] = [store.write_file(file)]


def down(size: int) -> None:
    """Read it back into another file."""
    assert store.read_file(keys[0], back) == size
    os.unlink(back)  # noqa: PTH108


served({deed.__name__: deed for deed in (write, read, listed, up, down)})
