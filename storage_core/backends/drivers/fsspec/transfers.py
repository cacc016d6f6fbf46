"""What file systems share that know whole files and a way to rename them, such as FTP and SFTP."""

from __future__ import annotations

from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable


class OneTransferEach:
    """The part of fsspec's interface that is the same wherever a blob is one transfer."""

    def _load(self, path: str) -> tuple[bytes, int | None]:
        """A whole file, and the size that the server says it has, if it does."""
        raise NotImplementedError

    def store(self, path: str, file: BinaryIO) -> None:
        """Write a whole file."""
        raise NotImplementedError

    def _is_folder(self, path: str) -> bool:
        raise NotImplementedError

    def _make_folder(self, path: str) -> None:
        raise NotImplementedError

    def cat_file(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        """A whole file, compared with the size that the server says it has."""
        data, size = self._load(path)
        if size not in (None, len(data)):
            raise ConnectionError(f"{len(data)} bytes came instead of {size}")
        return data[start:end]

    def makedirs(self, path: str, exist_ok: bool = True) -> None:
        """Create a folder, and those above it where they are missing."""
        if not path or self._is_folder(path):
            return
        self.makedirs(path.rpartition("/")[0])
        try:
            self._make_folder(path)
        except OSError:
            # Another writer may have been faster.
            if not self._is_folder(path):
                raise


def replace(
    rename: Callable[[str, str], object], remove: Callable[[str], object], old: str, new: str
) -> None:
    """Rename a file onto another one where that cannot be done in one step.

    The other one goes aside first and comes back if this fails. If the connection breaks in that
    moment it stays there, under a name that is no blob's and that no listing takes away.
    """
    aside = f"{new}~old-{token_hex(4)}"
    rename(new, aside)
    try:
        rename(old, new)
    except BaseException:
        with suppress(Exception):
            rename(aside, new)
        raise
    with suppress(OSError):
        remove(aside)
