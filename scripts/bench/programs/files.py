"""Durable blobs of 1 KiB on this machine's disk: with the library, and by hand."""

import os
import sys
from pathlib import Path
from uuid import uuid4

from served import served

import storage_core

BLOB = bytes(1024)
folder = Path(sys.argv[1])
(folder / "hand").mkdir()
store = storage_core.open_store(storage_core.LocalStorage(storage_path=str(folder / "ours")))


def ours(count: int) -> None:
    """Write blobs with the library."""
    for _ in range(count):
        store.write(BLOB)


def hand(count: int) -> None:
    """Write blobs by hand: a new file, fsync, rename, and fsync of the folder for the new name."""
    for _ in range(count):
        path = f"{folder}/hand/{uuid4().hex}"
        with open(f"{path}.new", "xb") as file:  # noqa: PTH123
            file.write(BLOB)
            file.flush()
            os.fsync(file.fileno())
        os.replace(f"{path}.new", path)  # noqa: PTH105
        descriptor = os.open(f"{folder}/hand", os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


served({"ours": ours, "hand": hand})
