"""Blobs on a file system that fsspec knows, object stores excepted. Opened by `filesystem`.

How a write becomes visible depends on the file system:

- `memory://` takes the whole blob at once;
- where there is a way to rename (webdav, sftp, ftp, smb, hdfs, webhdfs, dbfs …) the blob is written
  under a name with `~`, which no blob has, and renamed when it is complete; of two writers of one
  chosen key in the same moment one is refused by webdav and sftp, by the others not always;
- the others (http, zip, jupyter …) are written to directly: a write that is killed may leave a part
  of the blob, and what one that fails has left is removed if the file system still answers.
"""

from __future__ import annotations

import errno
from functools import partial
from io import BytesIO
from secrets import token_hex
from typing import TYPE_CHECKING, Any, BinaryIO

from fsspec import AbstractFileSystem

from storage_core.backends.drivers.fsspec import webdav
from storage_core.backends.base import CHUNK_SIZE, Blob
from storage_core.backends.source import parts_of
from storage_core.backends.drivers.fsspec.calls import FileSystem, FileSystemCalls
from storage_core.backends.drivers.fsspec.entries import is_stale, time_of
from storage_core.backends.remote.policy import Found, Received
from storage_core.backends.drivers.fsspec.transfers import replace
from storage_core.backends.remote.worker import beside, in_thread
from storage_core.errors import UnsupportedOperation
from storage_core.keys import Key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from storage_core.keys import Kind


class FileSystemBackend(FileSystemCalls):
    """Blobs below one folder of an fsspec file system."""

    async def _get(self, driver: FileSystem, key: Key, received: Received) -> None:
        path = self._path(driver, key)
        received.append(await self._do(driver, "cat_file", path))

    async def _get_range(
        self,
        driver: FileSystem,
        key: Key,
        start: int,
        size: int,
        received: Received,
        handle: dict[str, Any],
    ) -> None:
        # Nothing tells two blobs apart here, but mostly all ranges come from one open file.
        path = self._path(driver, key)
        if self._is_async:
            end = start + size
            received.append(await self._do(driver, "cat_file", path, start=start, end=end))
            return

        def read() -> bytes:
            if (handle.get("driver"), handle.get("position")) != (driver, start):
                # webdav holds several blocks at a time, of 5 MiB if left alone.
                small = {"block_size": CHUNK_SIZE} if self._is_webdav else {}
                handle["file"] = file = driver.fs.open(path, "rb", **small)
                handle["driver"] = driver
                if start:
                    file.seek(start)
            piece = b"".join(_exactly(handle["file"], size))
            handle["position"] = start + len(piece)
            return piece

        try:
            received.append(await self._in_turn(driver, read))
        except BaseException:
            handle.clear()
            raise

    async def end_stream(self, handle: dict[str, Any]) -> None:
        if "file" in handle:
            await in_thread(handle["file"].close)

    async def _look_up(self, driver: FileSystem, key: Key) -> Found:
        path = self._path(driver, key)
        found = await self._info(driver, path)
        if found["type"] != "file":
            raise FileNotFoundError(path)
        size = found["size"]
        return Found(len(await self._do(driver, "cat_file", path)) if size is None else int(size))

    async def _put(self, driver: FileSystem, key: Key, data: bytes, *, create: bool) -> None:
        mode = {"mode": "create"} if create and self._protocol == "memory" else {}
        await self._publish(
            driver,
            key,
            lambda path: (
                self._in_turn(driver, webdav.upload, driver.fs, BytesIO(data), path)
                if self._is_webdav
                else self._do(driver, "pipe_file", path, data, **mode)
            ),
            len(data),
            create=create,
        )

    async def _put_file(
        self, driver: FileSystem, key: Key, file: BinaryIO, size: int, *, create: bool
    ) -> None:
        if self._protocol == "memory":
            data = b"".join(parts_of(file, size, CHUNK_SIZE))
            await self._put(driver, key, data, create=create)
            return
        await self._publish(
            driver,
            key,
            lambda path: (
                self._in_turn(driver, webdav.upload, driver.fs, file, path)
                if self._is_webdav
                else self._do(driver, "put_file", file.name, path)
            ),
            size,
            create=create,
        )

    async def _delete(self, driver: FileSystem, key: Key) -> None:
        await self._do(driver, "rm_file", self._path(driver, key))

    async def _page(
        self, driver: FileSystem, kind: Kind, token: Any, limit: int
    ) -> tuple[Sequence[Blob], Any]:
        """All blobs at once: fsspec has no pages. The folder is made by the first write."""
        folder = f"{driver.root}{kind}"
        driver.fs.invalidate_cache()
        try:
            entries = await self._do(driver, "ls", folder, detail=True)
        except FileNotFoundError:
            await self._find_place(driver)
            return (), None
        blobs = []
        for entry in entries:
            name = entry["name"].rstrip("/").rpartition("/")[2]
            if entry["type"] == "file":
                modified = time_of(entry)
                blobs.append(Blob(f"{kind}/{name}", entry.get("size"), modified))
                if is_stale(name, modified):
                    beside(self._clean_up(f"{folder}/{name}"))
        return blobs, None

    async def _find_place(self, driver: FileSystem) -> None:
        """The folder need not exist yet, but something has to answer above it."""
        folder = driver.root.rstrip("/")
        try:
            await self._info(driver, folder or driver.root)
        except FileNotFoundError:
            if not folder:
                raise
            await self._info(driver, driver.fs.root_marker)

    async def _publish(
        self,
        driver: FileSystem,
        key: Key,
        upload: Callable[[str], Awaitable[Any]],
        size: int,
        *,
        create: bool,
    ) -> None:
        """Have `upload` write a blob, and let it be seen when it is complete."""
        folder, target = f"{driver.root}{key.kind}", self._path(driver, key)
        rename = self._rename_of(driver)
        written = target if rename is None else f"{folder}/~{token_hex(8)}"
        began = False
        try:
            if folder not in driver.folders:
                await self._make_folder(driver, folder)
            began = True
            await upload(written)
            stored = (await self._info(driver, written)).get("size")
            if stored not in (None, size):
                raise ConnectionError(f"{stored} bytes were stored instead of {size}")
            if rename is not None:
                await self._in_turn(driver, rename, written, target, create)
        except BaseException:
            driver.folders.discard(folder)
            if began and (rename is not None or not create):
                beside(self._clean_up(written))
            raise

    async def _clean_up(self, path: str) -> None:
        # Asked for anew: a connection that has just failed is no good for it.
        async with self._driver() as driver:
            await self._do(driver, "rm_file", path)

    async def _make_folder(self, driver: FileSystem, folder: str) -> None:
        try:
            if self._is_webdav:
                await self._in_turn(driver, webdav.make_folder, driver.fs, folder)
            else:
                await self._do(driver, "makedirs", folder, exist_ok=True)
        except (FileExistsError, UnsupportedOperation):
            pass  # Another writer was faster, or there is no such thing as a folder.
        driver.folders.add(folder)

    def _rename_of(self, driver: FileSystem) -> Callable[[str, str, bool], None] | None:
        """How the file system renames, if it does; to copy and to delete is no way to do it."""
        fs = driver.fs
        if self._is_webdav:
            return partial(webdav.rename, fs)
        if self._is_async or type(fs).mv is AbstractFileSystem.mv:
            return None

        def rename(old: str, new: str, create: bool) -> None:
            if create and self._own is not None:
                fs.rename_new(old, new)
                return
            try:
                fs.mv(old, new)
            except OSError as error:
                if create or error.errno != errno.EEXIST:
                    raise
                replace(fs.mv, fs.rm_file, old, new)

        return rename

    def _path(self, driver: FileSystem, key: Key) -> str:
        return f"{driver.root}{key}"


def _exactly(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := file.read(min(size, CHUNK_SIZE))):
        size -= len(chunk)
        yield chunk
