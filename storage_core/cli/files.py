"""The person's own files: what `write` reads and `read -o` writes."""

from __future__ import annotations

import os
import stat
from secrets import token_hex

from storage_core.cli.errors import CommandFailed
from storage_core.paths import shortened


def read_file(path: str) -> bytes:
    """The bytes of a file.

    Raises:
        CommandFailed: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise CommandFailed(f"cannot read {shortened(path)} ({_reason(error)})") from error


def write_file(path: str, data: bytes) -> None:
    """Write a file whole or not at all; an existing one keeps its mode.

    What is no regular file (a device, a named pipe) cannot be replaced: it is written as it is.

    Raises:
        CommandFailed: it cannot be written.
    """
    try:
        # The file that a symbolic link names is replaced, not the link.
        target = os.path.realpath(path)
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            with open(target, "wb") as file:
                file.write(data)
        else:
            _replace(target, data, mode)
    except (OSError, ValueError) as error:
        raise CommandFailed(f"cannot write {shortened(path)} ({_reason(error)})") from error


def _replace(target: str, data: bytes, mode: int | None) -> None:
    folder, name = os.path.split(target)
    # Not longer than the name itself may be.
    temporary = os.path.join(folder, f".{name[:50]}.{token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as file:
            if mode is not None and os.name != "nt":
                os.fchmod(descriptor, stat.S_IMODE(mode))
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "not a valid path"
