"""Compresses objects as they are written, and decompresses them as they are read."""

from __future__ import annotations

from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, BinaryIO, cast

from storage_core.backends.base import CHUNK_SIZE
from storage_core.blobs.compression import decoder, encoder
from storage_core.blobs.objects.memory import memory_size, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer, WriteableBuffer

    from storage_core.blobs.compression import Compression
    from storage_core.blobs.objects.serializer import Sink


class Compressing:
    """Takes bytes by `write` and passes them on as fewer; `end` when there are no more."""

    def __init__(self, sink: Sink, compression: Compression) -> None:
        """Compress into `sink`.

        Raises:
            UnsupportedOperation: nothing that is installed does this.
        """
        self._sink = sink
        self._encoder = encoder(compression)

    def write(self, data: ReadableBuffer, /) -> int:
        """Take some bytes, and return how many."""
        view = memoryview(data)
        for start in range(0, view.nbytes, CHUNK_SIZE):
            self._pass_on(self._encoder.compress(view.cast("B")[start : start + CHUNK_SIZE]))
        return view.nbytes

    def end(self) -> None:
        """Write what ends it."""
        self._pass_on(self._encoder.flush())

    def _pass_on(self, data: bytes) -> None:
        if data:
            self._sink.write(data)


class _Unpacking(RawIOBase):
    """Reads on; at the end everything was there and nothing is left, or `Damaged` is raised."""

    def __init__(self, file: BinaryIO, compression: Compression) -> None:
        self._pieces = self._all(file, compression)
        self._piece = memoryview(b"")
        self._left = memory_size()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if not self._piece:
            self._piece = memoryview(next(self._pieces, b""))
        count = min(len(view), len(self._piece))
        view[:count], self._piece = self._piece[:count], self._piece[count:]
        self._left -= count
        if self._left < 0:
            raise too_large()
        return count

    @staticmethod
    def _all(file: BinaryIO, compression: Compression) -> Iterator[bytes]:
        stream = decoder(compression)
        while given := file.read(64 * 1024):
            yield from stream.pieces(given)
        stream.end()


def unpacking(file: BinaryIO, compression: Compression) -> BinaryIO:
    """A file with the decompressed bytes of `file`; no more than there is memory for.

    Raises:
        UnsupportedOperation: nothing that is installed does this.
    """
    return cast("BinaryIO", BufferedReader(_Unpacking(file, compression), CHUNK_SIZE))
