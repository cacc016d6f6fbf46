"""Unpacks gzip and zstd as far as is shown, and never further."""

from __future__ import annotations

import sys
import zlib
from importlib import import_module
from typing import Any, Final

from tui.session.preview.source import Missing, Unreadable

SIGNATURES: Final = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))


def unpacked(data: bytes, compression: str, limit: int) -> tuple[bytes, bool]:
    """At most the first `limit` unpacked bytes, and whether they are all, with a proper end.

    Args:
        data: the packed bytes, or the beginning of them.
        compression: gzip or zstd.
        limit: how many bytes are unpacked.

    Raises:
        Unreadable: `data` is not in this compression.
        Missing: the package that unpacks it is not installed.
    """
    zstd = _zstd() if compression == "zstd" else None
    found, left = bytearray(), data
    # A file may hold several streams, one after the other, and zeros at its end.
    while left.strip(b"\0"):
        stream: Any = zlib.decompressobj(wbits=31) if zstd is None else zstd.ZstdDecompressor()
        try:
            left = _one(stream, left, found, limit)
        except Exception as error:  # each library has its own
            if found:
                return bytes(found), False
            raise Unreadable(f"it is not {compression}, or damaged") from error
        if not stream.eof:
            return bytes(found), False
    return bytes(found), bool(data)


def _one(stream: Any, data: bytes, found: bytearray, limit: int) -> bytes:
    """Unpack one stream into `found`, as far as `limit`; returns the bytes after it."""
    while len(found) < limit:
        piece = stream.decompress(data, limit - len(found))
        found += piece
        if stream.eof:
            return bytes(stream.unused_data)
        data = getattr(stream, "unconsumed_tail", b"")
        if not piece and not data:
            break
    return b""


def _zstd() -> Any:
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    try:
        return import_module(name)
    except ImportError:
        raise Missing("To see what is in it, install storage-config[objects].") from None
