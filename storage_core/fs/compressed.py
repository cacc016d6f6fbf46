"""A compressed file on its way into one that is being written."""

from __future__ import annotations

from contextlib import suppress
from io import BufferedIOBase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed import ReadableBuffer

    from storage_core.fs.writing import WrittenFile


class CompressedFile(BufferedIOBase):
    """Closes both files, where the libraries' own leave the other one open."""

    def __init__(self, compressor: Any, file: WrittenFile) -> None:
        """Take a file of a compression library, and what it writes to."""
        self._compressor = compressor
        self._file = file

    def writable(self) -> bool:
        return not self.closed

    def write(self, data: ReadableBuffer, /) -> int:
        written: int = self._compressor.write(data)
        return written

    def close(self) -> None:
        if not self.closed:
            self._compressor.close()
            self._file.close()
        super().close()

    def discard(self) -> None:
        """Forget it."""
        self._file.discard()
        with suppress(ValueError):
            self._compressor.close()
        super().close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if error is not None:
            self.discard()
        else:
            self._file.is_whole = True
        self.close()
