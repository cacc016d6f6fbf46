"""The system calls of a save, one by one; `replace` knows their order.

It is restic's: write a temporary file in the same folder, compare its length, flush it, rename it
over the old file, flush the folder.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_NEW_FILE_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_ACL: Final = "system.posix_acl_access"
_WINDOWS_ATTEMPTS: Final = 20


def write_whole(temporary: str, data: bytes, target: str, existing: os.stat_result | None) -> None:
    """Make the temporary file, with the permissions of `target`, and flush it to the disk."""
    file = os.open(temporary, _NEW_FILE_FLAGS, 0o600)
    try:
        rest = memoryview(data)
        while rest and (taken := os.write(file, rest)):
            rest = rest[taken:]
        if os.fstat(file).st_size != len(data):
            raise OSError(errno.EIO, "the disk took fewer bytes than it was given")
        if os.name != "nt":
            _keep_permissions(file, target, existing)
        os.fsync(file)
    finally:
        os.close(file)


def _keep_permissions(file: int, target: str, existing: os.stat_result | None) -> None:
    """Give the new file the owner and permissions of the old one, or narrower ones."""
    if existing is None:
        os.fchmod(file, 0o600)
        return
    mode = stat.S_IMODE(existing.st_mode) & 0o777
    if not _keep_owner(file, existing):
        os.fchmod(file, mode & ~0o070)
        return
    if sys.platform == "linux" and (access_list := _access_list(target)):
        # With an access list, the group bits of the mode hold the list's mask.
        try:
            os.setxattr(file, _ACL, access_list)
            return
        except OSError:
            mode &= ~0o070
    os.fchmod(file, mode)


def _keep_owner(file: int, existing: os.stat_result) -> bool:
    """Give the new file the old one's owner if allowed; returns whether the group is the same."""
    new = os.fstat(file)
    if (new.st_uid, new.st_gid) == (existing.st_uid, existing.st_gid):
        return True
    for user in (existing.st_uid, -1):
        try:
            os.fchown(file, user, existing.st_gid)
        except OSError:
            continue
        return True
    return False


def _access_list(path: str) -> bytes | None:
    if sys.platform == "linux":
        with suppress(OSError):
            return os.getxattr(path, _ACL)
    return None


def rename(temporary: str, target: str) -> None:
    """Put the temporary file in place of `target`."""
    for attempt in range(_WINDOWS_ATTEMPTS):
        try:
            return os.replace(temporary, target)
        except PermissionError:
            # Windows refuses while another program has the file open.
            if os.name != "nt" or attempt == _WINDOWS_ATTEMPTS - 1:
                raise
            time.sleep(0.01 * (attempt + 1))


def place_new(temporary: str, target: str) -> bool:
    """Put the temporary file at `target`; False if there is a file by now."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except (OSError, NotImplementedError):
        rename(temporary, target)  # No hard links there, or a failure that this meets again.
    else:
        os.unlink(temporary)
    return True


@contextmanager
def opened_folder(folder: str) -> Iterator[int | None]:
    """Open the folder so that it can be flushed; None on systems that cannot."""
    if os.name == "nt":
        yield None
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield opened
    finally:
        os.close(opened)


def flush_folder(folder: int | None) -> None:
    """Flush the folder's entries to the disk."""
    if folder is None:
        return
    try:
        os.fsync(folder)
    except OSError as error:
        # Some network file systems cannot flush a folder.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise


def make_and_remove(path: str) -> None:
    """Raise `OSError` if no new file can be made here."""
    with open(path, "xb"):
        pass
    os.unlink(path)


def make_folder(folder: str) -> None:
    """Make a folder and its missing parents, for the owner only."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for new in reversed(missing):
        with suppress(FileExistsError):
            os.mkdir(new, 0o700)
        with opened_folder(os.path.dirname(new)) as parent:
            flush_folder(parent)
