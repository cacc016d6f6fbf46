"""gzip and zstd as streams in bounded memory: exactly the bytes that went in, or an error.

What is cut off, and what has anything behind its end, is refused: the readers of some packages
return such bytes as if they were whole.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

Compression: TypeAlias = Literal["gzip", "zstd"]
"""How bytes are made fewer."""

SUFFIXES: Final[dict[Compression, str]] = {"gzip": "gz", "zstd": "zst"}
"""What stands behind a name for each of them."""

_GZIP: Final = 16 + zlib.MAX_WBITS
"""What tells zlib to write and read the header and the end of gzip; neither time nor name is in it.
"""

_GZIP_LEVEL: Final = 6
_PIECE: Final = 1024 * 1024
"""Bytes that come out at a time, however many some few that go in stand for."""


class Damaged(ValueError):
    """These are not the bytes of one whole stream, and nothing else."""


class Encoder(Protocol):
    """Compresses what it is fed."""

    def compress(self, data: bytes | memoryview, /) -> bytes:
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
        zstd = _zstd()
        # Without it zstd does not notice when bytes have changed.
        checked = {zstd.CompressionParameter.checksum_flag: 1}
        made: Encoder = zstd.ZstdCompressor(options=checked)
        return made
    raise ValueError(
        f"compression {compression!r} is unknown; use {' or '.join(map(repr, SUFFIXES))}, or None"
    )


def decoder(compression: Compression | None) -> Decoder:
    """What takes back what `encoder` has done."""
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
        """Any bytes are whole."""


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
                # What there was no room for: zlib hands it back, zstd keeps it.
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

    Not `zstandard`, whose readers take what is cut off, and two frames for one, without a word. A
    window of more than 128 MiB is refused.
    """
    for module in ("compression.zstd", "backports.zstd"):
        try:
            return import_module(module)
        except ImportError:
            continue
    raise UnsupportedOperation(
        "zstd needs the package backports.zstd; run: pip install 'storage-config[objects]'"
    )
