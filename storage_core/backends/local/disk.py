"""The steps by which bytes get to the disk, and a name after that.

Each folder is a descriptor; failures are the system's `OSError`.
"""

from __future__ import annotations

import errno
import os

from storage_core.blobpath import temporary_name
from storage_core.errors import IntegrityError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Final, TypeVar

    T = TypeVar("T")

TRIES: Final = 5
"""How often folders are made for one blob: a connection test that ends may remove them again."""

_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS: Final = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
NO_LOCKS: Final = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
_NO_FOLDER_SYNC: Final = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF)


def make_folder(name: str, mode: int, above: int) -> bool:
    """Create one folder for good; False where it is there: another writer may be faster."""
    try:
        os.mkdir(name, mode, dir_fd=above)
    except FileExistsError:
        return False
    sync_folder(above)
    return True


def new_temporary(mode: int, folder: int) -> tuple[str, int]:
    """The name and the descriptor of a new file to write to."""
    name = temporary_name()
    return name, os.open(name, _CREATE, mode, dir_fd=folder)


def write_whole(descriptor: int, chunks: Iterable[bytes], path: str) -> None:
    """Write `chunks` and have the disk confirm them."""
    length = 0
    for chunk in chunks:
        rest = memoryview(chunk)
        length += len(rest)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    stored = os.fstat(descriptor).st_size
    if stored != length:
        raise IntegrityError(f"wrote {length} bytes to {path}, but the disk holds {stored}")
    os.fsync(descriptor)


def publish_new(temporary: str, name: str, folder: int) -> None:
    """Give the temporary file its name, or raise `FileExistsError` when that is taken."""
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        unlink(temporary, folder)
        return
    # FAT and some network file systems have no links: here writers take turns instead.
    from fcntl import LOCK_EX, flock

    try:
        flock(folder, LOCK_EX)
    except OSError as error:
        # Without locks either, two writers of one name in the same moment are not told apart.
        if error.errno not in NO_LOCKS:
            raise
    if is_taken(name, folder):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)


def is_taken(name: str, folder: int) -> bool:
    """Whether there is anything of this name in a folder."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def unlink(name: str, folder: int) -> None:
    """Remove a temporary file; one that stays is swept later."""
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        pass


def sync_folder(folder: int) -> None:
    """Make new and removed names survive a power failure, where the file system can."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def insist(call: Callable[[], T]) -> T:
    """What `call` returns, called again where a folder is gone that was there a moment before."""
    for _ in range(TRIES - 1):
        try:
            return call()
        except FileNotFoundError:
            continue
    return call()
