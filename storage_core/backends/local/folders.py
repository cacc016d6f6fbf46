"""Folders below one that is trusted, opened by descriptors and never through a symbolic link.

So nobody who can write into the trusted folder can lead a read or a write out of it.
"""

from __future__ import annotations

import errno
import os

from storage_core.backends.local.disk import make_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableSequence
    from typing import Final

_NO_NAMES: Final = frozenset({"", ".", ".."})
"""Segments that would lead upwards or nowhere; paths are checked for them before as well."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Folders:
    """The folders below `top`, which may be a symbolic link, or be reached through one."""

    def __init__(self, top: str, mode: int) -> None:
        """Name the top; new folders get `mode`, less what the umask takes."""
        self.top = top
        self._mode = mode

    def open(
        self, inner: str, *, create: bool = False, made: MutableSequence[str] | None = None
    ) -> int:
        """Open a folder below the top and return its descriptor, which the caller closes.

        Args:
            inner: its path below the top; empty for the top itself.
            create: make it, and the folders above it, where they are missing.
            made: the folders that are made are appended to it.

        Raises:
            OSError: the system's.
        """
        names = inner.split("/") if inner else []
        if not _NO_NAMES.isdisjoint(names):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), inner)
        folder = self._open_top(create=create, made=made)
        shown = self.top
        for name in names:
            above, shown = folder, f"{shown}/{name}"
            try:
                folder = self._open_in(above, name, shown, create=create, made=made)
            finally:
                os.close(above)
        return folder

    def _open_in(
        self, above: int, name: str, shown: str, *, create: bool, made: MutableSequence[str] | None
    ) -> int:
        try:
            return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
        except FileNotFoundError:
            if not create:
                raise
        if make_folder(name, self._mode, above) and made is not None:
            made.append(shown)
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=above)

    def _open_top(self, *, create: bool, made: MutableSequence[str] | None) -> int:
        try:
            return os.open(self.top, _FOLDER)
        except FileNotFoundError:
            if not create:
                raise
        self._make(self.top, made)
        return os.open(self.top, _FOLDER)

    def _make(self, path: str, made: MutableSequence[str] | None) -> None:
        parent, name = os.path.split(path)
        try:
            above = os.open(parent, _FOLDER)
        except FileNotFoundError:
            self._make(parent, made)
            above = os.open(parent, _FOLDER)
        try:
            if make_folder(name, self._mode, above) and made is not None:
                made.append(path)
        finally:
            os.close(above)
