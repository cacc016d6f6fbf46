"""A file for writing: kept back until it is closed, and then stored whole.

A small one stays in memory and takes one request; a larger one waits in a temporary file, so that
memory is bounded and a failed attempt can be repeated. Nothing is stored if an exception leaves the
`with` block. A file that is never closed is stored when it is collected, as with Python's own:
DuckDB (1.4.5 with compression, 2.0.1 for what it exports) relies on that, and reports success.
"""

from __future__ import annotations

import dis
import logging
import os
import sys
from io import BufferedIOBase
from tempfile import SpooledTemporaryFile
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol, cast

from storage_core.disk_advice import unkept
from storage_core.fs.errors import FileFailed, both_families
from storage_core.printable import printable

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from _typeshed import ReadableBuffer

    from storage_core.fs.spot import Spot

_logger = logging.getLogger("storage_core")

IN_MEMORY: Final = 1024 * 1024
"""Bytes of a file that are kept in memory."""

_WITH_EXCEPT_START: Final = dis.opmap.get("WITH_EXCEPT_START")

_FORGOTTEN: Final = 60.0
"""Seconds to wait while a file that was never closed is stored; then that goes on by itself."""

_CALLERS: Final = 5
"""How many frames above `close` are searched for the end of a `with` block."""


class WrittenFile(BufferedIOBase):
    """A file that is being written; it can seek, and read what it has."""

    def __init__(
        self, fs: object, spot: Spot, mode: str, *, overwrite: bool, autocommit: bool
    ) -> None:
        """Store nothing yet.

        Args:
            fs: the file system.
            spot: where the bytes go.
            mode: the mode that it was opened with.
            overwrite: whether a file that exists by then is replaced.
            autocommit: whether closing stores it, rather than `commit`.
        """
        self.fs = fs
        self.path = spot.path
        self.mode = mode
        self.autocommit = autocommit
        self._backend = spot.backend
        self._blob = spot.blob
        self._overwrite = overwrite
        self._spool = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed when it is stored)
        self._is_written = False
        self._is_done = False
        self._is_closed = False
        self._is_kept = False
        self._handled = sys.exc_info()[1]

    @property
    def closed(self) -> bool:
        return self._is_closed

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return not self._is_closed

    def seekable(self) -> bool:
        return not self._is_closed

    def write(self, data: ReadableBuffer, /) -> int:
        self._is_written = True
        spool = self._open()
        try:
            return spool.write(data)
        except OSError as error:
            # What has been written is incomplete, so closing must not store it.
            self.discard()
            raise _unkept(self.name, error) from error

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        spool = self._open()
        spool.seek(offset, whence)
        return spool.tell()

    def tell(self) -> int:
        return self._open().tell()

    def truncate(self, size: int | None = None, /) -> int:
        spool = self._open()
        at = spool.tell() if size is None else size
        spool.truncate(at)
        return at

    def flush(self) -> None:
        """Do nothing: it is stored when it is closed."""

    def close(self) -> None:
        """Store it, unless an exception leaves the `with` block that closes it."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._is_left():
            self.discard()
        elif self.autocommit:
            self.commit()

    def commit(self) -> None:
        """Store it."""
        if self._is_done:
            return
        self._is_done = self._is_closed = True
        with self._spool as spool, both_families():
            size = spool.seek(0, os.SEEK_END)
            spool.seek(0)
            if size <= IN_MEMORY:
                self._backend.put(self._blob, spool.read(), overwrite=self._overwrite)
            else:
                file = cast("BinaryIO", spool)
                self._backend.put_stream(self._blob, file, overwrite=self._overwrite)

    def keep(self) -> None:
        """Have it stored when it is closed, whatever exceptions are being handled."""
        self._is_kept = True

    def discard(self) -> None:
        """Forget it."""
        self._is_done = self._is_closed = True
        self._spool.close()

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
        if not vars(self).get("_is_closed", True):
            if self._is_written:
                store_forgotten(self)
            else:
                self.discard()

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(f"{self.path} is being written, and such a file cannot be pickled")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path!r}>"

    def _open(self) -> SpooledTemporaryFile[bytes]:
        if self._is_closed:
            raise ValueError("I/O operation on closed file.")
        return self._spool

    def _is_left(self) -> bool:
        """Whether it is being closed because of an exception.

        `fsspec.open` and others close their files at the end of a `with` block without saying why.
        pandas (3.1.1) closes what it has opened when the package for a compression is missing.
        """
        error = sys.exc_info()[1]
        if self._is_kept or error is None or error is self._handled:
            return False
        if not self._is_written:
            return True
        frame = sys._getframe(1)
        for _ in range(_CALLERS):
            if frame.f_back is None:
                return False
            frame = frame.f_back
            if frame.f_code.co_name == "__exit__" or _ends_with_block(frame):
                return True
        return False


def _ends_with_block(frame: FrameType) -> bool:
    """Whether an exception is just leaving a `with` block in `frame`; pyarrow's exits have none."""
    return frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] == _WITH_EXCEPT_START


def _unkept(name: str, error: OSError) -> FileFailed:
    return FileFailed(unkept(printable(name), error))


class Unclosed(Protocol):
    """A file that is kept back until it is closed."""

    @property
    def name(self) -> str:
        """What messages call it."""

    def close(self) -> None:
        """Store it."""

    def discard(self) -> None:
        """Forget it."""


def store_forgotten(file: Unclosed) -> None:
    """Close a file that was never closed, and wait for it.

    In a thread of its own: it may be collected at any moment, even while this thread holds a lock
    that is needed to store it.
    """

    name = printable(file.name)

    def close() -> None:
        try:
            file.close()
        except Exception as error:
            _logger.error("%s was never closed, and could not be stored then: %s", name, error)

    if sys.is_finalizing():
        _logger.error("%s was never closed, so nothing of it is stored", name)
        file.discard()
        return
    thread = Thread(target=close)
    thread.start()
    thread.join(_FORGOTTEN)
