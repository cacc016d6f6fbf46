"""Blobs as files below a folder of this machine.

A blob is written to a temporary file in its folder, which gets its name when all bytes are on the
disk. `disk.py` has the steps, `folders.py` opens the folder.
"""

from __future__ import annotations

import errno
import os
import stat

from storage_core.backends.base import CHUNK_SIZE, Backend, time_at
from storage_core.backends.local.disk import (
    is_taken,
    retrying,
    sync_folder,
    unlink,
    write_file,
)
from storage_core.backends.local.failures import failure, irregular, unwritable
from storage_core.backends.local.folders import Folders
from storage_core.blobpath import ROOT, BlobPath, Prefix, is_temporary, refuse_temporary
from storage_core.errors import BlobExists, BlobNotFound, InvalidKey, StorageError
from storage_core.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
    from pathlib import Path
    from typing import BinaryIO, Final

    from storage_core.backends.entries import Entry, Info

STALE_AFTER: Final = 3600.0
"""Seconds after its last change that a temporary file counts as left by a writer that died."""

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class LocalBackend(Backend):
    """Blobs as files `folder/PATH`. Safe in threads and after a fork: it holds no state."""

    has_folders = True

    def __init__(
        self, folder: str | Path, *, private: bool = False, only: tuple[str, ...] = ()
    ) -> None:
        """Name the folder; it is created by the first write.

        Args:
            folder: where the blobs are. It may be a symbolic link, or be reached through one.
            private: create folders with mode 0700 and blobs with 0600, whatever the umask.
                Otherwise the umask decides, and no blob is more open than its folder.
            only: the folders in it that hold blobs; everything else in it is ignored. If empty,
                every file in it is a blob.
        """
        self.location = os.path.abspath(folder)
        self._folders = Folders(self.location, 0o700 if private else 0o777)
        self._private = private
        self._only = only

    def check(self) -> None:
        """Check that the folder can be opened, or could be created."""
        path = self.location
        while True:
            try:
                os.close(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
            except FileNotFoundError:
                path = os.path.dirname(path)
                continue
            except OSError as error:
                raise self._failure("open", path, error) from error
            break
        if path != self.location and not os.access(path, os.W_OK | os.X_OK):
            raise unwritable(self.location, path)

    def is_there(self) -> bool:
        return os.path.isdir(self.location)

    def make_folders(self, path: BlobPath, made: MutableSequence[str]) -> None:
        folder, _ = _split(path)
        try:
            os.close(retrying(lambda: self._folders.open(folder, create=True, made=made)))
        except OSError as error:
            raise self._failure("write", self._path(folder), error) from error

    def remove_folders(self, made: Sequence[str]) -> bool:
        try:
            for path in reversed(made):
                os.rmdir(path)
        except OSError:
            return False
        return True

    def has_folder(self, prefix: Prefix) -> bool:
        folder = prefix.removesuffix("/")
        if not self._holds(prefix):
            return False
        try:
            os.close(self._folders.open(folder))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise self._failure("look up", self._path(folder), error) from error
        return True

    def make_folder(self, prefix: Prefix) -> None:
        folder = prefix.removesuffix("/")
        if prefix:
            self._check_name(prefix)
        try:
            os.close(retrying(lambda: self._folders.open(folder, create=True)))
        except OSError as error:
            raise self._failure("create", self._path(folder), error) from error

    def remove_folder(self, prefix: Prefix) -> None:
        above, name = _split(BlobPath(prefix.removesuffix("/")))
        if not self._holds(prefix) or not name:
            return
        try:
            inside = self._folders.open(above)
            try:
                os.rmdir(name, dir_fd=inside)
                sync_folder(inside)
            finally:
                os.close(inside)
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                raise BlobExists(
                    f"{printable(self._path(prefix))} is not empty; delete what it holds first"
                ) from error
            raise self._failure("delete", self._path(prefix), error) from error

    def put(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        self._check_name(path)
        self._retrying(path, lambda: self._write(path, (data,), overwrite=overwrite))

    def put_stream(self, path: BlobPath, file: BinaryIO, *, overwrite: bool) -> None:
        from storage_core.backends.source import chunks_of

        self._check_name(path)
        if not file.seekable():
            # Only one try: what has been read from a pipe cannot be read again.
            self._once(path, lambda: self._write(path, chunks_of(file), overwrite=overwrite))
            return
        start = file.tell()

        def write() -> None:
            file.seek(start)
            self._write(path, chunks_of(file), overwrite=overwrite)

        self._retrying(path, write)

    def get(self, path: BlobPath) -> bytes:
        with self.open(path) as file:
            return self._read(path, file, -1)

    def get_range(self, path: BlobPath, start: int, size: int) -> bytes:
        with self.open(path) as file:
            left = max(os.fstat(file.fileno()).st_size - start, 0)
            if left:
                file.seek(start)
            return self._read(path, file, min(size, left))

    def get_stream(self, path: BlobPath, file: BinaryIO) -> None:
        with self.open(path) as source:
            while chunk := self._read(path, source, CHUNK_SIZE):
                file.write(chunk)

    def open(self, path: BlobPath) -> BinaryIO:
        folder, name = _split(path)
        try:
            above = self._open_known(path, folder)
            try:
                descriptor = os.open(name, _READ, dir_fd=above)
            finally:
                os.close(above)
        except FileNotFoundError as error:
            raise self._missing(path) from error
        except OSError as error:
            raise self._failure("read", self._path(path), error) from error
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            os.close(descriptor)
            raise irregular(self._path(path), mode)
        return os.fdopen(descriptor, "rb")

    def head(self, path: BlobPath) -> Info:
        folder, name = _split(path)
        try:
            above = self._open_known(path, folder)
            try:
                found = os.stat(name, dir_fd=above, follow_symlinks=False)
            finally:
                os.close(above)
        except FileNotFoundError as error:
            raise self._missing(path) from error
        except OSError as error:
            raise self._failure("look up", self._path(path), error) from error
        if not stat.S_ISREG(found.st_mode):
            raise irregular(self._path(path), found.st_mode)
        from storage_core.backends.entries import Info

        version = f"{found.st_ino:x}-{found.st_mtime_ns:x}"
        return Info(found.st_size, time_at(found.st_mtime), version)

    def delete(self, path: BlobPath) -> None:
        folder, name = _split(path)
        try:
            above = self._open_known(path, folder)
            try:
                os.unlink(name, dir_fd=above)
                sync_folder(above)
            finally:
                os.close(above)
        except (FileNotFoundError, BlobNotFound):
            pass
        except OSError as error:
            raise self._failure("delete", self._path(path), error) from error

    def list(self, prefix: Prefix = ROOT, *, delimiter: bool = False) -> Iterator[Entry]:
        """Yield regular files and, with a delimiter, folders; delete what dead writers have left.

        Links, devices and pipes are skipped, because they cannot be opened.
        """
        waiting = [prefix]
        problem: StorageError | None = None
        while waiting:
            try:
                for entry in self._list_folder(waiting.pop()):
                    if not entry.is_folder or delimiter:
                        yield entry
                    else:
                        waiting.append(Prefix(f"{entry.path}/"))
            except StorageError as error:
                # Yield all that can be listed first.
                problem = problem or error
        if problem is not None:
            raise problem

    def _list_folder(self, prefix: Prefix) -> Iterator[Entry]:
        from time import time

        from storage_core.backends.entries import Entry

        if not self._holds(prefix):
            return
        folder = prefix.removesuffix("/")
        try:
            descriptor = self._folders.open(folder)
            try:
                with os.scandir(descriptor) as names:
                    for each in names:
                        path = f"{prefix}{each.name}"
                        try:
                            found = each.stat(follow_symlinks=False)
                        except FileNotFoundError:
                            continue
                        if stat.S_ISDIR(found.st_mode):
                            if self._holds(path + "/"):
                                yield Entry(path, is_folder=True)
                        elif not stat.S_ISREG(found.st_mode) or not self._holds(path):
                            continue
                        elif not is_temporary(each.name):
                            yield Entry(path, found.st_size, time_at(found.st_mtime))
                        elif found.st_mtime < time() - STALE_AFTER:
                            unlink(each.name, descriptor)
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise self._failure("list", self._path(folder), error) from error

    def _retrying(self, path: BlobPath, write: Callable[[], None]) -> None:
        self._once(path, lambda: retrying(write))

    def _once(self, path: BlobPath, write: Callable[[], None]) -> None:
        try:
            write()
        except FileNotFoundError as error:
            raise self._failure("write", self._path(path), error) from error

    def _write(self, path: BlobPath, chunks: Iterable[bytes], *, overwrite: bool) -> None:
        """Write a blob; raises `FileNotFoundError` if its folder is removed meanwhile."""
        folder, name = _split(path)
        try:
            above = self._folders.open(folder, create=True)
            try:
                if not overwrite and is_taken(name, above):
                    raise self._taken(path)
                mode = 0o600 if self._private else 0o666 & os.fstat(above).st_mode
                write_file(name, above, chunks, mode, overwrite=overwrite, path=self._path(path))
                sync_folder(above)
            finally:
                os.close(above)
        except FileExistsError as error:
            raise self._taken(path) from error
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._failure("write", self._path(path), error) from error

    def _open_known(self, path: BlobPath, folder: str) -> int:
        """Open a folder that may hold blobs, and return its descriptor."""
        if not self._holds(path):
            raise self._missing(path)
        return self._folders.open(folder)

    def _check_name(self, path: BlobPath | Prefix) -> None:
        if not self._holds(path):
            raise InvalidKey(
                f"{self.location} holds blobs in {' and '.join(self._only)} only, "
                f"not under {printable(path)}"
            )
        refuse_temporary(BlobPath(path))

    def _holds(self, path: str) -> bool:
        """Whether `path`, a blob's or a folder's with `/` at its end, may belong to blobs."""
        top, slash, _ = path.partition("/")
        return not self._only or not path or (bool(slash) and top in self._only)

    def _path(self, inner: str) -> str:
        return os.path.join(self.location, inner) if inner else self.location

    def _read(self, path: BlobPath, file: BinaryIO, size: int) -> bytes:
        try:
            return file.read(size)
        except OSError as error:
            raise self._failure("read", self._path(path), error) from error

    def _taken(self, path: BlobPath) -> BlobExists:
        taken = printable(path)
        return BlobExists(f"{self.location} already holds a blob {taken}; choose another key")

    def _missing(self, path: BlobPath) -> BlobNotFound:
        return BlobNotFound(f"{self.location} holds no blob {printable(path)}")

    def _failure(self, doing: str, path: str, error: OSError) -> StorageError:
        return failure(doing, path, error, self.location)


def _split(path: BlobPath) -> tuple[str, str]:
    """The folder and the name of a blob."""
    folder, _, name = path.rpartition("/")
    return folder, name
