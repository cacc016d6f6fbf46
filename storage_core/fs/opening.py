"""Opens a file of bytes, for reading or for writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.fs.errors import NotSupported, both_families
from storage_core.fs.reading import ReadFile
from storage_core.fs.writing import WrittenFile
from storage_core.printable import printable

if TYPE_CHECKING:
    from storage_core.fs.spot import Spot


def opened(
    fs: object,
    spot: Spot,
    mode: str,
    *,
    autocommit: bool,
    block_size: int | None,
    cache_type: str,
    cache_options: dict[str, Any] | None,
) -> ReadFile | WrittenFile:
    """A file of bytes.

    Args:
        fs: the file system.
        spot: where it is.
        mode: "rb", "wb" or "xb".
        autocommit: whether closing stores what was written, rather than `commit`.
        block_size: see `ReadFile`, also for the next two.
        cache_type: see there.
        cache_options: see there.
    """
    if mode == "rb":
        return ReadFile(
            fs, spot, block_size=block_size, cache_type=cache_type, cache_options=cache_options
        )
    if mode not in ("wb", "xb"):
        raise NotSupported(
            f"{printable(spot.path)} cannot be opened with {printable(mode)}: a blob is read, "
            "or written as a whole, and nothing is appended to it; use rb, wb or xb"
        )
    with both_families():
        spot.backend.require_writable()
        if mode == "xb" and spot.backend.exists(spot.blob):
            raise spot.taken()
        return WrittenFile(fs, spot, mode, overwrite=mode == "wb", autocommit=autocommit)
