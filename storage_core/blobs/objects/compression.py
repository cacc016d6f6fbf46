"""gzip and zstd: bytes made fewer, and exactly those bytes back.

What is cut off, and what has anything behind its end, is refused: the readers of some packages
return such bytes as if they were whole.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol, cast

from storage_core.backends.base import CHUNK_SIZE
from storage_core.blobs.objects.memory import memory_size, too_large
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

    from storage_core.blobs.objects.names import Compression
    from storage_core.blobs.objects.serializer import Sink

_GZIP_WINDOW: Final = 31
"""What tells zlib to write and read the header and the end of gzip."""

_GZIP_LEVEL: Final = 6


class Compressing:
    """Takes bytes by `write` and passes them on as fewer; `end` when there are no more."""

    def __init__(self, sink: Sink, compression: Compression) -> None:
        """Compress into `sink`.

        Raises:
            UnsupportedOperation: nothing that is installed does this.
        """
        self._sink = sink
        if compression == "gzip":
            # Its header has neither a time nor a name.
            self._compressor: Any = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_WINDOW)
        else:
            zstd = _zstd()
            checked = {zstd.CompressionParameter.checksum_flag: 1}
            self._compressor = zstd.ZstdCompressor(options=checked)

    def write(self, data: ReadableBuffer, /) -> int:
        """Take some bytes; gives how many."""
        view = memoryview(data)
        for start in range(0, view.nbytes, CHUNK_SIZE):
            self._pass_on(self._compressor.compress(view.cast("B")[start : start + CHUNK_SIZE]))
        return view.nbytes

    def end(self) -> None:
        """Write what ends it."""
        self._pass_on(self._compressor.flush())

    def _pass_on(self, data: bytes) -> None:
        if data:
            self._sink.write(data)


class _Decompressor(Protocol):
    """What zlib and zstd have in common once zlib is told to keep what is left itself."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Unzipping:
    """`zlib.decompressobj`, which hands back what it has no room for, as one that keeps it."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP_WINDOW)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class Damaged(ValueError):
    """These are not the bytes of one whole object, and nothing else."""


class _Unpacking(RawIOBase):
    """Reads on; at the end everything was there and nothing is left, or `Damaged` is raised."""

    def __init__(self, file: BinaryIO, compression: Compression) -> None:
        self._file = file
        self._called = compression
        self._left = memory_size()
        self._decompressor: _Decompressor
        self._failures: tuple[type[Exception], ...]
        if compression == "gzip":
            self._decompressor, self._failures = _Unzipping(), (zlib.error,)
        else:
            zstd = _zstd()
            self._decompressor, self._failures = zstd.ZstdDecompressor(), (zstd.ZstdError,)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._some(min(len(view), CHUNK_SIZE)) if len(view) else b""
        view[: len(data)] = data
        self._left -= len(data)
        if self._left < 0:
            raise too_large()
        return len(data)

    def _some(self, most: int) -> bytes:
        """Up to `most` bytes; none at the end."""
        given = b""
        while not self._decompressor.eof:
            try:
                data = self._decompressor.decompress(given, most)
            except self._failures as error:
                raise Damaged(f"it is no whole {self._called} ({error})") from error
            if data:
                return data
            if not self._decompressor.eof:
                given = self._file.read(64 * 1024)
                if not given:
                    raise Damaged(f"it is no whole {self._called}: its end is missing")
        if self._decompressor.unused_data or self._file.read(1):
            raise Damaged(f"something stands behind the end of its {self._called}")
        return b""


def unpacking(file: BinaryIO, compression: Compression) -> BinaryIO:
    """A file of what was compressed into `file`; no more than there is memory for.

    Raises:
        UnsupportedOperation: nothing that is installed does this.
    """
    return cast("BinaryIO", BufferedReader(_Unpacking(file, compression), CHUNK_SIZE))


def _zstd() -> Any:
    """The module that Python has from 3.14 on, or the same for others.

    Not `zstandard`, whose readers take what is cut off, and two frames for one, without a word.
    """
    for module in ("compression.zstd", "backports.zstd"):
        try:
            return import_module(module)
        except ImportError:
            continue
    raise UnsupportedOperation(
        "zstd needs the package backports.zstd; run: pip install 'storage-config[objects]'"
    )
