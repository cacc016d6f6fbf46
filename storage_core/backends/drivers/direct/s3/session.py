"""One attempt at each operation on a bucket, as one request where the protocol allows it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import md5
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from storage_core.backends.base import Entry, Info
from storage_core.backends.drivers.clouds.aws.answers import (
    Refusal,
    code_of,
    fault_of,
    is_without_reason,
)
from storage_core.backends.drivers.direct.s3.client import Request, broken
from storage_core.backends.remote.driver import Kept, Page, Part, Received
from storage_core.backends.remote.faults import ConditionRefused, Fault
from storage_core.backends.remote.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.direct.s3.client import Client, Reply
    from storage_core.backends.source import Source
    from storage_core.blobpath import BlobPath, Prefix

SINGLE_PUT: Final = 64 * 1024 * 1024
"""Bytes up to which a blob that is in memory anyway goes in one request."""

_MAYBE_CONDITION: Final = (Fault.OTHER, Fault.UNSUPPORTED)
"""What an answer may mean that is about the condition of a write, without saying so."""

MAX_COPY: Final = 5 * 1024 * 1024 * 1024
"""Bytes of the largest blob that the protocol copies in one request."""


class Habits:
    """What has been learned of a service: all sessions go by it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.unconditional: set[str] = set()
        """Operations that the service does not take on a condition."""

        self.needs_digest = False
        """Whether bytes are taken only with their digest."""


class S3Session:
    """Requests to one bucket, below a prefix, within one limit."""

    is_lost = False
    has_condition = True

    def __init__(
        self, client: Client, bucket: str, prefix: str, habits: Habits, limit: Limit
    ) -> None:
        """Ask nothing yet.

        Args:
            client: signs and sends.
            bucket: where to.
            prefix: what stands before the paths, with a `/` at its end if there is any.
            habits: of the service.
            limit: how long all of it may take.
        """
        self.limit = limit
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._habits = habits

    def afresh(self) -> S3Session:
        """The same with all the time of a call, for what is done when that of this one is up."""
        limit = Limit(self._client.timeout)
        return S3Session(self._client, self._bucket, self._prefix, self._habits, limit)

    async def close(self) -> None:
        """Nothing is held."""

    async def find(self) -> None:
        """List one name: what is asked of a bucket that is missing fails."""
        self._page("", delimiter=True, token=None, limit=1)

    async def get(self, path: BlobPath, received: Received) -> None:
        """Get the object."""
        self._download(path, received)

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Get a part of the object."""
        try:
            headers = self._download(path, received, f"bytes={start}-{start + size - 1}")
        except Refusal as refusal:
            if code_of(refusal) == "InvalidRange":
                return Part(total=0)  # It ends before.
            raise
        total = headers.get("content-range", "").rpartition("/")[2]
        return Part(headers.get("etag"), int(total) if total.isdigit() else None)

    def _download(
        self, path: BlobPath, received: Received, span: str | None = None
    ) -> Mapping[str, str]:
        headers = {"range": span} if span else None
        request = Request("GetObject", "GET", self._where(path), headers=headers)
        answer = self._client.opened(self.limit, request)
        for chunk in answer.chunks():
            received.append(chunk)
        return answer.headers

    async def head(self, path: BlobPath) -> Info:
        """Ask for the object's headers."""
        request = Request("HeadObject", "HEAD", self._where(path))
        try:
            found = self._client.read(self.limit, request).headers
        except Refusal as refusal:
            if not is_without_reason(refusal.response):
                raise
            # It stands in the body of an answer, and that to a HEAD has none. If it was the
            # region, it has been learned by this request.
            self._download(path, [], "bytes=0-0")
            found = self._client.read(self.limit, request).headers
        # Loads what is not needed to write.
        from storage_core.backends.drivers.direct.s3.times import time_said

        size = int(found["content-length"])
        return Info(size, time_said(found.get("last-modified")), found.get("etag"))

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
        self.answered(Request("CopyObject", "PUT", self._where(target), headers=headers))
        return True

    async def delete(self, path: BlobPath) -> None:
        """Delete the object."""
        self._client.read(self.limit, Request("DeleteObject", "DELETE", self._where(path)))

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """List some objects."""
        return self._page(prefix, delimiter=delimiter, token=token, limit=limit)

    def _page(self, prefix: str, *, delimiter: bool, token: str | None, limit: int) -> Page:
        # Load what is not needed for a blob.
        from storage_core.backends.drivers.direct.s3.bodies import Broken, listed
        from storage_core.backends.drivers.direct.s3.times import time_said

        # In the order of the names: so they are signed.
        parts = [
            *([("continuation-token", token)] if token else ()),
            *([("delimiter", "/")] if delimiter else ()),
            ("encoding-type", "url"),
            ("list-type", "2"),
            ("max-keys", str(limit)),
            ("prefix", f"{self._prefix}{prefix}"),
        ]
        query = "&".join([f"{name}={quote(value, safe='~')}" for name, value in parts])
        request = Request("ListObjectsV2", "GET", "", query)
        reply = self._client.read(self.limit, request)
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
        return Page(entries, found.token or None)

    def _put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        self.stored(Request("PutObject", "PUT", self._where(path), body=data), create=create)

    def _upload(self, path: BlobPath, source: Source, *, create: bool) -> None:
        # Loaded for large blobs only.
        from storage_core.backends.drivers.direct.s3.upload import upload

        upload(self, self._where(path), source, create=create)

    def _where(self, path: BlobPath) -> str:
        return quote(f"/{self._prefix}{path}", safe="/~")

    def takes(self, operation: str) -> bool:
        """Whether the service takes an operation on a condition, as far as anybody knows."""
        return operation not in self._habits.unconditional

    def stored(self, request: Request, *, create: bool) -> Reply:
        """Make the request that makes an object appear, on a condition if so asked.

        Raises:
            ConditionRefused: the answer, whatever it is about, may be about the condition.
        """
        if not create:
            return self.sent(request)
        if not self.takes(request.operation):
            raise ConditionRefused
        headers = {**(request.headers or {}), "if-none-match": "*"}
        try:
            return self.sent(request._replace(headers=headers))
        except Refusal as refusal:
            if fault_of(refusal.response) in _MAYBE_CONDITION:
                unconditional = self._habits.unconditional
                raise ConditionRefused(lambda: unconditional.add(request.operation)) from refusal
            raise

    def sent(self, request: Request) -> Reply:
        """Make a request; one with bytes of an object also with their digest, where it is due."""
        if request.operation not in ("PutObject", "UploadPart"):
            return self.answered(request)
        if not self._habits.needs_digest:
            try:
                return self._client.read(self.limit, request)
            except Refusal as refusal:
                if "Content-MD5" not in str(refusal):
                    raise
                # A bucket that keeps what is in it (Object Lock) takes no bytes without.
                self._habits.needs_digest = True
        digest = b64encode(md5(request.body or b"", usedforsecurity=False).digest()).decode()
        headers = {**(request.headers or {}), "content-md5": digest}
        return self._client.read(self.limit, request._replace(headers=headers))

    def answered(self, request: Request) -> Reply:
        """Make a request whose success stands in the body of the answer, if that has any."""
        reply = self._client.read(self.limit, request)
        if reply.body:
            self.fields_of(request, reply)
        return reply

    def fields_of(self, request: Request, reply: Reply) -> Mapping[str, str]:
        """What an answer says.

        Raises:
            Refusal: its end is missing.
        """
        from storage_core.backends.drivers.direct.s3.bodies import Broken, said

        try:
            return said(reply.body).fields
        except Broken:
            raise broken(request, reply) from None
