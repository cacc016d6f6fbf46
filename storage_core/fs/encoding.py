"""Layers over a file that is written: a compressor, and an encoder of text.

Everything is kept back until it is closed, as with the file itself.
"""

from __future__ import annotations

import os
from contextlib import suppress
from io import BufferedIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any, cast

from fsspec.compression import compr
from fsspec.core import get_compression

from storage_core.fs.writing import store_forgotten

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from _typeshed import ReadableBuffer

    from storage_core.fs.writing import WrittenFile


def encoded(
    file: WrittenFile, path: str, compression: str | None, text: dict[str, Any] | None
) -> WrittenFile | WrittenCompressed | WrittenText:
    """The object to write to in place of a file, to compress the bytes, or to write text.

    Args:
        file: stores the bytes.
        path: its name tells the compression, if that is "infer".
        compression: a name of `fsspec.compression`.
        text: how text becomes bytes, as for `open`; None to write bytes.
    """
    outer: WrittenFile | WrittenCompressed = file
    if compression is not None:
        outer = WrittenCompressed(file, compr[get_compression(path, compression)])
    return outer if text is None else WrittenText(outer, **text)


class WrittenCompressed(BufferedIOBase):
    """Bytes on their way through a compressor into a `WrittenFile`.

    Compressors leave the file below them open.
    """

    def __init__(self, file: WrittenFile, compress: Callable[..., Any]) -> None:
        """Take the file, and the function of `fsspec.compression` that wraps it in a compressor."""
        self._file = file
        self._is_written = False
        self._compressor: Any = None
        self._compressor = compress(file, mode="w")

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._file.name

    def writable(self) -> bool:
        return not self.closed

    def seekable(self) -> bool:
        """Whether the compressor can; text of UTF-16 begins with its mark only if so."""
        return bool(self._compressor.seekable())

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return int(self._compressor.seek(offset, whence))

    def tell(self) -> int:
        return int(self._compressor.tell())

    def write(self, data: ReadableBuffer, /) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        self._is_written = True
        self._compressor.write(data)
        return memoryview(data).nbytes

    def flush(self) -> None:
        """Do nothing: it is stored when it is closed."""

    def close(self) -> None:
        """Store it, unless an exception leaves the `with` block that closes it."""
        if not self.closed:
            super().close()
            self._compressor.close()
            self._file.close()

    def commit(self) -> None:
        """Store it, at the end of a transaction."""
        self.keep()
        self.close()
        self._file.commit()

    def keep(self) -> None:
        """Have it stored when it is closed, whatever exceptions are being handled."""
        self._file.keep()

    def discard(self) -> None:
        """Forget it."""
        super().close()
        if self._compressor is not None:
            with suppress(ValueError):  # The file is closed if it could not be written.
                self._compressor.close()
        self._file.discard()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if error is not None:
            self.discard()
        self.keep()
        self.close()

    def __del__(self) -> None:
        if self.closed:
            return
        if self._is_written:
            store_forgotten(self)
        else:
            self.discard()


class WrittenText(TextIOWrapper):
    """Text on its way into a `WrittenFile`, perhaps through a compressor."""

    def commit(self) -> None:
        """Store it, at the end of a transaction."""
        self._written.keep()
        self.close()
        self._written.commit()

    def discard(self) -> None:
        """Forget it."""
        self._written.discard()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if error is not None:
            self.discard()
        else:
            self._written.keep()
        super().__exit__(kind, error, where)

    @property
    def _written(self) -> WrittenFile | WrittenCompressed:
        return cast("WrittenFile | WrittenCompressed", self.buffer)
