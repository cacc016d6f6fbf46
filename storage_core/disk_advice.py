"""What to do about failures of a disk that permissions do not fix: it is full, read-only, gone."""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_ADVICE: Final = {
    errno.EROFS: "remount it for writing",
    errno.ENOSPC: "make room there and try again",
    errno.EDQUOT: "your quota there is used up: remove something, or have it raised",
    errno.EFBIG: "no file may be so large there: see to the file system, or to ulimit -f",
    errno.EMFILE: "too many files are open in this process: close some, or raise ulimit -n",
    errno.ENFILE: "too many files are open on this machine: end some programs",
    errno.ENAMETOOLONG: "the file system takes no name so long: choose a shorter one",
    errno.ESTALE: "what the network file system leads to was replaced: mount it again",
    errno.ENOTCONN: "the program that serves this file system has ended: mount it again",
    errno.EIO: "the disk fails: see the system's log",
    errno.EPERM: "it may be marked as unchangeable (lsattr shows an i or an a): run chattr -i -a",
}


def advice(error: BaseException) -> str | None:
    """What to do, to be followed by an alternative; None if there is no particular advice."""
    return _ADVICE.get(getattr(error, "errno", None) or 0)


def words(error: OSError) -> str:
    """The system's words for an error; those of an error raised by a program may differ."""
    return error.strerror or str(error) or type(error).__name__


def unkept(what: str, error: OSError) -> str:
    """The message where `what` cannot be kept in a temporary file, or no such file can be made."""
    from tempfile import gettempdir

    try:
        where = f" in {gettempdir()}"
    except OSError:
        where = ""
    return (
        f"cannot keep {what} in a temporary file{where}: {words(error)}; "
        f"{advice(error) or 'make room'}, or name another folder with TMPDIR"
    )


def is_read_only(path: str) -> bool:
    """Whether `path` lies on a file system that is mounted read-only."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except (AttributeError, OSError, ValueError):
        return False
