"""One attempt at each operation on a container, as one request where the protocol allows it."""

from __future__ import annotations

from base64 import b64encode
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import BlobPrefix

from storage_core.backends.base import Entry, Info, in_utc
from storage_core.backends.drivers.clouds.azure.linking import linked, no_key
from storage_core.backends.remote.driver import Kept, Page, Part, Received
from storage_core.blobpath import BlobPath, Prefix

if TYPE_CHECKING:
    from storage_core.backends.base import Link
    from storage_core.backends.drivers.adlfs.client import Client
    from storage_core.backends.source import Source

PART_SIZE: Final = 8 * 1024 * 1024
"""Bytes of one block of an upload in several."""

MAX_PARTS: Final = 50_000
"""The most that the protocol allows."""

_RANGE_BEYOND_THE_END: Final = 416

_AS_STORED: Final[dict[str, Any]] = {"max_concurrency": 1, "decompress": False}
"""One part after the other, and the bytes as they are, even if they are marked as compressed."""


class AzureSession:
    """The requests that one client makes of one container, below a prefix."""

    is_lost = False
    has_condition = True

    def __init__(
        self, client: Client, container: str, prefix: str, request: dict[str, Any]
    ) -> None:
        """Begin with a client that is connected.

        Args:
            client: signs and sends.
            container: its name.
            prefix: what names have before the paths, with a `/` at its end unless it is empty.
            request: arguments of each request.
        """
        self._client = client
        self._container = container
        self._prefix = prefix
        self._request = request

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def find(self) -> None:
        """List one name, which fails if the container is missing."""
        await self.page(Prefix(""), delimiter=True, token=None, limit=1)

    async def places(self) -> list[str]:
        """List the containers of the account."""
        pages = self._client.service.list_containers(**self._request).by_page()
        return [each.name async for each in await anext(pages)]

    async def get(self, path: BlobPath, received: Received) -> None:
        """Download the blob, in several requests if it is large."""
        answer = await self._blob(path).download_blob(**_AS_STORED, **self._request)
        data = await answer.readall()
        if len(data) != answer.size:
            raise ConnectionError(f"{len(data)} bytes came instead of {answer.size}")
        received.append(data)

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Download a part of the blob."""
        try:
            answer = await self._blob(path).download_blob(
                offset=start, length=size, **_AS_STORED, **self._request
            )
        except HttpResponseError as error:
            if error.status_code == _RANGE_BEYOND_THE_END:
                return Part(total=0)
            raise
        received.append(await answer.readall())
        total = (answer.properties.content_range or "").rpartition("/")[2]
        return Part(answer.properties.etag, int(total) if total.isdigit() else None)

    async def head(self, path: BlobPath) -> Info:
        """Ask for the blob's properties."""
        found = await self._blob(path).get_blob_properties(**self._request)
        return Info(int(found.size), in_utc(found.last_modified), found.etag)

    async def link(self, path: BlobPath, seconds: int) -> Link:
        """Make a signed URL for the blob."""
        blob = self._blob(path)
        by = self._client.service.credential
        account, key = getattr(by, "account_name", None), getattr(by, "account_key", None)
        if not (account and key):
            raise no_key()
        url = blob.url.partition("?")[0]
        return linked(url, account, key, self._container, f"{self._prefix}{path}", seconds)

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Upload the blob, a large one in blocks."""
        await self._blob(path).upload_blob(
            data, length=len(data), overwrite=not create, max_concurrency=2, **self._request
        )

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Send in blocks; nothing can be read before the last request joins them."""
        if source.size <= PART_SIZE:
            await self.put(path, source.whole(), create=create)
            return
        blob = self._blob(path)
        blocks: list[BlobBlock] = []
        # Random, so that blocks of another writer of the same blob are not replaced.
        upload = token_hex(8)
        for number, part in enumerate(source.parts(max(PART_SIZE, -(-source.size // MAX_PARTS)))):
            name = b64encode(f"{upload}-{number:06}".encode()).decode()
            await blob.stage_block(name, part, length=len(part), **self._request)
            blocks.append(BlobBlock(name))
        absent = {"match_condition": MatchConditions.IfMissing} if create else {}
        await blob.commit_block_list(blocks, **absent, **self._request)

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Never: the service would have to be given a signed URL of its own blob."""
        return False

    async def delete(self, path: BlobPath) -> None:
        """Delete the blob and its snapshots."""
        await self._blob(path).delete_blob(delete_snapshots="include", **self._request)

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """List some blobs."""
        container = self._client.service.get_container_client(self._container)
        asked = {
            "name_starts_with": f"{self._prefix}{prefix}",
            "results_per_page": limit,
            **self._request,
        }
        found = container.walk_blobs(**asked) if delimiter else container.list_blobs(**asked)
        pages = found.by_page(token)
        begin = len(self._prefix)
        entries = [
            Entry(each.name[begin:-1], is_folder=True)
            if isinstance(each, BlobPrefix)
            else Entry(each.name[begin:], each.size, in_utc(each.last_modified))
            async for each in await anext(pages)
            if each.name != self._prefix  # The marker of the location itself.
        ]
        return Page(entries, pages.continuation_token or None)

    def _blob(self, path: BlobPath) -> Any:
        return self._client.service.get_blob_client(self._container, f"{self._prefix}{path}")
