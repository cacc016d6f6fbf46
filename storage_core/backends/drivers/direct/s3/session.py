"""One attempt at each operation on a bucket, as one request where the protocol allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from storage_core.backends.base import Entry, Info
from storage_core.backends.drivers.clouds.aws.answers import (
    Refusal,
    code_of,
    is_without_reason,
)
from storage_core.backends.drivers.direct.s3.client import Request, broken
from storage_core.backends.remote.driver import (
    After,
    Kept,
    Page,
    Part,
    Received,
    bytes_of_all,
    require_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage_core.backends.base import Link
    from storage_core.backends.drivers.direct.s3.asking import Asking
    from storage_core.backends.drivers.direct.transport import Answer
    from storage_core.backends.source import Source
    from storage_core.blobpath import BlobPath, Prefix

SINGLE_PUT: Final = 64 * 1024 * 1024
"""Bytes up to which a blob that is in memory anyway is sent in one request."""

MAX_COPY: Final = 5 * 1024 * 1024 * 1024
"""Bytes of the largest blob that the protocol copies in one request."""


class S3Session:
    """Requests to one bucket, below a prefix, within one limit."""

    is_lost = False
    has_condition = True

    def __init__(self, asking: Asking, bucket: str, prefix: str) -> None:
        """Send nothing yet.

        Args:
            asking: makes the requests.
            bucket: its name.
            prefix: what names have before the paths, with a `/` at its end unless it is empty.
        """
        self._asking = asking
        self._bucket = bucket
        self._prefix = prefix

    async def close(self) -> None:
        """Do nothing: the session holds nothing open."""

    async def find(self) -> None:
        """List one name, which fails if the bucket is missing."""
        self._page("", delimiter=True, token=None, limit=1)

    async def places(self) -> list[str]:
        """List the buckets of the account that signs in."""
        from storage_core.backends.drivers.direct.s3.bodies import Broken, buckets

        request = Request("ListBuckets", "GET", "/")
        reply = self._asking.read(request)
        try:
            return buckets(reply.body)
        except Broken:
            raise broken(request, reply) from None

    async def get(self, path: BlobPath, received: Received) -> None:
        """Get the object."""
        with self._opened(path) as answer:
            require_bytes(answer.status)
            received.extend(answer.chunks())

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Get a part of the object."""
        try:
            answer = self._opened(path, f"bytes={start}-{start + size - 1}")
        except Refusal as refusal:
            if code_of(refusal) == "InvalidRange":
                return Part(total=0)  # The blob ends before the range.
            raise
        came = 0
        with answer:
            require_bytes(answer.status, of_part=True)
            total = bytes_of_all(answer.headers.get("content-range"), start)
            for chunk in answer.chunks():
                came += len(chunk)
                if came > size:
                    raise ConnectionError(f"more than {size} bytes came, which were asked for")
                received.append(chunk)
        return Part(answer.headers.get("etag"), total)

    def _opened(self, path: BlobPath, span: str | None = None) -> Answer:
        headers = {"range": span} if span else None
        return self._asking.opened(Request("GetObject", "GET", self._where(path), headers=headers))

    async def head(self, path: BlobPath) -> Info:
        """Ask for the object's headers."""
        request = Request("HeadObject", "HEAD", self._where(path))
        try:
            found = self._asking.read(request).headers
        except Refusal as refusal:
            if not is_without_reason(refusal.response):
                raise
            # The reason is in the body, which the answer to a HEAD does not have. If it was the
            # region, this request has found the right one.
            self._opened(path, "bytes=0-0").close()
            found = self._asking.read(request).headers
        # Imported late: writing does not need it.
        from storage_core.backends.drivers.direct.s3.times import time_said

        size = found.get("content-length", "")
        return Info(
            int(size) if size.isdigit() else None,
            time_said(found.get("last-modified")),
            found.get("etag"),
        )

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Put the object, a large one in parts."""
        if len(data) <= SINGLE_PUT:
            self._put(path, data, create=create)
            return
        from storage_core.backends.source import Source

        self._upload(path, Source.of(data), create=create)

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Put the object, in parts if it has more than one."""
        from storage_core.backends.drivers.direct.s3.upload import PART_SIZE

        if source.size <= PART_SIZE:
            self._put(path, source.whole(), create=create)
        else:
            self._upload(path, source, create=create)

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Have the service copy the object, unless it is too large for one request."""
        found = await self.head(source)
        if found.size is None or found.size > MAX_COPY:
            return False
        origin = f"{self._bucket}{quote(f'/{self._prefix}{source}', safe='/~')}"
        headers = {"x-amz-copy-source": origin}
        self._asking.read(Request("CopyObject", "PUT", self._where(target), headers=headers))
        return True

    async def link(self, path: BlobPath, seconds: int) -> Link:
        """Make a signed URL for the object."""
        from storage_core.backends.drivers.clouds.aws.linking import linked

        return linked(*self._asking.link(self._where(path), seconds))

    async def delete(self, path: BlobPath) -> None:
        """Delete the object."""
        self._asking.read(Request("DeleteObject", "DELETE", self._where(path)))

    async def delete_many(self, paths: Sequence[BlobPath]) -> list[BlobPath]:
        """Delete objects in one request; return those that are left."""
        from storage_core.backends.drivers.direct.s3.deleting import deleted

        names = {f"{self._prefix}{path}": path for path in paths}
        return [names[name] for name in deleted(self._asking, [*names]) if name in names]

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """List some objects."""
        return self._page(prefix, delimiter=delimiter, token=token, limit=limit)

    def _page(self, prefix: str, *, delimiter: bool, token: str | After | None, limit: int) -> Page:
        # Imported late: reading and writing a blob does not need it.
        from storage_core.backends.drivers.direct.s3.bodies import Broken, listed
        from storage_core.backends.drivers.direct.s3.times import time_said

        # The parameters are sorted by name, as they are signed.
        after = f"{self._prefix}{token.path}" if isinstance(token, After) else None
        parts = [
            *([("continuation-token", token)] if token and isinstance(token, str) else ()),
            *([("delimiter", "/")] if delimiter else ()),
            ("encoding-type", "url"),
            ("list-type", "2"),
            ("max-keys", str(limit)),
            ("prefix", f"{self._prefix}{prefix}"),
            *([("start-after", after)] if after else ()),
        ]
        query = "&".join([f"{name}={quote(value, safe='~')}" for name, value in parts])
        request = Request("ListObjectsV2", "GET", "", query)
        reply = self._asking.read(request)
        try:
            found = listed(reply.body)
        except Broken:
            raise broken(request, reply) from None
        begin = len(self._prefix)
        entries = [Entry(name[begin:-1], is_folder=True) for name in found.folders]
        entries += [
            Entry(name[begin:], int(size), time_said(time))
            for name, size, time in found.blobs
            if name != self._prefix  # The marker of the location itself.
        ]
        return Page(entries, found.token or None, found.has_more)

    def _put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        self._asking.stored(
            Request("PutObject", "PUT", self._where(path), body=data), create=create
        )

    def _upload(self, path: BlobPath, source: Source, *, create: bool) -> None:
        # Imported for large blobs only.
        from storage_core.backends.drivers.direct.s3.upload import upload

        upload(self._asking, self._where(path), source, create=create)

    def _where(self, path: BlobPath) -> str:
        return quote(f"/{self._prefix}{path}", safe="/~")
