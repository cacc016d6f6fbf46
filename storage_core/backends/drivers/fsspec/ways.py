"""How a file system takes a file in and gives it its name, where that differs."""

from __future__ import annotations

import errno
import re
from contextlib import suppress
from functools import partial
from secrets import token_hex
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

from fsspec import AbstractFileSystem

from storage_core.backends.base import CHUNK_SIZE
from storage_core.backends.drivers.fsspec import webdav
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from storage_core.backends.drivers.fsspec.calls import Calls
    from storage_core.backends.source import Source

    Rename: TypeAlias = Callable[[str, str, bool], None]
    """Gives a file another name, which the last argument says is to be free."""


_QUOTED: Final = re.compile("%[0-9A-Fa-f]{2}|[?#;]")


class Ways(Protocol):
    """What differs from one file system to another."""

    @property
    def rename(self) -> Rename | None:
        """None where there is no way: then a file is written under its own name."""

    @property
    def has_condition(self) -> bool:
        """Whether `rename` itself refuses a name that is taken, rather than look first."""

    @property
    def opening(self) -> Mapping[str, Any]:
        """How a file is opened for reading, besides its path."""

    def check_path(self, path: str) -> None:
        """Raise `UnsupportedOperation` for a path that the file system would take for another."""

    async def upload(self, path: str, source: Source) -> None:
        """Store bytes in a new file."""

    async def upload_new(self, path: str, source: Source) -> None:
        """The same under the name that counts, after `CannotRename`."""

    async def make_folder(self, path: str) -> None:
        """Create a folder, and those above it where they are missing."""

    async def remove_folder(self, path: str) -> None:
        """Remove a folder in which nothing is."""

    async def hang_up(self) -> None:
        """Close the connections."""


class UsualWays:
    """By fsspec's own interface."""

    has_condition = False
    opening: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, calls: Calls) -> None:
        """Look whether the file system renames; to copy and to delete is no way to do it."""
        self._calls = calls
        renames = not calls.is_async and type(calls.fs).mv is not AbstractFileSystem.mv
        self.rename: Rename | None = partial(_rename, calls.fs) if renames else None

    def check_path(self, path: str) -> None:
        """None is."""

    async def upload(self, path: str, source: Source) -> None:
        """At once if it is in memory, else by the path of a copy: that of the file may change."""
        if source.is_in_memory:
            await self._calls.do("pipe_file", path, source.whole())
            return
        with NamedTemporaryFile() as copy:
            for part in source.parts(CHUNK_SIZE):
                copy.write(part)
            copy.flush()
            await self._calls.do("put_file", copy.name, path)

    async def upload_new(self, path: str, source: Source) -> None:
        """As always: the others rename, or never do."""
        await self.upload(path, source)

    async def make_folder(self, path: str) -> None:
        """By `makedirs`."""
        await self._calls.do("makedirs", path, exist_ok=True)

    async def remove_folder(self, path: str) -> None:
        """By `rmdir`."""
        await self._calls.in_turn(self._calls.fs.rmdir, path)

    async def hang_up(self) -> None:
        """Nothing to do: fsspec has no word for it."""


class HTTPWays(UsualWays):
    """By fsspec's interface, which has the connections of its HTTP beside it."""

    async def hang_up(self) -> None:
        """Close the connections."""
        session = await self._calls.fs.set_session()
        await session.close()


class FTPWays(UsualWays):
    """By `FTP`, which can refuse to rename onto a file, and hang up."""

    def __init__(self, calls: Calls) -> None:
        """Take an `FTP`."""
        super().__init__(calls)
        fs = calls.fs

        def rename(old: str, new: str, create: bool) -> None:
            if create:
                fs.rename_new(old, new)
            else:
                _rename(fs, old, new, False)

        self.rename = rename

    async def upload(self, path: str, source: Source) -> None:
        """In one transfer."""
        await self._calls.in_turn(self._calls.fs.store, path, source.opened())

    async def hang_up(self) -> None:
        """Close the connection."""
        await in_thread(self._calls.fs.close)


class WebDAVWays:
    """By webdav4's client; fsspec's way makes four requests more to see whether a folder exists."""

    has_condition = True
    opening: Mapping[str, Any] = MappingProxyType({"block_size": CHUNK_SIZE})
    """webdav4 holds several blocks at a time, of 5 MiB if left alone."""

    def __init__(self, calls: Calls) -> None:
        """Take a file system of webdav4."""
        self._calls = calls
        self._client = calls.fs.client

    def rename(self, old: str, new: str, create: bool) -> None:
        """In one step, which the server can be told not to take onto a file."""
        webdav.rename(self._client, old, new, create)

    def check_path(self, path: str) -> None:
        """httpx takes a % and two digits for a quoted character, and ? # ; for more than a name."""
        if found := _QUOTED.search(path):
            raise UnsupportedOperation(
                f"path {path} cannot be used on WebDAV: {found[0]} would be read as something "
                "else; choose a name without it"
            )

    async def upload(self, path: str, source: Source) -> None:
        """In one request."""
        await self._calls.in_turn(webdav.upload, self._client, source.opened(), source.size, path)

    async def upload_new(self, path: str, source: Source) -> None:
        """In one request that says so."""
        await self._calls.in_turn(
            webdav.upload, self._client, source.opened(), source.size, path, new=True
        )

    async def make_folder(self, path: str) -> None:
        """From the folder itself upwards: mostly one request is enough."""
        await self._calls.in_turn(webdav.make_folder, self._client, path)

    async def remove_folder(self, path: str) -> None:
        """In one request, which would take along what has just been written into it."""
        await self._calls.in_turn(self._client.remove, path)

    async def hang_up(self) -> None:
        """Close the connections."""
        await in_thread(self._client.http.close)


def _rename(fs: Any, old: str, new: str, create: bool) -> None:
    try:
        fs.mv(old, new)
    except OSError as error:
        if create or error.errno != errno.EEXIST:
            raise
        replace(fs.mv, fs.rm_file, old, new)


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
