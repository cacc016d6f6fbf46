"""What a failure of the disk means to a person: its class, and its one line."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from storage_core.errors import AccessDenied, ConfigurationError, StorageUnavailable
from storage_core.printable import printable

if TYPE_CHECKING:
    from storage_core.errors import StorageError

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


def failure(doing: str, path: str, error: OSError, top: str) -> StorageError:
    """The error to raise for the system's.

    Args:
        doing: what was tried: "read".
        path: of the file or folder.
        error: the system's.
        top: the folder above which links are followed.
    """
    shown = printable(path)
    what = f"cannot {doing} {shown}: {os.strerror(error.errno or 0)}"
    if error.errno in _FULL:
        return StorageUnavailable(f"{what}; make room there and try again")
    if error.errno in _DENIED:
        return AccessDenied(f"{what}; change its permissions or choose another folder")
    if error.errno == errno.EISDIR:
        return AccessDenied(f"{what}; remove the folder that has the name of a blob")
    if error.errno in (errno.ENOTDIR, errno.ELOOP):
        if _leads_away(path, top):
            return AccessDenied(
                f"cannot {doing} {shown}: symbolic links are not followed; remove the one there"
            )
        return ConfigurationError(f"{what}; a folder is needed here, so choose another one")
    return StorageUnavailable(f"{what}; see to the disk or choose another folder")


def irregular(path: str) -> AccessDenied:
    """The error for what is there in place of a regular file."""
    return AccessDenied(
        f"cannot use {printable(path)}: only regular files are, and links are not followed; "
        "choose another path"
    )


def _leads_away(path: str, top: str) -> bool:
    """Whether a link stands at `path`, or in place of a folder between it and `top`."""
    while len(path) > len(top):
        if os.path.islink(path):
            return True
        path = os.path.dirname(path)
    return False
