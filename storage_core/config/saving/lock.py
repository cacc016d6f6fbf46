"""The lock that makes programs take turns in editing the configuration file.

It is on a separate file, because each save replaces the configuration file by a new one. It is held
from reading to replacing; otherwise two programs could each save without what the other has just
added. Readers need no lock: they find the old file or the new one, both whole.

Some file systems have no locks: network folders without a lock manager, and some in FUSE. There the
lock is a file that is created exclusively (`O_EXCL`), which holds between machines too. It stays
behind when its owner dies: on this machine that is detected, else the error names the file.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from storage_core.config.saving.disk import make_and_remove, make_folder
from storage_core.config.saving.failures import beside, failure
from storage_core.errors import ConfigurationError
from storage_core.paths import shortened

if TYPE_CHECKING:
    from filelock import BaseFileLock

_MARKER: Final = "held"
"""How the name of the lock ends where the file system knows no locks."""

_NO_LOCKS: Final = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)

LOCK_TIMEOUT: Final = 10.0
"""Seconds to wait for another program that is writing the file."""


@contextmanager
def locked(path: str, timeout: float = LOCK_TIMEOUT) -> Iterator[str]:
    """Keep other programs from writing the file. One thread must not lock it twice.

    Temporary files left by programs that died while saving are deleted.

    Yields:
        The file itself, behind all symbolic links.

    Raises:
        ConfigurationError: another program holds the lock longer than `timeout` seconds, or there
            can be no lock, for example because the folder is read-only.
    """
    from filelock import Timeout

    target = target_of(path)
    try:
        make_folder(os.path.dirname(target))
        lock = _acquired(target, timeout)
    except Timeout as error:
        marker = beside(target, _MARKER)
        rest = (
            f"or remove {shortened(marker)} if that program has died on another machine"
            if error.lock_file == marker
            else "then try again"
        )
        raise ConfigurationError(
            f"cannot save {shortened(path)}: another program has been writing it for "
            f"{timeout:g} s; wait for that program or end it, {rest}"
        ) from None
    except (OSError, NotImplementedError) as error:
        raise failure(path, target, error) from error
    try:
        _sweep(target)
        yield target
    finally:
        lock.release()


def _acquired(target: str, timeout: float) -> BaseFileLock:
    from filelock import FileLock, SoftFileLock

    lock: BaseFileLock = FileLock(
        beside(target, "lock"), timeout=timeout, mode=0o600, fallback_to_soft=False
    )
    try:
        _acquire(lock, target)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        from logging import getLogger

        getLogger("storage_core").debug("no locks in %s: %s", target, error.strerror)
        lock = SoftFileLock(beside(target, _MARKER), timeout=timeout, mode=0o600)
        _acquire(lock, target)
    return lock


def _acquire(lock: BaseFileLock, target: str) -> None:
    from filelock import Timeout

    try:
        lock.acquire(blocking=False)
    except Timeout:
        if not os.path.lexists(lock.lock_file):
            # Nobody holds it: the lock file cannot be made. Some file systems, such as /proc,
            # report that with an error at which filelock would go on trying.
            make_and_remove(temporary_for(target))
        lock.acquire()


def target_of(path: str) -> str:
    """The file itself, behind all symbolic links; raises `ConfigurationError`."""
    try:
        target = os.path.realpath(path)
    except ValueError:
        raise ConfigurationError(
            f"{path!r} is no name of a file; name another with --config or STORAGE_CONFIG"
        ) from None
    if os.path.islink(target):
        raise ConfigurationError(
            f"cannot save {shortened(path)}: its symbolic links lead round in a circle; "
            "remove the link, or name another file with --config or STORAGE_CONFIG"
        )
    return target


def temporary_for(target: str) -> str:
    """A new name for a temporary file, which `_sweep` recognises."""
    return beside(target, f"{secrets.token_hex(8)}.tmp")


def _sweep(target: str) -> None:
    """Delete temporary files of broken saves: they hold secrets, and nobody uses them now."""
    folder, name = os.path.split(target)
    stray = re.compile(rf"\.{re.escape(name)}\.[0-9a-f]{{16}}\.tmp")
    with suppress(OSError), os.scandir(folder) as found:
        for each in found:
            if stray.fullmatch(each.name) and not each.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    os.unlink(each.path)
