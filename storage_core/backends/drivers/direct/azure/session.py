"""One attempt at each operation on a container, as one request where the protocol allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.backends.base import Entry, Info
from storage_core.backends.drivers.direct.azure.blocks import MAX_BLOCKS, put_in_blocks
from storage_core.backends.drivers.direct.azure.refusal import Refused
from storage_core.backends.drivers.direct.azure.times import read
from storage_core.backends.drivers.direct.transport import LONGEST, SHORT
from storage_core.backends.remote.driver import Page, Part, bytes_of_all
from storage_core.blobpath import Prefix

if TYPE_CHECKING:
    from typing import Any

    from storage_core.backends.base import Link
    from storage_core.backends.drivers.direct.azure.requests import Requests
    from storage_core.backends.drivers.direct.transport import Answer
    from storage_core.backends.remote.driver import Kept, Received
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.source import Source
    from storage_core.blobpath import BlobPath

PART_SIZE: Final = 8 * 1024 * 1024
"""Bytes of one block of an upload in several."""

_LARGE: Final = 64 * 1024 * 1024
"""Bytes from which on a blob in memory is sent in blocks, as by Azure's own client."""

_RANGE_BEYOND_THE_END: Final = 416


class AzureSession:
    """The requests of one attempt, below a prefix."""

    is_lost = False
    has_condition = True

    def __init__(self, requests: Requests, prefix: str, limit: Limit) -> None:
        """Send nothing yet.

        Args:
            requests: signs and sends.
            prefix: what names have before the paths, with a `/` at its end unless it is empty.
            limit: how long the attempt may take.
        """
        self._requests = requests
        self._prefix = prefix
        self._limit = limit

    async def close(self) -> None:
        """Do nothing: the session holds nothing open."""

    async def find(self) -> None:
        """List one name, which fails if the container is missing."""
        await self.page(Prefix(""), delimiter=True, token=None, limit=1)

    async def places(self) -> list[str]:
        """List the containers of the account."""
        from storage_core.backends.drivers.direct.azure.markup import NoXML, listing

        query = {"comp": "list"}
        with self._requests.ask(self._limit, "GET", None, (200,), query=query) as answer:
            try:
                found = listing(answer.chunks(LONGEST))
            except NoXML as error:
                raise Refused(
                    f"XML is invalid: {error}", answer.status, "", answer.headers
                ) from None
        return [each.name for each in found.items]

    async def get(self, path: BlobPath, received: Received) -> None:
        """Download the blob."""
        with self._requests.ask(self._limit, "GET", self._name(path), (200,)) as answer:
            received.extend(answer.chunks())

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Download a part of the blob."""
        headers = {"x-ms-range": f"bytes={start}-{start + size - 1}"}
        try:
            answer = self._requests.ask(
                self._limit, "GET", self._name(path), (200, 206), headers=headers
            )
        except Refused as error:
            if error.status_code == _RANGE_BEYOND_THE_END:
                return Part(total=0)
            raise
        came = 0
        with answer:
            total = bytes_of_all(answer.headers.get("content-range"), start)
            for chunk in answer.chunks():
                came += len(chunk)
                if came > size:
                    raise ConnectionError(f"more than {size} bytes came, which were asked for")
                received.append(chunk)
        return Part(answer.headers.get("etag"), total)

    async def head(self, path: BlobPath) -> Info:
        """Ask for the blob's properties."""
        with self._requests.ask(self._limit, "HEAD", self._name(path), (200,)) as answer:
            found = answer.headers
        size = found.get("content-length", "")
        return Info(
            int(size) if size.isdigit() else None,
            read(found.get("last-modified", "")),
            found.get("etag"),
        )

    async def link(self, path: BlobPath, seconds: int) -> Link:
        """Make a signed URL for the blob."""
        return self._requests.link(self._name(path), seconds)

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Upload the blob, a large one in blocks."""
        if len(data) > _LARGE:
            view = memoryview(data)
            blocks = (view[at : at + PART_SIZE] for at in range(0, len(data), PART_SIZE))
            put_in_blocks(self._requests, self._limit, self._name(path), blocks, create=create)
            return
        headers = {
            "content-type": "application/octet-stream",
            "x-ms-blob-type": "BlockBlob",
            **({"if-none-match": "*"} if create else {}),
        }
        self._done(
            self._requests.ask(
                self._limit, "PUT", self._name(path), (201,), headers=headers, body=data
            )
        )

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Send in blocks; nothing can be read before the last request joins them."""
        if source.size <= PART_SIZE:
            await self.put(path, source.whole(), create=create)
            return
        blocks = source.parts(max(PART_SIZE, -(-source.size // MAX_BLOCKS)))
        put_in_blocks(self._requests, self._limit, self._name(path), blocks, create=create)

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Never: the service would have to be given a signed URL of its own blob."""
        return False

    async def delete(self, path: BlobPath) -> None:
        """Delete the blob and its snapshots."""
        headers = {"x-ms-delete-snapshots": "include"}
        self._done(
            self._requests.ask(self._limit, "DELETE", self._name(path), (202,), headers=headers)
        )

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """List some blobs."""
        from storage_core.backends.drivers.direct.azure.markup import NoXML, listing

        query = {"restype": "container", "comp": "list", "maxresults": str(limit)}
        if wanted := f"{self._prefix}{prefix}":
            query["prefix"] = wanted
        if delimiter:
            query["delimiter"] = "/"
        if token:
            query["marker"] = token
        with self._requests.ask(self._limit, "GET", "", (200,), query=query) as answer:
            try:
                found = listing(answer.chunks(LONGEST))
            except NoXML as error:
                raise Refused(
                    f"XML is invalid: {error}", answer.status, "", answer.headers
                ) from None
        begin = len(self._prefix)
        entries = [
            Entry(each.name[begin:-1], is_folder=True)
            if each.is_folder
            else Entry(
                each.name[begin:],
                int(each.size) if each.size.isdigit() else None,
                read(each.modified),
            )
            for each in found.items
            if each.name != self._prefix  # The marker of the location itself.
        ]
        return Page(entries, found.marker or None)

    def _name(self, path: BlobPath) -> str:
        return f"{self._prefix}{path}"

    @staticmethod
    def _done(answer: Answer) -> None:
        """Read the rest of an answer, so that the connection can be used again."""
        answer.read(SHORT)
