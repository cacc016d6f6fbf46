"""gzip and zstd as streams in bounded memory: exactly the bytes that went in, or an error.

Streams that are cut off, or are followed by other bytes, are refused: the readers of some packages
return what they can as if it were whole.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

Compression: TypeAlias = Literal["gzip", "zstd"]
"""How bytes are compressed."""

SUFFIXES: Final[dict[Compression, str]] = {"gzip": "gz", "zstd": "zst"}
"""The end of a name for each of them."""

_GZIP: Final = 16 + zlib.MAX_WBITS
"""The `wbits` that has zlib use the gzip format, with neither a time nor a name in the header."""

_GZIP_LEVEL: Final = 6
_PIECE: Final = 1024 * 1024
"""The most bytes that are decompressed at a time, however many a few compressed ones stand for."""


class Damaged(ValueError):
    """The bytes are not exactly one complete stream."""


class Encoder(Protocol):
    """Compresses bytes piece by piece."""

    def compress(self, data: bytes | memoryview, /) -> bytes:
        """Take more bytes, and return what comes out so far; may be empty."""

    def flush(self) -> bytes:
        """Return the rest."""


class Decoder(Protocol):
    """Decompresses bytes piece by piece."""

    def pieces(self, data: bytes | memoryview) -> Iterator[bytes]:
        """Take more bytes, and yield what they stand for, in pieces of bounded size.

        Raises:
            Damaged: they are not part of a valid stream.
        """

    def end(self) -> None:
        """Raise `Damaged` unless the stream is complete."""


def encoder(compression: Compression | None) -> Encoder:
    """An encoder; for None, one that leaves the bytes as they are.

    Raises:
        UnsupportedOperation: a package is missing.
        ValueError: there is no such compression.
    """
    if compression is None:
        return _Plain()
    if compression == "gzip":
        return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP)
    if compression == "zstd":
        zstd = _zstd()
        # Without a checksum zstd does not notice changed bytes.
        checked = {zstd.CompressionParameter.checksum_flag: 1}
        made: Encoder = zstd.ZstdCompressor(options=checked)
        return made
    raise ValueError(
        f"compression {compression!r} is unknown; use {' or '.join(map(repr, SUFFIXES))}, or None"
    )


def decoder(compression: Compression | None) -> Decoder:
    """The decoder for what `encoder` has compressed."""
    if compression is None:
        return _Plain()
    if compression == "gzip":
        return _Packed(zlib.decompressobj(_GZIP), compression, zlib.error)
    zstd = _zstd()
    return _Packed(zstd.ZstdDecompressor(), compression, zstd.ZstdError)


class _Plain:
    """No compression."""

    def compress(self, data: bytes | memoryview, /) -> bytes:
        return bytes(data)

    def flush(self) -> bytes:
        return b""

    def pieces(self, data: bytes | memoryview) -> Iterator[bytes]:
        yield bytes(data)

    def end(self) -> None:
        """Do nothing: any bytes are complete."""


class _Packed:
    """One gzip member or zstd frame."""

    def __init__(self, stream: Any, called: str, failure: type[Exception]) -> None:
        self._stream = stream
        self._called = called
        self._failure = failure

    def pieces(self, data: bytes | memoryview) -> Iterator[bytes]:
        if self._stream.eof and data:
            raise self._something_behind()
        try:
            while not self._stream.eof and (piece := self._stream.decompress(data, _PIECE)):
                yield piece
                # Input that did not fit into this piece: zlib hands it back, zstd keeps it.
                data = getattr(self._stream, "unconsumed_tail", b"")
        except self._failure as error:
            raise Damaged(f"it is no whole {self._called} ({error})") from error
        if self._stream.unused_data:
            raise self._something_behind()

    def end(self) -> None:
        if not self._stream.eof:
            raise Damaged(f"it is no whole {self._called}: its end is missing")

    def _something_behind(self) -> Damaged:
        return Damaged(f"something stands behind the end of its {self._called}")


def _zstd() -> Any:
    """The module that Python has from 3.14 on, or the same for others.

    Not `zstandard`, whose readers silently accept what is cut off, and two frames in place of one.
    A window of more than 128 MiB is refused.
    """
    for module in ("compression.zstd", "backports.zstd"):
        try:
            return import_module(module)
        except ImportError:
            continue
    raise UnsupportedOperation(
        "zstd needs the package backports.zstd; run: pip install 'storage-config[objects]'"
    )
