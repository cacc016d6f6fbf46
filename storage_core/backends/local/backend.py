"""Blobs in a folder of this machine: Local and Temporary Storage, File Storage on a local path.

Workers start by the thousand to write one blob, so this imports nothing that Python has not loaded
already. Everything goes by descriptors: the folder is opened, in it the folder of the kind, in that
the file, and neither of the last two through a symbolic link, so that nobody who can write into the
folder leads a read or a write out of it. A write is a temporary file beside its target, complete
and on the disk before it gets its name; `local_disk.py` has the steps of it.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Final

from storage_core.backends.base import CHUNK_SIZE, Backend, Blob, time_at
from storage_core.backends.local.disk import (
    insist,
    is_taken,
    is_temporary,
    make_folder,
    new_temporary,
    publish_new,
    sync_folder,
    unlink,
    write_whole,
)
from storage_core.errors import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    ConfigurationError,
    StorageError,
    StorageUnavailable,
)
from storage_core.keys import Key, Kind, is_name
from storage_core.paths import LOCAL_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
    from pathlib import Path

STALE_AFTER: Final = 3600.0
"""Seconds after its last byte that a temporary file is taken for one of a writer that died."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


def local_folder(base_path: str) -> str | None:
    """The path if `base_path` is one, or a `file://` or `local://` URL; None for other URLs."""
    for scheme in LOCAL_SCHEMES:
        if base_path.startswith(scheme):
            return base_path[len(scheme) :]
    return None if "://" in base_path or "::" in base_path else base_path


class LocalBackend(Backend):
    """Blobs as files `folder/KIND/NAME`. Safe in threads and after a fork: it holds no state."""

    def __init__(self, folder: str | Path, *, private: bool = False) -> None:
        """Name the folder; it is created by the first write.

        Args:
            folder: where the blobs are. It may itself be a symbolic link, or lie behind one.
            private: create folders with mode 0700 and blobs with 0600, whatever the umask.
                Otherwise the umask decides, and no blob is more open than its folder.
        """
        self.location = os.path.abspath(folder)
        self._private = private

    def check(self) -> None:
        """See whether the folder can be opened, or could be created."""
        path = self.location
        while True:
            try:
                os.close(os.open(path, _FOLDER))
            except FileNotFoundError:
                path = os.path.dirname(path)
                continue
            except OSError as error:
                raise self._failure("open", path, error) from error
            break
        if path != self.location and not os.access(path, os.W_OK | os.X_OK):
            raise AccessDenied(
                f"cannot create {self.location}: {path} is not writable; "
                "change its permissions or choose another folder"
            )

    def is_there(self) -> bool:
        return os.path.isdir(self.location)

    def make_folders(self, kind: Kind, made: MutableSequence[str]) -> None:
        try:
            os.close(insist(lambda: self._open_kind(kind, create=True, made=made)))
        except OSError as error:
            raise self._failure("write", os.path.join(self.location, kind), error) from error

    def remove_folders(self, made: Sequence[str]) -> bool:
        try:
            for path in reversed(made):
                os.rmdir(path)
        except OSError:
            return False
        return True

    def put(self, key: Key, data: bytes, *, overwrite: bool) -> None:
        self._write(key, lambda: (data,), overwrite=overwrite)

    def put_file(self, key: Key, path: Path, *, overwrite: bool) -> None:
        from storage_core.backends.source import chunks_of

        self._write(key, lambda: chunks_of(path), overwrite=overwrite)

    def get(self, key: Key) -> bytes:
        with self.open(key) as file:
            try:
                return file.read()
            except OSError as error:
                raise self._failure("read", self._path(key), error) from error

    def get_file(self, key: Key, path: Path) -> None:
        from storage_core.backends.source import write_chunks

        with self.open(key) as file:
            write_chunks(path, iter(lambda: self._read(key, file), b""))

    def open(self, key: Key) -> BinaryIO:
        try:
            folder = self._open_kind(key.kind)
            try:
                descriptor = os.open(key.name, _READ, dir_fd=folder)
            finally:
                os.close(folder)
        except FileNotFoundError as error:
            raise BlobNotFound(f"{self.location} holds no blob {key}") from error
        except OSError as error:
            raise self._failure("read", self._path(key), error) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise self._irregular(key)
        return os.fdopen(descriptor, "rb")

    def exists(self, key: Key) -> bool:
        try:
            folder = self._open_kind(key.kind)
            try:
                found = os.stat(key.name, dir_fd=folder, follow_symlinks=False)
            finally:
                os.close(folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._failure("look up", self._path(key), error) from error
        if not stat.S_ISREG(found.st_mode):
            raise self._irregular(key)
        return True

    def delete(self, key: Key) -> None:
        try:
            folder = self._open_kind(key.kind)
            try:
                os.unlink(key.name, dir_fd=folder)
                sync_folder(folder)
            finally:
                os.close(folder)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise self._failure("delete", self._path(key), error) from error

    def list(self, kind: Kind) -> Iterator[Blob]:
        """Yield the regular files whose names are names of blobs; sweep up after dead writers."""
        from time import time

        try:
            folder = self._open_kind(kind)
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        try:
                            found = entry.stat(follow_symlinks=False)
                        except FileNotFoundError:
                            continue
                        if not stat.S_ISREG(found.st_mode):
                            continue
                        if is_name(entry.name):
                            modified = time_at(found.st_mtime)
                            yield Blob(str(Key(kind, entry.name)), found.st_size, modified)
                        elif is_temporary(entry.name) and found.st_mtime < time() - STALE_AFTER:
                            unlink(entry.name, folder)
            finally:
                os.close(folder)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise self._failure("list", os.path.join(self.location, kind), error) from error

    def _write(self, key: Key, chunks: Callable[[], Iterable[bytes]], *, overwrite: bool) -> None:
        try:
            insist(lambda: self._write_once(key, chunks(), overwrite=overwrite))
        except FileNotFoundError as error:
            raise self._failure("write", self._path(key), error) from error

    def _write_once(self, key: Key, chunks: Iterable[bytes], *, overwrite: bool) -> None:
        """Raises `FileNotFoundError` where the folder was removed meanwhile."""
        try:
            folder = self._open_kind(key.kind, create=True)
            try:
                if not overwrite and is_taken(key.name, folder):
                    raise self._taken(key)
                mode = 0o600 if self._private else 0o666 & os.fstat(folder).st_mode
                temporary, descriptor = new_temporary(mode, folder)
                try:
                    try:
                        write_whole(descriptor, chunks, self._path(key))
                    finally:
                        os.close(descriptor)
                    if overwrite:
                        os.replace(temporary, key.name, src_dir_fd=folder, dst_dir_fd=folder)
                    else:
                        publish_new(temporary, key.name, folder)
                except BaseException:
                    unlink(temporary, folder)
                    raise
                sync_folder(folder)
            finally:
                os.close(folder)
        except FileExistsError as error:
            raise self._taken(key) from error
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._failure("write", self._path(key), error) from error

    def _open_kind(
        self, kind: Kind, *, create: bool = False, made: MutableSequence[str] | None = None
    ) -> int:
        """Open the folder of `kind`; `create` makes it, and the folders above it, if missing.

        `made` gets those that it has made.
        """
        try:
            folder = os.open(self.location, _FOLDER)
        except FileNotFoundError:
            if not create:
                raise
            self._make_folders(self.location, made)
            folder = os.open(self.location, _FOLDER)
        try:
            try:
                return os.open(kind, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            except FileNotFoundError:
                if not create:
                    raise
            if make_folder(kind, self._folder_mode, folder) and made is not None:
                made.append(os.path.join(self.location, kind))
            return os.open(kind, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
        finally:
            os.close(folder)

    def _make_folders(self, path: str, made: MutableSequence[str] | None) -> None:
        parent, name = os.path.split(path)
        try:
            above = os.open(parent, _FOLDER)
        except FileNotFoundError:
            self._make_folders(parent, made)
            above = os.open(parent, _FOLDER)
        try:
            if make_folder(name, self._folder_mode, above) and made is not None:
                made.append(path)
        finally:
            os.close(above)

    @property
    def _folder_mode(self) -> int:
        return 0o700 if self._private else 0o777

    def _path(self, key: Key) -> str:
        return os.path.join(self.location, key.kind, key.name)

    def _read(self, key: Key, file: BinaryIO) -> bytes:
        try:
            return file.read(CHUNK_SIZE)
        except OSError as error:
            raise self._failure("read", self._path(key), error) from error

    def _taken(self, key: Key) -> BlobExists:
        return BlobExists(f"{self.location} already holds a blob {key}; choose another key")

    def _irregular(self, key: Key) -> AccessDenied:
        return AccessDenied(
            f"cannot use {self._path(key)}: only regular files are, and links are not followed; "
            "remove what is there"
        )

    def _failure(self, doing: str, path: str, error: OSError) -> StorageError:
        what = f"cannot {doing} {path}: {os.strerror(error.errno or 0)}"
        if error.errno in _FULL:
            return StorageUnavailable(f"{what}; make room there and try again")
        if error.errno in _DENIED:
            return AccessDenied(f"{what}; change its permissions or choose another folder")
        if error.errno == errno.EISDIR:
            return AccessDenied(f"{what}; remove the folder that has the name of a blob")
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            if self._leads_away(path):
                return AccessDenied(
                    f"cannot {doing} {path}: symbolic links are not followed; remove the one there"
                )
            return ConfigurationError(f"{what}; a folder is needed here, so choose another one")
        return StorageUnavailable(f"{what}; see to the disk or choose another folder")

    def _leads_away(self, path: str) -> bool:
        """Whether a link stands in for the folder of a kind, or for the blob at `path`."""
        while len(path) > len(self.location):
            if os.path.islink(path):
                return True
            path = os.path.dirname(path)
        return False
