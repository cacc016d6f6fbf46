"""How much memory there is, which no object can exceed."""

from __future__ import annotations

import os
from typing import Final

from storage_core.errors import StorageError

_OF_THE_GROUP: Final = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Files with the memory that a container may use, in both versions of control groups."""


def memory_size() -> int:
    """Bytes of memory that this process may use; a huge number if that is unknown."""
    sizes = [2**62]
    try:
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        pass
    for path in _OF_THE_GROUP:
        try:
            with open(path, "rb") as file:
                sizes.append(int(file.read()))
        except (OSError, ValueError):
            pass
    return min(size for size in sizes if size > 0)


class TooLarge(StorageError):
    """The object would need more memory than there is."""


def too_large() -> TooLarge:
    """The error for an object that there is no memory for."""
    return TooLarge(f"it unpacks to more than all memory there is here, {memory_size():,} bytes")


def require_memory(size: int) -> None:
    """Raise `TooLarge` if `size` bytes are more than all the memory there is."""
    if size > memory_size():
        raise too_large()
