"""A new folder, filled beside the place that it goes to, and moved there whole.

It lies in one that only its owner can enter, so that nobody reads or changes anything on its way.
What a killed process leaves behind has a name that begins with a dot and ends in `.tmp`; whoever
unpacks to the same place next removes it.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import contextmanager
from secrets import token_hex
from shutil import rmtree
from typing import TYPE_CHECKING, Final

from storage_core.disk_advice import words
from storage_core.errors import StorageError
from storage_core.printable import printable

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_FILES: Final = "files"
_TOKEN: Final = 8
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_MOUNTED: Final = (errno.EXDEV, errno.EBUSY)
_OCCUPIED: Final = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)


class NewFolder:
    """A folder that is not there yet. Removed again unless it is placed."""

    def __init__(self, given: str | os.PathLike[str]) -> None:
        """Begin it beside `given`, which is absent or an empty folder.

        Raises:
            StorageError: something is there, or nothing can be created beside it.
        """
        self._given = os.fspath(given)
        self._made = {""}
        try:
            # What a link leads to is meant.
            self._target = os.path.realpath(self._given)
            self._mode = self._mode_there()
            above, name = os.path.split(self._target)
            _sweep(above, name)
            self._private, self._lock = _private_folder(above, name)
        except (OSError, ValueError) as error:
            raise self._failure(error) from error
        self._folder = os.path.join(self._private, _FILES)

    def add_folder(self, name: str) -> None:
        """Create a folder, and those on the way to it."""
        if name in self._made:
            return
        self.add_folder(name.rpartition("/")[0])
        try:
            os.mkdir(self._path(name))
        except (OSError, ValueError) as error:
            raise self._failure(error, name) from error
        self._made.add(name)

    @contextmanager
    def new_file(self, name: str, *, is_executable: bool) -> Iterator[BinaryIO]:
        """Create a file, and the folders on the way to it; the umask decides who may do what."""
        self.add_folder(name.rpartition("/")[0])
        try:
            descriptor = os.open(self._path(name), _CREATE, 0o777 if is_executable else 0o666)
            with open(descriptor, "wb") as file:
                yield file
        except (OSError, ValueError) as error:
            raise self._failure(error, name) from error

    def place(self) -> None:
        """Move it to where it goes."""
        try:
            if self._mode is not None:
                os.chmod(self._folder, stat.S_IMODE(self._mode))
                if os.name == "nt":
                    os.rmdir(self._target)
            os.rename(self._folder, self._target)
        except OSError as error:
            if error.errno in _MOUNTED:
                raise _mounted(self._given) from error
            if error.errno in _OCCUPIED:
                raise _taken(self._given) from error
            raise self._failure(error) from error

    def _mode_there(self) -> int | None:
        """The mode of an empty folder that is to be replaced; None where there is nothing."""
        try:
            found = os.stat(self._target)
        except FileNotFoundError:
            return None
        if not stat.S_ISDIR(found.st_mode):
            raise StorageError(f"{self._given} is there, and no folder; name one that is not there")
        with os.scandir(self._target) as entries:
            if next(entries, None):
                raise _taken(self._given)
        if os.path.ismount(self._target):
            raise _mounted(self._given)
        if os.path.samestat(found, os.stat(os.curdir)):
            # Whoever stands in it would stand nowhere: it is replaced as a whole.
            raise StorageError(
                f"{self._given} is the folder that this runs in; name one that is not there"
            )
        return found.st_mode

    def _path(self, name: str) -> str:
        if os.name == "nt" and any(character in name for character in '\\:*?"<>|'):
            raise ValueError("Windows has no such names")
        return os.path.join(self._folder, name)

    def _failure(self, error: OSError | ValueError, name: str = "") -> StorageError:
        where = os.path.join(self._given, printable(name)) if name else self._given
        why = words(error) if isinstance(error, OSError) else str(error)
        if isinstance(error, FileNotFoundError):
            return StorageError(f"cannot create {where}: the folder for it is not there; create it")
        return StorageError(f"cannot create {where}: {why}; name another folder")

    def close(self) -> None:
        """Remove what has not been placed."""
        rmtree(self._private, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)


def _taken(given: str) -> StorageError:
    return StorageError(f"{given} is there, and not empty; name a folder that is not there")


def _mounted(given: str) -> StorageError:
    return StorageError(
        f"cannot put a folder in the place of {given}: a file system is mounted there; "
        "name a folder in it"
    )


def _private_folder(above: str, name: str) -> tuple[str, int | None]:
    """Create a folder that is locked for as long as its descriptor is open."""
    while True:
        path = os.path.join(above, f"{_beginning(name)}{token_hex(_TOKEN // 2)}.tmp")
        os.mkdir(path, 0o700)
        lock = None
        try:
            lock = _locked(path)
            os.mkdir(os.path.join(path, _FILES))
        except BaseException as error:
            rmtree(path, ignore_errors=True)
            if lock is not None:
                os.close(lock)
            # Otherwise somebody who sweeps up was faster than the lock.
            if not isinstance(error, FileNotFoundError):
                raise
        else:
            return path, lock


def _locked(folder: str) -> int | None:
    """A descriptor that holds the lock of a folder; None where nobody sweeps up."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        pass  # There are no locks here, so that nothing is swept up.
    return descriptor


def _sweep(above: str, name: str) -> None:
    """Remove what processes have left behind that were killed; Windows has no such locks."""
    if sys.platform == "win32":
        return
    beginning = _beginning(name)
    try:
        there = os.listdir(above)
    except OSError:
        return
    for each in there:
        token = each.removeprefix(beginning).removesuffix(".tmp")
        if each != f"{beginning}{token}.tmp" or len(token) != _TOKEN:
            continue
        path = os.path.join(above, each)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            rmtree(path, ignore_errors=True)
        except OSError:
            pass  # It is being filled, or there are no locks here.
        finally:
            os.close(descriptor)


def _beginning(name: str) -> str:
    # Not longer than a name may be.
    return f".{name[:50]}.unpacking-"
