"""One attempt at each operation on a folder of a file system.

How a write becomes visible depends on the file system:

- `memory://` takes the whole blob at once;
- where there is a way to rename (webdav, ftp, smb, hdfs, webhdfs, dbfs …) the blob is written
  under a temporary name and renamed when it is complete; of two writers of one chosen key in the
  same moment one is refused by webdav, by the others not always;
- a WebDAV server that does not rename, mostly because of a proxy in front of it, is written to
  directly as well, but only where nothing is replaced;
- the others (http, zip, jupyter …) are written to directly: a write that is killed may leave a part
  of the blob, and what one that fails has left is removed if the file system still answers.
"""

from __future__ import annotations

import errno
import os
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.base import CHUNK_SIZE, Info
from storage_core.backends.drivers.folders import Found, Walk
from storage_core.backends.drivers.fsspec.entries import time_of
from storage_core.backends.drivers.fsspec.webdav import CannotRename
from storage_core.backends.remote.driver import Kept, Page, Part, Received
from storage_core.backends.remote.faults import Fault, status_of
from storage_core.backends.remote.worker import beside, in_thread
from storage_core.backends.source import Source
from storage_core.blobpath import (
    BlobPath,
    Prefix,
    refuse_temporary,
    temporary_name,
)
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from storage_core.backends.drivers.fsspec.calls import Calls
    from storage_core.backends.drivers.fsspec.ways import Ways
    from storage_core.backends.remote.driver import Afterwards

_RANGE_BEYOND_THE_END: Final = 416
"""How http answers to a range of which there is nothing."""

_UNANSWERED: Final = (Fault.PASSING, Fault.DENIED, Fault.UNKNOWN_HOST)
"""Why a server has not said whether a file exists."""


class FileSystemSession:
    """The calls of one file system that are about one folder."""

    def __init__(
        self,
        calls: Calls,
        ways: Ways,
        root: str,
        *,
        is_memory: bool,
        is_http: bool,
        fault: Callable[[BaseException], Fault],
        afterwards: Afterwards,
    ) -> None:
        """Begin with a file system that is open.

        Args:
            calls: of it.
            ways: of it.
            root: what stands before the paths: empty, or with a slash at its end.
            is_memory: whether it is a dictionary of this process.
            is_http: whether it asks an HTTP server, which need not know of folders.
            fault: says what kind of failure a call has raised.
            afterwards: has what an attempt that failed has left removed.
        """
        self._calls = calls
        self._ways = ways
        self._root = root
        self._is_memory = is_memory
        self._is_http = is_http
        self._fault = fault
        self._afterwards = afterwards
        self._folders: set[str] = set()
        """Folders that exist, as far as is known."""

        self._cannot_rename: CannotRename | None = None
        """What a server has said that does not rename."""

        self._keeps = False
        """Whether what is written stays: nothing may be deleted."""

    @property
    def is_lost(self) -> bool:
        """Whether the one connection has failed, or was left in the middle of a call."""
        return self._calls.is_lost

    @property
    def has_condition(self) -> bool:
        """Whether nothing can come between a look and the renaming."""
        return self._is_memory or (self._ways.has_condition and self._cannot_rename is None)

    async def close(self) -> None:
        """Close the connections, if the file system has any that can be."""
        await self._ways.hang_up()

    async def find(self) -> None:
        """The folder need not exist yet, but something has to answer above it."""
        folder = self._root.rstrip("/")
        try:
            await self._info(folder or self._root)
        except FileNotFoundError as error:
            if self._is_no_index(error):
                return
            if not folder:
                raise
            await self._info(self._calls.fs.root_marker)

    def _is_no_index(self, error: FileNotFoundError) -> bool:
        """Whether a server has only said that it has no page for a folder.

        Static hosting serves the files in a folder all the same.
        """
        cause = error.__cause__
        return self._is_http and cause is not None and self._fault(cause) is Fault.MISSING

    async def get(self, path: BlobPath, received: Received) -> None:
        """Read the file at once."""
        received.append(await self._calls.do("cat_file", self._where(path)))

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Read a part of the file; mostly all parts come from one that is open."""
        where = self._where(path)
        if self._is_memory:
            if kept.of is not self:
                # There is one open file of each name, which all readers would share.
                kept.file, kept.of = BytesIO(await self._calls.do("cat_file", where)), self
            kept.file.seek(start)
            received.append(kept.file.read(size))
            return Part()
        if self._calls.is_async:
            end = start + size
            try:
                received.append(await self._calls.do("cat_file", where, start=start, end=end))
            except Exception as error:
                if status_of(error) == _RANGE_BEYOND_THE_END:
                    return Part(total=0)
                raise
            return Part()

        def read() -> bytes:
            if kept.of is not self or kept.position != start:
                if kept.file is not None:
                    kept.file.close()
                file = kept.file = self._calls.fs.open(where, "rb", **self._ways.opening)
                kept.of, kept.end = self, lambda: in_thread(file.close)
                if start:
                    file.seek(start)
            piece = b"".join(_exactly(kept.file, size))
            kept.position = start + len(piece)
            return piece

        try:
            received.append(await self._calls.in_turn(read))
        except BaseException:
            if kept.end is not None:
                beside(kept.end())
            kept.of = kept.file = kept.end = None
            raise
        return Part()

    async def head(self, path: BlobPath) -> Info:
        """Ask for the file's size and time."""
        where = self._where(path)
        found = await self._info(where)
        if found["type"] != "file":
            raise FileNotFoundError(where)
        size = found["size"]
        if size is None:
            size = len(await self._calls.do("cat_file", where))
        return Info(int(size), time_of(found))

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Write the file, and let it be seen when it is complete."""
        await self.put_stream(path, Source.of(data), create=create)

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Write the file, and let it be seen when it is complete."""
        refuse_temporary(path)
        target = self._where(path)
        folder, slash, _ = target.rpartition("/")
        rename = self._ways.rename
        if self._cannot_rename is not None:
            await self._put_new(target, source, self._cannot_rename, create=create)
            return
        written = target if rename is None else f"{folder}{slash}{temporary_name()}"
        began = False
        try:
            if create and self._keeps and await self._is_there(target):
                raise FileExistsError(target)  # Nothing is uploaded that would stay in vain.
            if folder and folder not in self._folders:
                await self._make_folder(folder)
            began = True
            if self._is_memory:
                mode = {"mode": "create"} if create else {}
                await self._calls.do("pipe_file", written, source.whole(), **mode)
            else:
                await self._ways.upload(written, source)
            stored = (await self._info(written)).get("size")
            if stored not in (None, source.size):
                raise ConnectionError(f"{stored} bytes were stored instead of {source.size}")
            if rename is not None:
                if not create:
                    await self._refuse_folder(target)
                try:
                    await self._calls.in_turn(rename, written, target, create)
                except CannotRename as refusal:
                    if await self._was_renamed(written, target, source.size):
                        return
                    self._cannot_rename = refusal
                    await self._put_new(target, source, refusal, create=create)
                    self._clean_up(written)
        except BaseException:
            self._folders.discard(folder)
            if began and (rename is not None or not create):
                self._afterwards(lambda session: session.remove(written))
            raise

    async def _put_new(
        self, target: str, source: Source, refusal: CannotRename, *, create: bool
    ) -> None:
        """Write the file itself, where there is none: so none is lost if that breaks off."""
        if await self._is_there(target):
            raise FileExistsError(target) if create else refusal
        folder = target.rpartition("/")[0]
        if folder and folder not in self._folders:
            await self._make_folder(folder)
        try:
            await self._ways.upload_new(target, source)
            stored = (await self._info(target)).get("size")
            if stored not in (None, source.size):
                raise ConnectionError(f"{stored} bytes were stored instead of {source.size}")
        except BaseException as error:
            self._folders.discard(folder)
            if self._fault(error) is not Fault.TAKEN:
                self._clean_up(target)
            raise

    async def _was_renamed(self, written: str, target: str, size: int) -> bool:
        """Whether a rename has been done although its answer says otherwise."""
        if await self._is_there(written) or not await self._is_there(target):
            return False
        return bool((await self._info(target)).get("size") == size)

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Never: most file systems let a copy be seen before it is complete."""
        return False

    async def delete(self, path: BlobPath) -> None:
        """Delete the file; some file systems would delete a folder of that name as well."""
        where = self._where(path)
        if self._ways.rename is None or not await self._is_folder(where):
            await self.remove(where)

    async def remove(self, where: str) -> None:
        """Delete a file by its whole path."""
        try:
            await self._calls.do("rm_file", where)
        except Exception as error:
            self._keeps = self._fault(error) in (Fault.DENIED, Fault.UNSUPPORTED)
            raise

    async def has_folder(self, prefix: Prefix) -> bool:
        """Ask what is there."""
        return await self._is_folder(self._folder(prefix))

    async def make_folder(self, prefix: Prefix) -> None:
        """Create the folder, unless it is known to be there."""
        folder = self._folder(prefix)
        self._folders.discard(folder)
        await self._make_folder(folder)

    async def remove_folder(self, prefix: Prefix) -> None:
        """Look into the folder first: some file systems would delete what is in it as well."""
        folder = self._folder(prefix)
        self._calls.fs.invalidate_cache()
        inside = await self._calls.do("ls", folder, detail=True)
        names = {each["name"].rstrip("/") for each in inside if each["name"].rstrip("/") != folder}
        if any(name.rpartition("/")[2] not in (".", "..") for name in names):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))
        self._folders.clear()
        await self._ways.remove_folder(folder)

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """List one folder: fsspec has no pages. The others below it are the next ones."""
        walk = Walk(prefix, token)
        folder = f"{self._root}{walk.prefix}".rstrip("/")
        self._calls.fs.invalidate_cache()
        try:
            entries = await self._calls.do("ls", folder or self._root, detail=True)
        except FileNotFoundError:
            await self._require_index()
            entries = ()
        found = (
            Found(
                each["name"].rstrip("/").rpartition("/")[2],
                each["name"],
                each["type"] == "directory",
                each["type"] == "file",
                each.get("size"),
                time_of(each),
            )
            for each in entries
            if each["name"].rstrip("/") != folder or each["type"] == "directory"
        )
        return walk.page(found, delimiter=delimiter, clean_up=self._clean_up)

    async def _require_index(self) -> None:
        """`find`, but where a server has no page for the folder nobody knows what is in it."""
        if not self._is_http:
            await self.find()
            return
        try:
            await self._info(self._root.rstrip("/"))
        except FileNotFoundError as error:
            if self._is_no_index(error):
                raise self._calls.unsupported("ls", "has no page that lists it") from error
            raise

    def _folder(self, prefix: Prefix) -> str:
        """The whole path of a folder."""
        return f"{self._root}{prefix}".rstrip("/") or self._root

    def _where(self, path: BlobPath) -> str:
        """The whole path of a blob."""
        self._ways.check_path(path)
        return f"{self._root}{path}"

    async def _refuse_folder(self, where: str) -> None:
        if await self._is_folder(where):
            raise IsADirectoryError(f"{where} is a folder")

    async def _is_there(self, where: str) -> bool:
        try:
            await self._info(where)
        except FileNotFoundError:
            return False
        return True

    async def _is_folder(self, where: str) -> bool:
        try:
            return bool((await self._info(where))["type"] == "directory")
        except FileNotFoundError:
            return False

    def _clean_up(self, where: str) -> None:
        self._afterwards(lambda session: session.remove(where))

    async def _make_folder(self, folder: str) -> None:
        try:
            await self._ways.make_folder(folder)
        except (FileExistsError, UnsupportedOperation):
            pass  # Another writer was faster, or there is no such thing as a folder.
        self._folders.add(folder)

    async def _info(self, where: str) -> dict[str, Any]:
        self._calls.fs.invalidate_cache()
        try:
            found: dict[str, Any] = await self._calls.do("info", where)
        except FileNotFoundError as error:
            # That is what fsspec's http makes of whatever went wrong.
            cause = error.__cause__
            if cause is not None and self._fault(cause) in _UNANSWERED:
                raise cause from None
            raise
        return found


def _exactly(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := file.read(min(size, CHUNK_SIZE))):
        size -= len(chunk)
        yield chunk
