"""Reads the configuration file under its lock and replaces it, or leaves it as it is."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from storage_core.config.saving.disk import (
    flush_folder,
    opened_folder,
    place_new,
    rename,
    write_whole,
)
from storage_core.config.saving.failures import failure, reason
from storage_core.config.saving.lock import LOCK_TIMEOUT, locked, target_of, temporary_for
from storage_core.config.saving.swap import await_writers, swap
from storage_core.config.toml.read import read_text
from storage_core.config.toml.text import naming, parse, parse_strictly
from storage_core.disk_advice import is_read_only
from storage_core.errors import ConfigConflict, ConfigurationError
from storage_core.paths import shortened


class Fingerprint(NamedTuple):
    """What tells two versions of a file apart."""

    modified_ns: int
    size: int
    inode: int


def fingerprint(path: str) -> Fingerprint | None:
    """The fingerprint of the file behind symbolic links; None if it cannot be seen."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return Fingerprint(status.st_mtime_ns, status.st_size, status.st_ino)


class Opened:
    """The configuration file under its lock."""

    def __init__(self, path: str, text: str, fingerprint: Fingerprint | None) -> None:
        self.path = path
        self.text = text
        """What the file says; empty if there is none."""

        self._fingerprint = fingerprint

    def save(self, text: str) -> None:
        """Replace the file's text; call it once.

        Raises:
            ConfigurationError: the text is not TOML, or it cannot be saved.
            ConfigConflict: a program that takes no lock changed the file at the same moment.
        """
        with naming(self.path):
            parse_strictly(text)
        write(self.path, text, self._fingerprint, self.text.encode())


@contextmanager
def opened(path: str, timeout: float = LOCK_TIMEOUT) -> Iterator[Opened]:
    """Lock the file and read it: nobody else changes it until this block ends.

    Args:
        path: the file; one that does not exist reads as the empty text.
        timeout: seconds to wait for another program that is writing the file.

    Raises:
        ConfigurationError: the file is not TOML in UTF-8, or it cannot be locked or read.
    """
    with locked(path, timeout) as target:
        _existing(path, target)
        before = fingerprint(target)
        text = read_text(path)
        with naming(path):
            parse(text)
        yield Opened(path, text, before)


def write(path: str, text: str, expected: Fingerprint | None, read: bytes | None = None) -> None:
    """Replace the file by one with this text, or leave it as it is. Call it under the lock.

    Symbolic links stay links, permissions get no wider, and only the owner can read a new file.

    Args:
        path: the file; its folder exists, since `locked` made it.
        text: what the file is to hold.
        expected: the fingerprint of the file that was read; None: there was no file.
        read: what was read, to compare that too.

    Raises:
        ConfigurationError: it cannot be saved; the file is as before, unless the message says that
            only the disk's confirmation is missing.
        ConfigConflict: the file has changed since.
    """
    target = target_of(path)
    existing = _existing(path, target)
    if existing and is_read_only(target):
        raise failure(path, target, OSError(errno.EROFS, os.strerror(errno.EROFS)))
    if existing and not (existing.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise ConfigurationError(
            f"cannot save {shortened(path)}: the file is read-only; "
            "allow writing to it (chmod u+w) if it is meant to change"
        )
    try:
        _replace(path, target, _encoded(text, path), existing, expected, read)
    except OSError as error:
        raise failure(path, target, error) from error


def _replace(
    path: str,
    target: str,
    data: bytes,
    existing: os.stat_result | None,
    expected: Fingerprint | None,
    read: bytes | None,
) -> None:
    temporary = temporary_for(target)
    with opened_folder(os.path.dirname(target)) as folder:
        try:
            write_whole(temporary, data, target, existing)
            if fingerprint(target) != expected:
                raise _changed(path)
            if expected is None:
                if not place_new(temporary, target):
                    raise _changed(path)
            elif not swap(temporary, target):
                rename(temporary, target)
            elif not _is_what_was_read(temporary, expected, read):
                _put_back(temporary, target, data)
                raise _changed(path)
            else:
                os.unlink(temporary)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        try:
            flush_folder(folder)
        except OSError as error:
            raise ConfigurationError(
                f"{shortened(path)} is saved, but the disk did not confirm it "
                f"({reason(error)}); check the disk and look at the file again"
            ) from error


def _is_what_was_read(old: str, expected: Fingerprint, read: bytes | None) -> bool:
    """Whether nobody has changed the old file, also while it was being replaced."""
    found: bytes | None = None
    with suppress(OSError), open(old, "rb") as file:
        await_writers(file.fileno())
        found = file.read()
    # Two changes within one tick of the clock may have the same fingerprint.
    return fingerprint(old) == expected and (None in (read, found) or read == found)


def _put_back(old: str, target: str, ours: bytes) -> None:
    """Give the old file its name again, unless another program has put a third one there."""
    with suppress(OSError), open(target, "rb") as file:
        if file.read() == ours:
            swap(old, target)


def _changed(path: str) -> ConfigConflict:
    return ConfigConflict(
        f"{shortened(path)} was changed by another program just now; "
        "look at the change, then try again"
    )


def _existing(path: str, target: str) -> os.stat_result | None:
    try:
        status = os.stat(target)
    except (OSError, ValueError):
        return None
    if stat.S_ISREG(status.st_mode):
        return status
    what = "a folder" if stat.S_ISDIR(status.st_mode) else "a device or pipe"
    raise ConfigurationError(
        f"cannot save {shortened(path)}: it is {what}, not a file; "
        "move it, or name another file with --config or STORAGE_CONFIG"
    )


def _encoded(text: str, path: str) -> bytes:
    with suppress(UnicodeEncodeError):
        return text.encode("utf-8")
    raise ConfigurationError(
        f"cannot save {shortened(path)}: a value or name holds half a Unicode character; "
        "write it anew"
    )
