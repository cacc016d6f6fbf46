"""Replaces a file so that what others do to it in the same moment is seen, not lost.

Programs that take no lock may write the file in place, or put another one at its path. The old file
and the new one therefore swap their names in one step: whatever was there is then under the
temporary name, also what came between the last look and the swap, and can be put back.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from typing import Any, Final

_EXCHANGE: Final = 2
"""RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS."""

_CURRENT_FOLDER: Final = -100
# Containers of old refuse calls that they do not know by EPERM; renaming tells what is really so.
_UNSUPPORTED: Final = (
    *(errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP),
    *(errno.EPERM, errno.EACCES),
)
_PATIENCE: Final = 0.2
"""Seconds that a program which is writing the old file is given to end."""


def swap(one: str, other: str) -> bool:
    """Have two files swap their names; False where the system cannot.

    Raises:
        OSError: it can, and failed.
    """
    call = _system_call()
    if call is None:
        return False
    import ctypes

    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), other)


def await_writers(file: int) -> None:
    """Wait until nobody has a file open for writing, as far as the system tells, and not long.

    Args:
        file: the file, open for reading only.
    """
    if sys.platform != "linux":
        return
    import fcntl
    import signal

    until = time.monotonic() + _PATIENCE
    try:
        # Who opens the file while the lease is held has a signal sent here: one that is ignored.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        while time.monotonic() < until:
            try:
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            except BlockingIOError:
                time.sleep(0.002)
            else:
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
                return
    except OSError:
        pass  # No leases there, or the file is another user's.


def _system_call() -> Any:
    """What swaps two paths and returns 0, or None."""
    if os.name == "nt":
        return None
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        rename = getattr(library, "renamex_np", None)
        return rename and (lambda one, other: rename(one, other, _EXCHANGE))
    rename = getattr(library, "renameat2", None)
    here = _CURRENT_FOLDER
    return rename and (lambda one, other: rename(here, one, here, other, _EXCHANGE))
