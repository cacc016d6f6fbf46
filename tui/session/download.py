"""Downloading a blob into a file. All of it blocks: call it in threads."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Final, NamedTuple

from storage_core.disk_advice import words
from storage_core.errors import ConfigurationError, StorageError
from storage_core.paths import absolute

CHUNK: Final = 1024 * 1024
"""Bytes between two reports of progress."""


class Download:
    """A blob on its way to a file, which appears when it is complete, or not at all.

    Args:
        target: where it goes.
        replace: whether a file there may be replaced.
    """

    def __init__(self, target: Path, *, replace: bool) -> None:
        self._target = target
        self._replace = replace
        self._part = target.with_name(f".{target.name[:100]}.{token_hex(6)}.part")

    def run(self, key: str, source: BinaryIO) -> Iterator[int]:
        """Copy everything; see `OpenedStore.fetched`."""
        try:
            with closing(source), self._part.open("xb") as file:
                done = 0
                while True:
                    with readable(key):
                        chunk = some(source, CHUNK)
                    if not chunk:
                        break
                    file.write(chunk)
                    done += len(chunk)
                    yield done
            self._put_in_place()
        except OSError as error:
            raise StorageError(
                f"cannot write {self._target}: {words(error)}; name another file"
            ) from error
        finally:
            self.give_up()

    def _put_in_place(self) -> None:
        if self._replace:
            # Keep the mode: whoever could not read the old file must not read the new one.
            self._part.chmod(stat.S_IMODE(self._target.stat().st_mode))
            self._part.replace(self._target)
            return
        try:
            # Unlike a rename, this never replaces a file that has appeared meanwhile.
            self._target.hardlink_to(self._part)
        except FileExistsError:
            raise StorageError(f"{self._target} is there by now; name another file") from None
        except OSError:
            if self._target.exists():
                raise
            self._part.replace(self._target)

    def give_up(self) -> None:
        """Remove what is written so far."""
        with suppress(OSError):
            self._part.unlink(missing_ok=True)


class Place(NamedTuple):
    """What is at the path where a download is to go."""

    target: Path
    problem: str = ""
    exists: bool = False


def place_of(entered: str, name: str) -> Place:
    """Look at the path that was entered for the blob `name`; a folder means the file in it."""
    try:
        target = Path(absolute(entered))
    except ConfigurationError as error:
        return Place(Path(entered), str(error))
    try:
        if target.is_dir() or entered.endswith(os.sep):
            target = target / name
    except (OSError, ValueError):
        # Reported below.
        pass
    return looked_at(target)


def looked_at(target: Path) -> Place:
    """What is at a path where a file is to be."""
    try:
        if not target.parent.is_dir():
            return Place(target, f"there is no folder {target.parent}; name another")
        # The file that a link leads to is replaced, not the link.
        target = target.resolve()
        if target.is_dir():
            return Place(target, f"{target} is a folder; name a file")
        if target.exists() and not target.is_file():
            return Place(target, f"{target} is no regular file; name another")
        return Place(target, exists=target.exists())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return Place(target, f"cannot write {target}: {reason}; name another file")


def folder_proposed() -> str:
    """Where blobs would be downloaded to: `~/Downloads`, else the current folder."""
    try:
        has_folder = Path(absolute("~/Downloads")).is_dir()
    except ConfigurationError:
        has_folder = False
    return "~/Downloads" if has_folder else os.curdir


def proposed(name: str) -> str:
    """Where a blob of this name would be downloaded to."""
    return os.path.join(folder_proposed(), name)  # noqa: PTH118 (`./name` says what Path would swallow)


def some(source: BinaryIO, size: int) -> bytes:
    """Read at least one byte unless at the end; fetch no more than `size` where possible."""
    read: Callable[[int], bytes] = getattr(source, "read1", source.read)
    return read(size)


@contextmanager
def readable(key: str) -> Iterator[None]:
    # A local blob is a plain file, which raises the system's errors.
    try:
        yield
    except OSError as error:
        raise StorageError(f"cannot read {key}: {words(error)}; try again") from error
