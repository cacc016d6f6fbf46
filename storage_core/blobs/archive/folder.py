"""Which files flow code has, in the order in which an archive holds them, and what it cannot hold.

Paths are bytes where the system has them so: what a name is must not depend on the locale.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from storage_core.blobs.archive.ignoring import NO_RULES
from storage_core.blobs.archive.names import NameClash, Names, composed, fault_of, shown
from storage_core.disk_advice import words
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS: Final = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISDIR, "a folder"),
)

_NAMED: Final = 5
"""How many things a message names before it counts the rest."""


class File(NamedTuple):
    """One file, as it was when its folder was read."""

    name: str
    """Its path below the folder, as it is in the archive."""

    path: bytes
    found: os.stat_result

    @property
    def size(self) -> int:
        """Bytes."""
        return self.found.st_size

    def open(self) -> BinaryIO:
        """Open it for reading.

        Raises:
            StorageError: it cannot be read, or is another file by now.
        """
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            file = open(os.open(self.path, flags | getattr(os, "O_BINARY", 0)), "rb")  # noqa: SIM115
        except OSError as error:
            raise self._failure(error) from error
        try:
            self.require_unchanged(file)
        except BaseException:
            file.close()
            raise
        return file

    def require_unchanged(self, file: BinaryIO) -> None:
        """Raise `StorageError` if the open file is not as it was found."""
        if _state(os.fstat(file.fileno())) != _state(self.found):
            raise changed(self.path)

    def _failure(self, error: OSError) -> StorageError:
        # If it is a link or gone now, it has changed: it was a regular file when it was found.
        is_other = isinstance(error, FileNotFoundError) or os.path.islink(self.path)
        return changed(self.path) if is_other else unreadable(self.path, error)


class FlowCode(NamedTuple):
    """What goes into an archive."""

    path: str
    """As the caller named it: a folder, or a script."""

    files: list[File]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def flow_code_at(path: str | os.PathLike[str]) -> FlowCode:
    """The files of a folder, or the one of a script.

    Raises:
        StorageError: it is neither, cannot be read, holds what an archive cannot hold, or nothing.
    """
    given = os.fspath(path)
    try:
        # `path` itself may be a link, since the caller has named it.
        found = os.stat(given)
        encoded = os.fsencode(given)
    except (OSError, ValueError) as error:
        raise _nowhere(given, error) from error
    if stat.S_ISDIR(found.st_mode):
        files = _files_in(encoded, given)
    elif stat.S_ISREG(found.st_mode):
        files = [_script(encoded, found)]
    else:
        raise StorageError(
            f"cannot read {given}: it is {_kind(found.st_mode)}; name a folder or a script"
        )
    # Sort by bytes: the order must not depend on a locale or on the code units of a language.
    files.sort(key=lambda file: file.name.encode())
    return FlowCode(given, files)


def changed(path: bytes) -> StorageError:
    """The error for a file that has changed meanwhile."""
    return StorageError(f"{shown(path)} changed while it was being stored; try again")


def unreadable(path: bytes, error: OSError) -> StorageError:
    """The error for a file or folder that cannot be read."""
    return StorageError(
        f"cannot read {shown(path)}: {words(error)}; make it readable, or name it in .storageignore"
    )


def _files_in(folder: bytes, given: str) -> list[File]:
    walk = _Walk()
    files = list(walk.files(folder))
    if problems := walk.problems:
        more = f"; and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
        raise StorageError(
            f"{given} holds what flow code cannot: {'; '.join(problems[:_NAMED])}{more}; "
            "remove or rename it, or name it in .storageignore"
        )
    if not files:
        left_out = f" but what is left out ({walk.left_out})" if walk.left_out else ""
        raise StorageError(f"{given} holds no files{left_out}; name the folder of a flow")
    return files


class _Walk:
    """Walks through a folder, and notes what has to be refused."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.left_out = 0
        self._names = Names()

    def files(self, folder: bytes) -> Iterator[File]:
        """Yield the files below a folder, in no particular order."""
        waiting = [(folder, b"", NO_RULES)]
        while waiting:
            folder, above, rules = waiting.pop()
            entries = list(_entries(folder))
            plain = {entry.name for entry, found in entries if stat.S_ISREG(found.st_mode)}
            rules = rules.below(folder, above, plain)
            for entry, found in entries:
                name = b"/".join((above, entry.name)) if above else entry.name
                is_folder = stat.S_ISDIR(found.st_mode)
                if rules.leave_out(_composed(name), is_folder=is_folder):
                    self.left_out += 1
                elif is_folder:
                    waiting.append((entry.path, name, rules))
                elif file := self._file(name, entry.path, found):
                    yield file

    def _file(self, name: bytes, path: bytes, found: os.stat_result) -> File | None:
        problem = ""
        try:
            text = name.decode()
        except UnicodeDecodeError:
            self.problems.append(f"{shown(name)} has a name that is not UTF-8")
            return None
        try:
            if not stat.S_ISREG(found.st_mode):
                problem = f"{shown(text)} is {_kind(found.st_mode)}"
            elif why := fault_of(composed(text)):
                problem = f"{shown(text)} {why}"
            else:
                self._names.add(text)
        except NameClash as clash:
            problem = str(clash)
        if problem:
            self.problems.append(problem)
            return None
        return File(composed(text), path, found)


def _script(path: bytes, found: os.stat_result) -> File:
    try:
        name = composed(os.path.basename(path).decode())
        why = fault_of(name)
    except UnicodeDecodeError:
        why = "has a name that is not UTF-8"
    if why:
        raise StorageError(f"cannot store {shown(path)}: it {why}; rename it")
    return File(name, os.path.realpath(path), found)


def _entries(folder: bytes) -> Iterator[tuple[os.DirEntry[bytes], os.stat_result]]:
    """What is in a folder; links are not followed."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    yield entry, entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    raise changed(entry.path) from None
    except OSError as error:
        raise unreadable(folder, error) from error


def _composed(name: bytes) -> bytes:
    """`name` in the same Unicode form on every system, for matching patterns."""
    if name.isascii():
        return name
    try:
        return composed(name.decode()).encode()
    except UnicodeDecodeError:
        return name


def _state(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _kind(mode: int) -> str:
    for is_kind, kind in _KINDS:
        if is_kind(mode):
            return kind
    return "no file"


def _nowhere(given: str, error: OSError | ValueError) -> StorageError:
    why = getattr(error, "strerror", None) or "not a valid path"
    return StorageError(f"cannot read {given}: {why}; name a folder or a script")
