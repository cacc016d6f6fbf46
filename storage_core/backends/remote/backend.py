"""The backend of every place that is reached over a network, whatever the driver.

Each operation is written once, for blocking and for asynchronous callers.
"""

from __future__ import annotations

from io import BufferedReader, BytesIO
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from storage_core.backends.base import LIST_ALL, Backend, Entry, Info, deadline, no_links
from storage_core.backends.remote import folders, reading
from storage_core.backends.remote.messages import REACH
from storage_core.backends.remote.policy import Policy
from storage_core.backends.remote.stream import PIECE, RemoteFile
from storage_core.backends.remote.way import Way
from storage_core.backends.remote.writing import is_refused, stored
from storage_core.backends.source import Source, source_of
from storage_core.blobpath import ROOT, BlobPath, Prefix
from storage_core.errors import (
    BlobNotFound,
    StorageError,
    StorageUnavailable,
    UnsupportedOperation,
)
from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence

    from storage_core.backends.base import Link
    from storage_core.backends.remote.driver import BlockingDriver, Driver, Page
    from storage_core.backends.remote.messages import Place
    from storage_core.backends.remote.network import Network
    from storage_core.backends.remote.runner import Runner

FIRST: Final = 64 * 1024
"""Bytes that are fetched when a blob is opened, so that a small one takes one request. Only looking
it up takes as long; more would be wasted on Parquet, whose end is read first."""

PAGE_SIZE: Final = 1000
"""Entries that are requested at a time when a place is listed."""


class RemoteBackend(Backend):
    """Blobs of one place, through a driver. Safe in threads and after a fork."""

    def __init__(
        self,
        driver: Driver | BlockingDriver,
        place: Place,
        *,
        timeout: float,
        secrets: tuple[str, ...] = (),
        network: Network | None = None,
        runner: Runner | None = None,
    ) -> None:
        """Connect nothing yet.

        Args:
            driver: makes each attempt.
            place: what messages call the place.
            timeout: seconds that one call may take, retries included.
            secrets: texts that no message may show.
            network: how it is reached, where that is by HTTP.
            runner: runs the calls; by default on the background event loop.
        """
        place = place._replace(location=mask_url(place.location))
        self.location = place.location
        self._has_ranges = driver.has_ranges
        self._has_after = getattr(driver, "has_after", False)
        self.has_folders = getattr(driver, "has_folders", False)
        self._require_folder = getattr(driver, "require_folder", lambda _: None)
        self._tells_size = getattr(driver, "tells_size", False)
        self.most_deleted = getattr(driver, "most_deleted", 1)
        self._has_places = getattr(driver, "has_places", False)
        self._longest_link: int = getattr(driver, "longest_link", 0)
        if runner is None:
            from storage_core.backends.remote.on_loop import OnLoop

            runner = OnLoop()
        self._run, self._arun = runner.run, runner.arun
        way = Way(driver, place, runner, secrets=secrets, network=network)
        self._policy = Policy(way, timeout=timeout)

    def check(self) -> None:
        self._run(self._policy.call(REACH, None, lambda session: session.find()))

    def put(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        self._run(self._put(path, data, overwrite=overwrite))

    def put_stream(self, path: BlobPath, file: BinaryIO, *, overwrite: bool) -> None:
        with source_of(file) as source:
            self._run(
                stored(
                    self._policy,
                    path,
                    source,
                    lambda session, create: session.put_stream(path, source, create=create),
                    overwrite=overwrite,
                )
            )

    def get(self, path: BlobPath) -> bytes:
        return self._run(reading.whole(self._policy, path))

    def get_range(self, path: BlobPath, start: int, size: int) -> bytes:
        self._require_ranges()
        return self._run(reading.range_of(self._policy, path, start, size))

    def head(self, path: BlobPath) -> Info:
        return self._run(reading.head(self._policy, path))

    def has_folder(self, prefix: Prefix) -> bool:
        if not (self.has_folders and prefix):
            return super().has_folder(prefix)
        return self._run(folders.has(self._policy, prefix))

    def make_folder(self, prefix: Prefix) -> None:
        self._require_folder(prefix)
        if self.has_folders and prefix:
            self._run(folders.make(self._policy, prefix))

    def remove_folder(self, prefix: Prefix) -> None:
        self._require_folder(prefix)
        if self.has_folders and prefix:
            self._run(folders.remove(self._policy, prefix))

    def open(self, path: BlobPath) -> BinaryIO:
        if not self._has_ranges:
            return BytesIO(self.get(path))
        return BufferedReader(self._opened(path), PIECE)

    def open_unbuffered(self, path: BlobPath) -> BinaryIO:
        return cast("BinaryIO", self._opened(path)) if self._has_ranges else self.open(path)

    def get_stream(self, path: BlobPath, file: BinaryIO) -> None:
        if not self._has_ranges:
            file.write(self.get(path))
        elif self._policy.runner.is_side_by_side:
            for chunk in self._ranges(path):  # noqa: FURB122 (some files can do nothing else)
                file.write(chunk)
        else:
            with self._opened(path, bounded=True) as source:
                while piece := source.read(PIECE):
                    file.write(piece)

    def link(self, path: BlobPath, seconds: int) -> Link:
        if not self._longest_link:
            raise no_links(self.location)
        from storage_core.backends.remote import linking

        linking.require_time(self.location, seconds, self._longest_link)
        return self._run(linking.link(self._policy, path, seconds))

    def places(self) -> Sequence[str]:
        if not self._has_places:
            return ()

        async def all_there_are(session: Any) -> Sequence[str]:
            found: Sequence[str] = await session.places()
            return found

        return self._run(self._policy.call(LIST_ALL, None, all_there_are))

    def list(self, prefix: Prefix = ROOT, *, delimiter: bool = False) -> Iterator[Entry]:
        for entries in self._pages(prefix, delimiter=delimiter):
            yield from entries

    def delete(self, path: BlobPath) -> None:
        self._run(self._delete(path))

    def delete_many(self, paths: Sequence[BlobPath]) -> Sequence[StorageError | None]:
        left = [*paths]
        if self.most_deleted > 1 and len(paths) > 1:
            from storage_core.backends.remote import deleting

            try:
                left = self._run(deleting.left(self._policy, paths))
            except StorageUnavailable as error:
                return [error] * len(paths)
            except StorageError:
                # The place has no such request, or refuses it because of one path. Delete each by
                # itself, which also shows what is wrong.
                self.most_deleted = 1
        why = dict(zip(left, super().delete_many(left), strict=True))
        return [why.get(path) for path in paths]

    def copy(self, source: BlobPath, target: BlobPath) -> None:
        if not self._run(self._copy(source, target)):
            super().copy(source, target)

    def refuses_to_replace(self, path: BlobPath, data: bytes) -> bool:
        return self._run(is_refused(self._policy, path, data))

    def renewable(self, renew: Callable[[], Backend | None]) -> None:
        def another_way() -> Way | None:
            opened = renew()
            return opened._policy.way if isinstance(opened, RemoteBackend) else None

        self._policy.renew = another_way

    def close(self) -> None:
        self._policy.connection.close()

    async def aput(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        await self._arun(self._put(path, data, overwrite=overwrite))

    async def aget(self, path: BlobPath) -> bytes:
        return await self._arun(reading.whole(self._policy, path))

    async def aget_range(self, path: BlobPath, start: int, size: int) -> bytes:
        self._require_ranges()
        return await self._arun(reading.range_of(self._policy, path, start, size))

    async def ahead(self, path: BlobPath) -> Info:
        return await self._arun(reading.head(self._policy, path))

    async def adelete(self, path: BlobPath) -> None:
        await self._arun(self._delete(path))

    async def alist(
        self, prefix: Prefix = ROOT, *, delimiter: bool = False
    ) -> AsyncIterator[Entry]:
        if not self._has_after:
            token: Any = None
            while True:
                page = await self._arun(self._page(prefix, token, delimiter=delimiter))
                token = page.token
                for entry in page.entries:
                    yield entry
                if token is None:
                    return
        from storage_core.backends.remote.threads import beside

        pages = self._pages(prefix, delimiter=delimiter)
        try:
            while (come := await self._arun(_next(pages))) is not None:
                for entry in come:
                    yield entry
        finally:
            # Closing may wait for pages that are being fetched.
            beside(pages.close)

    def _require_ranges(self) -> None:
        if not self._has_ranges:
            raise UnsupportedOperation(
                f"{self.location} knows no ranges of bytes; read the whole blob"
            )

    def _opened(self, path: BlobPath, *, bounded: bool = False) -> RemoteFile:
        """The blob as a file; with `bounded`, the deadline of one call covers reading all of it."""
        start = monotonic()
        begun = self._begin(path, FIRST)
        return RemoteFile(
            reading.Pieces(self._policy, path, begun.version),
            begun.size,
            timeout=self._policy.timeout,
            until=start + deadline(self._policy.timeout, begun.size) if bounded else None,
            begun=begun.data,
        )

    def _ranges(self, path: BlobPath) -> Iterator[bytes]:
        from storage_core.backends.remote import ranges

        start, timeout = monotonic(), self._policy.timeout
        begun = self._begin(path, ranges.FIRST)
        yield begun.data
        came = len(begun.data)
        rate = came / max(monotonic() - start, 0.001)
        pieces = reading.Pieces(self._policy, path, begun.version)
        until = start + deadline(timeout, begun.size)
        span = range(came, begun.size)
        for chunks in ranges.in_order(pieces, span, rate=rate, timeout=timeout, until=until):
            yield from chunks

    def _begin(self, path: BlobPath, size: int) -> reading.Beginning:
        """The first bytes of a blob; it is looked up only if the answer does not tell its size."""
        if self._tells_size:
            return self._run(reading.beginning(self._policy, path, size))
        found = self.head(path)
        return reading.Beginning(b"", found.size or 0, found.version)

    async def _put(self, path: BlobPath, data: bytes, *, overwrite: bool) -> None:
        await stored(
            self._policy,
            path,
            Source.of(data),
            lambda session, create: session.put(path, data, create=create),
            overwrite=overwrite,
        )

    async def _delete(self, path: BlobPath) -> None:
        try:
            await self._policy.call(f"delete {path}", path, lambda session: session.delete(path))
        except BlobNotFound:
            pass

    async def _copy(self, source: BlobPath, target: BlobPath) -> bool:
        size = (await reading.head(self._policy, source)).size or 0
        return await self._policy.call(
            f"copy {source}", source, lambda session: session.copy(source, target), size=size
        )

    def _pages(self, prefix: Prefix, *, delimiter: bool) -> Generator[Sequence[Entry], None, None]:
        def fetch(token: Any) -> Page:
            return self._run(self._page(prefix, token, delimiter=delimiter))

        page = fetch(None)
        yield page.entries
        if page.token is not None and self._has_after:
            from storage_core.backends.remote.listing import Disorder, side_by_side
            from storage_core.backends.remote.spans import Divider

            try:
                yield from side_by_side(fetch, page, Divider(prefix, delimiter=delimiter))
            except Disorder:
                self._has_after = False
            else:
                return
            raise StorageUnavailable(
                f"{self.location} was listed in no order, so that some of it may be missing; "
                "list it again, which goes page by page from now on"
            )
        while page.token is not None:
            page = fetch(page.token)
            yield page.entries

    async def _page(self, prefix: Prefix, token: Any, *, delimiter: bool) -> Page:
        page = await self._policy.call(
            f"list {prefix.removesuffix('/')}" if prefix else "be listed",
            None,
            lambda session: session.page(prefix, delimiter=delimiter, token=token, limit=PAGE_SIZE),
        )
        # Without this, a listing would be cut short in silence, or never end.
        leads_nowhere = page.has_more if page.token is None else page.token == token
        if leads_nowhere:
            raise StorageUnavailable(
                f"{self.location} can be listed in part only: the server says that there is more, "
                "and leads to nothing new; see whether a newer version of it does"
            )
        return page


async def _next(pages: Iterator[Sequence[Entry]]) -> Sequence[Entry] | None:
    """The next page; None when there is no other."""
    return next(pages, None)
