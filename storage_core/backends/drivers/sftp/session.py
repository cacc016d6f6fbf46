"""One attempt at each operation on a folder of an SFTP server.

A blob is written under a temporary name and renamed when it is complete. A chosen key is never
overwritten if the server refuses to rename onto a file that exists; OpenSSH checks and renames in
one step. Old servers cannot replace a file in one step: there the old blob is missing for a moment.
"""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import asynccontextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

import asyncssh

from storage_core.backends.base import Info, time_at
from storage_core.backends.drivers.folders import Found, Walk
from storage_core.backends.drivers.sftp import transfer
from storage_core.backends.remote.driver import Kept, Page, Part, Received
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.worker import beside
from storage_core.backends.source import Source
from storage_core.blobpath import (
    BlobPath,
    Prefix,
    refuse_temporary,
    temporary_name,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from storage_core.backends.remote.driver import Afterwards

_MISSING: Final = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_REFUSED: Final = (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists)
_SECONDS_TO_CLOSE: Final = 1.0


class SFTPSession:
    """The requests of one connection, which several calls may make at once."""

    has_condition = True

    def __init__(
        self,
        connection: asyncssh.SSHClientConnection,
        client: asyncssh.SFTPClient,
        root: str,
        *,
        fault: Callable[[BaseException], Fault],
        afterwards: Afterwards,
    ) -> None:
        """Begin with a client that is signed in.

        Args:
            connection: the client's connection.
            client: asyncssh's client.
            root: comes before each path: empty, or ends with a slash.
            fault: tells which kind of failure an error stands for.
            afterwards: schedules the removal of what a failed attempt has left.
        """
        self.is_lost = False
        self._connection = connection
        self._client = client
        self._root = root
        self._fault = fault
        self._afterwards = afterwards
        self._folders: set[bytes] = set()
        """Folders that existed when they were last looked at."""

        self._plain: set[bytes] = set()
        """Folders below the root that were not links when they were last looked at."""

        self._calls = 0
        """The number of calls under way."""

        self._may_hang = False
        """Whether a call was given up, and none has been answered since."""

    async def close(self) -> None:
        """Close the connection, without waiting long for a server that does not answer."""
        if self.is_lost:
            self._connection.abort()
        else:
            self._connection.close()
        try:
            async with asyncio.timeout(_SECONDS_TO_CLOSE):
                await self._connection.wait_closed()
        except TimeoutError:
            self._connection.abort()

    async def find(self) -> None:
        """Check that the server answers. A missing folder is no error if the user's own exists."""
        folder = _encoded(self._root.rstrip("/") or self._root)
        async with self._call():
            try:
                await self._client.stat(folder or b".")
            except _MISSING:
                if folder in (b"", b"/"):
                    raise
                await self._client.stat(b".")

    async def get(self, path: BlobPath, received: Received) -> None:
        """Read the whole file."""
        async with self._call():
            where = self._where(path)
            await self._refuse_links(where)
            file = await self._open(where, "rb")
            try:
                size = (await file.stat()).size
                await transfer.read(self._client, file, 0, size, received)
            finally:
                _let_go(file)
            if size not in (None, came := sum(map(len, received))):
                raise ConnectionError(f"{came} bytes came instead of {size}")

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Read a part of the file, which stays open for the next one."""
        async with self._call():
            if kept.of is not self:
                where = self._where(path)
                await self._refuse_links(where)
                file = await self._open(where, "rb")

                async def end() -> None:
                    _let_go(file)

                kept.file, kept.of, kept.end = file, self, end
            await transfer.read(self._client, kept.file, start, size, received)
        return Part()

    async def head(self, path: BlobPath) -> Info:
        """Ask for the file's size and time."""
        async with self._call():
            where = self._where(path)
            await self._refuse_links(where)
            found = await self._client.lstat(where)
        if not _is_file(found):
            raise FileNotFoundError(path)
        size = found.size
        if size is None:
            received: Received = []
            await self.get(path, received)
            size = sum(map(len, received))
        return Info(size, _time_of(found))

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Write the file under a temporary name, and rename it when it is complete."""
        await self.put_stream(path, Source.of(data), create=create)

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Write the file under a temporary name, and rename it when it is complete."""
        refuse_temporary(path)
        target = self._where(path)
        folder, slash, _ = target.rpartition(b"/")
        written = folder + slash + temporary_name().encode()
        began = False
        try:
            async with self._call():
                await self._refuse_links(folder)
                await self._make_folder(folder)
                began = True
                file = await self._open(written, "wb")
                try:
                    await transfer.write(self._client, file, source)
                except BaseException:
                    _let_go(file)
                    raise
                await file.close()
                stored = (await self._client.stat(written)).size
                if stored not in (None, source.size):
                    raise ConnectionError(f"{stored} bytes were stored instead of {source.size}")
                await (self._rename_new if create else self._rename)(written, target)
        except BaseException:
            self._folders.discard(folder)
            if began:
                self._afterwards(lambda session: session.remove(written))
            raise

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Return False: few servers can copy, and those show a copy before it is complete."""
        return False

    async def delete(self, path: BlobPath) -> None:
        """Delete the file."""
        where = self._where(path)
        async with self._call():
            await self._refuse_links(where.rpartition(b"/")[0])
        await self.remove(where)

    async def remove(self, where: bytes) -> None:
        """Delete a file by its whole path."""
        async with self._call():
            await self._client.remove(where)

    async def has_folder(self, prefix: Prefix) -> bool:
        """Ask whether there is a folder."""
        folder = self._folder(prefix)
        async with self._call():
            await self._refuse_links(folder)
            return await self._is_folder(folder or b".")

    async def make_folder(self, prefix: Prefix) -> None:
        """Create the folder."""
        folder = self._folder(prefix)
        self._folders.discard(folder)
        async with self._call():
            await self._refuse_links(folder)
            await self._make_folder(folder)

    async def remove_folder(self, prefix: Prefix) -> None:
        """Remove an empty folder. It is listed first, since few servers say why they refuse."""
        folder = self._folder(prefix)
        if any(each.filename not in (b".", b"..") for each in await self._names_in(folder)):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))
        self._folders.clear()
        self._plain.clear()
        async with self._call():
            await self._client.rmdir(folder)

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """List one folder. Those below it are the next pages."""
        walk = Walk(prefix, token)
        folder = _encoded(f"{self._root}{walk.prefix}")
        found = []
        for each in await self._names_in(folder.rstrip(b"/") or folder):
            raw, attributes = each.filename, each.attrs
            assert isinstance(raw, bytes)
            found.append(
                Found(
                    raw.decode(errors="replace"),  # Others may have stored names in any encoding.
                    folder + raw,
                    attributes.type == asyncssh.FILEXFER_TYPE_DIRECTORY,
                    _is_file(attributes),
                    attributes.size,
                    _time_of(attributes),
                )
            )
        return walk.page(found, delimiter=delimiter, clean_up=self._clean_up)

    async def _names_in(self, folder: bytes) -> list[asyncssh.SFTPName]:
        try:
            async with self._call():
                await self._refuse_links(folder)
                return [each async for each in self._client.scandir(folder or b".")]
        except _MISSING:
            await self.find()
            return []

    async def _refuse_links(self, where: bytes) -> None:
        """Check that no part of a path below the root is a symbolic link.

        A link that is created between this check and the request is followed: the protocol has no
        way to prevent that.

        Raises:
            PermissionError: one is a link.
        """
        inner = where[len(_encoded(self._root)) :]
        end = len(where) - len(inner)
        for segment in inner.split(b"/") if inner else ():
            end += len(segment)
            each = where[:end]
            end += 1
            if each in self._plain:
                continue
            try:
                found = await self._client.lstat(each)
            except _MISSING:
                return
            if found.type == asyncssh.FILEXFER_TYPE_SYMLINK:
                raise PermissionError(f"{os.fsdecode(each)} is a link, which is not followed")
            if found.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
                self._plain.add(each)

    def _folder(self, prefix: Prefix) -> bytes:
        """The whole path of a folder."""
        folder = _encoded(f"{self._root}{prefix}")
        return folder.rstrip(b"/") or folder

    def _where(self, path: BlobPath) -> bytes:
        """The whole path of a blob."""
        return _encoded(f"{self._root}{path}")

    def _clean_up(self, where: bytes) -> None:
        self._afterwards(lambda session: session.remove(where))

    @asynccontextmanager
    async def _call(self) -> AsyncIterator[None]:
        """Watch during a call whether the connection still works."""
        self._calls += 1
        try:
            yield
        except asyncio.CancelledError:
            self._may_hang = True
            raise
        except Exception as error:
            self._may_hang = False
            if self._fault(error) is Fault.PASSING:
                self.is_lost = True
            raise
        else:
            self._may_hang = False
        finally:
            self._calls -= 1
            if self._may_hang and not self._calls:
                self.is_lost = True

    async def _open(self, where: bytes, mode: str) -> asyncssh.SFTPClientFile:
        """Open a file. If this is cancelled, the file is closed once the server has opened it."""
        opening = asyncio.ensure_future(self._opened(where, mode))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_late)
            raise

    async def _opened(self, where: bytes, mode: str) -> asyncssh.SFTPClientFile:
        return await self._client.open(where, mode, block_size=None)

    async def _make_folder(self, folder: bytes) -> None:
        """Create a folder, and those above it that are missing."""
        if folder in self._folders or not folder:
            return
        if not await self._is_folder(folder):
            await self._make_folder(folder.rpartition(b"/")[0])
            try:
                await self._client.mkdir(folder)
            except asyncssh.SFTPError:
                # Another writer may have been faster.
                if not await self._is_folder(folder):
                    raise
        self._folders.add(folder)

    async def _is_folder(self, where: bytes) -> bool:
        try:
            return (await self._client.stat(where)).type == asyncssh.FILEXFER_TYPE_DIRECTORY
        except _MISSING:
            return False

    async def _is_there(self, where: bytes) -> bool:
        try:
            await self._client.stat(where)
        except _MISSING:
            return False
        return True

    async def _rename_new(self, old: bytes, new: bytes) -> None:
        """Rename a file unless there is one of that name."""
        try:
            await self._client.rename(old, new)
        except _REFUSED as error:
            # Most versions of the protocol have no code for this: servers report any failure.
            if await self._is_there(new):
                raise FileExistsError(os.fsdecode(new)) from error
            raise

    async def _rename(self, old: bytes, new: bytes) -> None:
        """Rename a file, and replace one that has the new name; with old servers in three steps."""
        try:
            await self._client.posix_rename(old, new)
        except (asyncssh.SFTPOpUnsupported, asyncssh.SFTPFailure):
            await self._client.stat(old)
            if await self._is_folder(new):
                raise IsADirectoryError(f"{os.fsdecode(new)} is a folder") from None
            if await self._is_there(new):
                await self._replace(old, new)
            else:
                await self._client.rename(old, new)

    async def _replace(self, old: bytes, new: bytes) -> None:
        """Rename `new` out of the way, then `old` to `new`; undo the first if the second fails.

        If the connection breaks in between, the replaced file keeps the name that it was given,
        which no blob has and no listing cleans up.
        """
        aside = new + f"~old-{token_hex(4)}".encode()
        await self._client.rename(new, aside)
        try:
            await self._client.rename(old, new)
        except BaseException:
            with suppress(Exception):
                await self._client.rename(aside, new)
            raise
        with suppress(asyncssh.SFTPError):
            await self._client.remove(aside)


def _encoded(path: str) -> bytes:
    return path.encode(errors="surrogateescape")


def _is_file(found: asyncssh.SFTPAttrs) -> bool:
    """Whether it is a file, or may be one: servers need not tell the type."""
    return found.type in (asyncssh.FILEXFER_TYPE_REGULAR, asyncssh.FILEXFER_TYPE_UNKNOWN)


def _time_of(found: asyncssh.SFTPAttrs) -> datetime | None:
    return None if found.mtime is None else time_at(found.mtime)


def _let_go(file: asyncssh.SFTPClientFile) -> None:
    """Close a file without waiting for the answer."""
    beside(file.close())


def _close_late(opening: asyncio.Task[asyncssh.SFTPClientFile]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        _let_go(opening.result())
