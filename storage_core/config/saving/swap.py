"""Replaces a file so that what other programs do to it at the same moment is noticed, not lost.

Programs that take no lock may write the file in place, or put another one at its path. The old file
and the new one therefore swap their names in one step: whatever was there is then under the
temporary name and can be put back, even if it came between the last look and the swap.
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
# Old container runtimes refuse unknown calls with EPERM; renaming shows whether it is meant.
_UNSUPPORTED: Final = (
    *(errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP),
    *(errno.EPERM, errno.EACCES),
)
_PATIENCE: Final = 0.2
"""Seconds to wait for a program that is writing the old file."""


def swap(one: str, other: str) -> bool:
    """Have two files swap their names; False where the system cannot do that.

    Raises:
        OSError: the system can, but it failed.
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
    """Wait until no program has a file open for writing, if the system can tell, for a moment only.

    Args:
        file: the file, open for reading only.
    """
    if sys.platform != "linux":
        return
    import fcntl
    import signal

    until = time.monotonic() + _PATIENCE
    try:
        # When a program opens the file while the lease is held, a signal is sent to this process:
        # choose one that is ignored by default.
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
