"""Errors for failures of the disk: their class, and their one line."""

from __future__ import annotations

import errno
import os
import stat

from storage_core.disk_advice import advice, is_read_only, words
from storage_core.errors import AccessDenied, ConfigurationError, StorageUnavailable
from storage_core.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from storage_core.errors import StorageError

_DENIED: Final = (errno.EPERM, errno.EROFS)
_MISNAMED: Final = (errno.ENAMETOOLONG,)


def failure(doing: str, path: str, error: OSError, top: str) -> StorageError:
    """The error to raise in place of the system's.

    Args:
        doing: what was tried: "read".
        path: of the file or folder.
        error: the system's.
        top: the trusted folder: only in its own path are symbolic links followed.
    """
    shown = printable(path)
    what = f"cannot {doing} {shown}: {os.strerror(error.errno) if error.errno else words(error)}"
    kind: type[StorageError]
    if do := advice(error):
        kind = StorageUnavailable
        if error.errno in _DENIED:
            kind = AccessDenied
        elif error.errno in _MISNAMED:
            kind = ConfigurationError
        return kind(f"{what}; {do}, or choose another folder")
    if error.errno == errno.EACCES:
        whose = _what_denies(doing, path, top)
        return AccessDenied(f"{what}; change the permissions of {whose} or choose another folder")
    if error.errno == errno.EISDIR:
        return AccessDenied(f"{what}; remove the folder that has the name of a blob")
    if error.errno in (errno.ENOTDIR, errno.ELOOP):
        if _is_through_link(path, top):
            return AccessDenied(
                f"cannot {doing} {shown}: symbolic links are not followed; remove the one there"
            )
        return ConfigurationError(f"{what}; a folder is needed here, so choose another one")
    return StorageUnavailable(f"{what}; see to the disk or choose another folder")


def irregular(path: str, mode: int) -> AccessDenied:
    """The error where there is something else than a regular file.

    Args:
        path: where.
        mode: the `st_mode` of what is there.
    """
    error = AccessDenied(
        f"cannot use {printable(path)}: only regular files are, and links are not followed; "
        "choose another path"
    )
    if stat.S_ISDIR(mode):
        error.__cause__ = IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    return error


def unwritable(path: str, folder: str) -> AccessDenied:
    """The error where a new folder would lie in one that cannot be written to."""
    error = AccessDenied(
        str(failure("create", path, OSError(errno.EROFS, ""), path))
        if is_read_only(folder)
        else f"cannot create {printable(path)}: {printable(folder)} is not writable; "
        "change its permissions or choose another folder"
    )
    error.while_creating = True
    return error


def _what_denies(doing: str, path: str, top: str) -> str:
    """What denies access: the first such folder on the way, else `path` itself, else its folder."""
    path = path.rstrip(os.sep)
    parts = path.split(os.sep)
    for count in range(2, len(parts)):
        above = os.sep.join(parts[:count])
        # The top and every folder below it are opened, which needs the permission to read them.
        wanted = os.X_OK | os.R_OK if len(above) >= len(top) else os.X_OK
        if os.path.isdir(above) and not os.access(above, wanted):
            return printable(above)
    if os.path.isdir(path):
        denies = doing != "delete" and not os.access(path, os.X_OK | os.R_OK)
    else:
        # Replacing or deleting a file depends on the permissions of its folder only.
        denies = doing == "read" and os.path.lexists(path) and not os.access(path, os.R_OK)
    if denies:
        return printable(path)
    while (path := os.path.dirname(path)) and not os.path.isdir(path):
        continue
    return printable(path)


def _is_through_link(path: str, top: str) -> bool:
    """Whether `path`, or a folder between it and `top`, is a symbolic link."""
    while len(path) > len(top):
        if os.path.islink(path):
            return True
        path = os.path.dirname(path)
    return False
