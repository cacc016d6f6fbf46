"""What a person reads when the file cannot be locked or saved."""

from __future__ import annotations

import errno
import os
from typing import Final

from storage_core.disk_advice import advice, is_read_only
from storage_core.errors import ConfigurationError
from storage_core.paths import TEXT_VARIABLE, shortened

_ELSEWHERE: Final = "name a file elsewhere with --config or STORAGE_CONFIG"


def no_file() -> ConfigurationError:
    """Why a configuration that stands in a variable cannot be changed."""
    return ConfigurationError(
        f"the configuration stands in {TEXT_VARIABLE}, which is never written; name a file with "
        f"--config (in Python: config_path), or unset {TEXT_VARIABLE}"
    )


def beside(target: str, ending: str) -> str:
    """A hidden file next to the configuration file: its lock, or a temporary one."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{name}.{ending}")


def failure(path: str, target: str, error: Exception) -> ConfigurationError:
    """Why `target`, the file behind `path`, cannot be saved, and what to do about it."""
    parent = os.path.dirname(target)
    while not os.path.lexists(parent) and parent != os.path.dirname(parent):
        parent = os.path.dirname(parent)
    folder = shortened(parent)
    lock = beside(target, "lock")
    match getattr(error, "errno", None):
        case errno.EACCES | errno.EPERM if os.path.lexists(lock) and not os.access(lock, os.W_OK):
            what = f"its lock file {shortened(lock)} belongs to another user"
            do = "remove the lock file when no program is writing"
        case errno.EROFS:
            where = shortened(target) if is_read_only(target) else folder
            what = f"{where} is on a file system that is mounted read-only"
            do = f"remount it for writing, or {_ELSEWHERE}"
        case errno.EPERM:
            what = f"{reason(error)} for it or for {folder}"
            do = f"{advice(error)}, or {_ELSEWHERE}"
        case errno.EACCES:
            what = f"the folder {folder} is read-only"
            do = f"allow writing to it, or {_ELSEWHERE}"
        case errno.EBUSY:
            what = "the file is mounted by itself, as in a container, and cannot be replaced"
            do = f"mount its folder {folder} instead"
        case errno.ENOSPC | errno.EFBIG:
            what = f"there is no room for it on the disk ({reason(error)})"
            do = f"free some space in {folder}, then try again; nothing has changed"
        case errno.ENOTDIR | errno.EEXIST:
            what = f"{folder} is not a folder"
            do = "move what is there, or name another file with --config or STORAGE_CONFIG"
        case errno.ELOOP:
            what = f"its lock file {shortened(lock)} is a symbolic link"
            do = "remove that link"
        case errno.ENOENT:
            what = f"no file can be made in {shortened(os.path.dirname(target))}"
            do = _ELSEWHERE
        case errno.ENAMETOOLONG:
            what = "its name is too long"
            do = "name another file with --config or STORAGE_CONFIG"
        case _:
            what = reason(error)
            do = f"{advice(error) or 'check the disk'}, then try again; nothing has changed"
    return ConfigurationError(f"cannot save {shortened(path)}: {what}; {do}")


def reason(error: Exception) -> str:
    """The operating system's words for it, without a path."""
    return getattr(error, "strerror", None) or type(error).__name__
