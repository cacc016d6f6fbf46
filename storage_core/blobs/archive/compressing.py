"""gzip and zstd as streams in bounded memory, to their very end: no byte missing, none behind."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from storage_core.blobs.objects.names import SUFFIXES
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.blobs.objects.names import Compression

_GZIP: Final = 16 + zlib.MAX_WBITS
_GZIP_LEVEL: Final = 6
_PIECE: Final = 1024 * 1024
"""Bytes that come out at a time, however many some few that go in stand for."""


class Damaged(ValueError):
    """The stream is not what it should be."""


class Encoder(Protocol):
    """Compresses what it is fed."""

    def compress(self, data: bytes, /) -> bytes:
        """What comes out for some more bytes, possibly nothing yet."""

    def flush(self) -> bytes:
        """The rest."""


class Decoder(Protocol):
    """Gives back what went in."""

    def pieces(self, data: bytes | memoryview) -> Iterator[bytes]:
        """Yield what some more bytes stand for, in pieces of bounded size.

        Raises:
            Damaged: they stand for nothing.
        """

    def end(self) -> None:
        """Raise `Damaged` unless the stream is whole."""


def encoder(compression: Compression | None) -> Encoder:
    """What compresses; None takes the bytes as they are.

    Raises:
        UnsupportedOperation: a package is missing.
        ValueError: nobody knows this compression.
    """
    if compression is None:
        return _Plain()
    if compression == "gzip":
        return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP)
    if compression == "zstd":
        made: Encoder = _zstd().ZstdCompressor()
        return made
    raise ValueError(
        f"compression {compression!r} is unknown; use {' or '.join(map(repr, SUFFIXES))}, or None"
    )


def decoder(compression: Compression | None) -> Decoder:
    """What takes back what `encoder` has done."""
    if compression is None:
        return _Plain()
    if compression == "gzip":
        return _Gzip()
    return _Zstd()


class _Plain:
    """No compression."""

    def compress(self, data: bytes, /) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""

    def pieces(self, data: bytes | memoryview) -> Iterator[bytes]:
        yield bytes(data)

    def end(self) -> None:
        """Any bytes are whole."""


class _Gzip:
    """One gzip member."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)

    def pieces(self, data: bytes | memoryview) -> Iterator[bytes]:
        stream = self._stream
        try:
            if stream.eof and data:
                raise Damaged("has bytes behind its end")
            while piece := stream.decompress(data, _PIECE):
                yield piece
                data = stream.unconsumed_tail
        except zlib.error as error:
            raise Damaged("is no gzip, or damaged") from error
        if stream.unused_data:
            raise Damaged("has bytes behind its end")

    def end(self) -> None:
        if not self._stream.eof:
            raise Damaged("is cut off")


class _Zstd:
    """One zstd frame. A window of more than 128 MiB is refused by the library."""

    def __init__(self) -> None:
        module = _zstd()
        self._stream = module.ZstdDecompressor()
        self._error: type[Exception] = module.ZstdError

    def pieces(self, data: bytes | memoryview) -> Iterator[bytes]:
        stream = self._stream
        try:
            if stream.eof and data:
                raise Damaged("has bytes behind its end")
            while piece := stream.decompress(data, _PIECE):
                yield piece
                data = b""
                if stream.eof:
                    break
        except self._error as error:
            raise Damaged("is no zstd, or damaged") from error
        if stream.unused_data:
            raise Damaged("has bytes behind its end")

    def end(self) -> None:
        if not self._stream.eof:
            raise Damaged("is cut off")


def _zstd() -> Any:
    """The module for zstd: the standard library's from Python 3.14 on."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError as error:
        raise UnsupportedOperation(
            "zstd is missing here: install storage-config[objects], or choose gzip"
        ) from error
    return zstd
