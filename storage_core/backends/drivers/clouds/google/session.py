"""One attempt at each operation on a bucket, as one request where the protocol allows it."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from storage_core.backends.base import Entry, Info, in_utc
from storage_core.backends.drivers.clouds.google.answers import REDIRECTS, Refused, Unreadable
from storage_core.backends.drivers.clouds.google.client import described
from storage_core.backends.remote.driver import (
    After,
    Kept,
    Page,
    Part,
    Received,
    bytes_of_all,
    require_bytes,
)
from storage_core.backends.remote.faults import Redirected
from storage_core.backends.source import Source
from storage_core.blobpath import BlobPath, Prefix
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from datetime import datetime

    from storage_core.backends.base import Link
    from storage_core.backends.drivers.clouds.google.client import Client

PART_SIZE: Final = 8 * 1024 * 1024
"""Bytes of one part of an upload in several; the protocol wants a multiple of 256 KiB."""

SINGLE_PUT: Final = 64 * 1024 * 1024
"""Bytes up to which a blob that is in memory anyway is sent in one request."""

_MORE_TO_COME: Final = 308
"""The status of the answer to a part of an upload; it is not a redirect here."""

_LISTED: Final = "items(name,size,updated),prefixes,nextPageToken"
"""The fields to request of a listing; each object has ten times as much."""

_RANGE_BEYOND_THE_END: Final = 416
_BINARY: Final = "application/octet-stream"

_BETWEEN: Final = "between-description-and-nothing"
_EMPTY: Final = f"""--{_BETWEEN}
Content-Type: application/json; charset=UTF-8

{{}}
--{_BETWEEN}
Content-Type: {_BINARY}


--{_BETWEEN}--
"""
"""The body of an upload of nothing, with a place for its description."""


class GCSSession:
    """The requests that one client makes of one bucket, below a prefix."""

    is_lost = False
    has_condition = True

    def __init__(self, client: Client, bucket: str, prefix: str) -> None:
        """Begin with a client that is signed in.

        Args:
            client: signs and sends.
            bucket: its name.
            prefix: what names have before the paths, with a `/` at its end unless it is empty.
        """
        self._client = client
        self._bucket = quote(bucket, safe="")
        self._prefix = prefix

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def find(self) -> None:
        """List one name, which fails if the bucket is missing."""
        await self.page(Prefix(""), delimiter=True, token=None, limit=1)

    async def places(self) -> list[str]:
        """List the buckets of the project.

        Raises:
            UnsupportedOperation: it is not known.
        """
        project = await self._client.project()
        if not project:
            raise UnsupportedOperation("buckets are listed by project; set Project")
        found = await self._client.call("GET", "storage/v1/b", project=project, maxResults=1000)
        return [str(each.get("name", "")) for each in found.get("items", ())]

    async def get(self, path: BlobPath, received: Received) -> None:
        """Get the object."""
        await self._download(path, received)

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Get a part of the object."""
        try:
            return await self._download(path, received, (start, size))
        except Refused as error:
            if error.status == _RANGE_BEYOND_THE_END:
                return Part(total=0)
            raise

    async def _download(
        self, path: BlobPath, received: Received, span: tuple[int, int] | None = None
    ) -> Part:
        start, size = span or (0, 0)
        headers = {"Range": f"bytes={start}-{start + size - 1}"} if span else {}
        where = f"download/{self._object(path)}"
        async with await self._client.request("GET", where, headers=headers, alt="media") as answer:
            if answer.status >= REDIRECTS:
                await answer.checked()
            require_bytes(answer.status, of_part=span is not None)
            total = bytes_of_all(answer.headers.get("content-range"), start)
            came = 0
            async for chunk in answer.chunks():
                came += len(chunk)
                if span and came > size:
                    raise ConnectionError(f"more than {size} bytes came, which were asked for")
                received.append(chunk)
            # Says it of the whole blob, and of how it is stored: it may be unpacked on the way.
            stored = answer.headers.get("x-goog-stored-content-length", "")
            version: str | None = answer.headers.get("x-goog-generation")
            packed = answer.headers.get("x-goog-stored-content-encoding", "identity") != "identity"
        if not span and not packed and stored.isdigit() and came != int(stored):
            raise ConnectionError(f"{came} bytes came instead of {stored}")
        return Part(version, total)

    async def head(self, path: BlobPath) -> Info:
        """Ask for the object's metadata."""
        found = await self._client.call("GET", self._object(path))
        return Info(_size(found), _time(found), found.get("generation"))

    async def link(self, path: BlobPath, seconds: int) -> Link:
        """Make a signed URL for the object."""
        return await self._client.link(self._bucket, f"{self._prefix}{path}", seconds)

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Put the object, a large one in parts."""
        if len(data) <= SINGLE_PUT:
            await self._put_whole(path, data, create=create)
        else:
            await self._upload(path, Source.of(data), create=create)

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Put the object, in parts if it has more than one."""
        if source.size <= PART_SIZE:
            await self._put_whole(path, source.whole(), create=create)
        else:
            await self._upload(path, source, create=create)

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Have the service copy the object; a large one takes several requests."""
        where = f"{self._object(source)}/rewriteTo/b/{self._bucket}/o/{self._name(target)}"
        token: str | None = None
        while True:
            answer = await self._client.call("POST", where, rewriteToken=token)
            token = answer.get("rewriteToken")
            if answer.get("done", token is None):
                return True

    async def delete(self, path: BlobPath) -> None:
        """Delete the object."""
        await self._client.call("DELETE", self._object(path))

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """List some objects."""
        after = f"{self._prefix}{token.path}" if isinstance(token, After) else None
        answer = await self._client.call(
            "GET",
            f"storage/v1/b/{self._bucket}/o",
            prefix=f"{self._prefix}{prefix}",
            delimiter="/" if delimiter else None,
            maxResults=limit,
            pageToken=None if after else token,
            startOffset=after,
            fields=_LISTED,
        )
        begin = len(self._prefix)
        try:
            entries = [Entry(each[begin:-1], is_folder=True) for each in answer.get("prefixes", ())]
            entries += (
                Entry(entry["name"][begin:], _size(entry), _time(entry))
                for entry in answer.get("items", ())
                if entry["name"] != self._prefix  # The marker of the location itself.
            )
        except (KeyError, TypeError):
            raise Unreadable from None
        return Page(entries, answer.get("nextPageToken"))

    async def _put_whole(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Send a blob as it is, not between lines that may stand in the blob as well."""
        name = f"{self._prefix}{path}"
        content, how = _BINARY, {"uploadType": "media", "name": name}
        body = data
        if not data:
            # Some servers ignore a request without a body.
            content, how = f"multipart/related; boundary={_BETWEEN}", {"uploadType": "multipart"}
            body = _EMPTY.format(dumps({"name": name})).replace("\n", "\r\n").encode()
        stored = await self._client.call(
            "POST",
            f"upload/storage/v1/b/{self._bucket}/o",
            headers={"Content-Type": content},
            data=body,
            ifGenerationMatch=_if_absent(create),
            **how,
        )
        _check_stored(stored, len(data))

    async def _upload(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Send in parts; the blob appears with the last one."""
        begun = await self._client.request(
            "POST",
            f"upload/storage/v1/b/{self._bucket}/o",
            uploadType="resumable",
            name=f"{self._prefix}{path}",
            ifGenerationMatch=_if_absent(create),
            headers={"X-Upload-Content-Type": _BINARY},
        )
        async with begun as answer:
            await answer.checked()
            where = answer.headers.get("location", "")
        if not self._client.serves(where):
            raise Redirected(where)
        sent, content = 0, b""
        for part in source.parts(PART_SIZE):
            content = await self._send_part(where, part, sent, source.size)
            sent += len(part)
        _check_stored(described(content), source.size)

    async def _send_part(self, where: str, part: bytes, start: int, size: int) -> bytes:
        end = start + len(part)
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{size}"}
        async with await self._client.request("PUT", where, headers=headers, data=part) as answer:
            if answer.status != _MORE_TO_COME:
                return await answer.checked()
            came = answer.headers.get("range", "")
            if end == size or came.rpartition("-")[2] != str(end - 1):
                raise ConnectionError(f"the server has {came or 'nothing'} of {end} bytes")
            async for _ in answer.chunks():
                pass  # Read to the end, so that the connection can be used again.
            return b""

    def _object(self, path: BlobPath) -> str:
        return f"storage/v1/b/{self._bucket}/o/{self._name(path)}"

    def _name(self, path: BlobPath) -> str:
        return quote(f"{self._prefix}{path}", safe="")


def _if_absent(create: bool) -> str | None:
    return "0" if create else None


def _size(entry: dict[str, Any]) -> int:
    try:
        return int(entry["size"])
    except (KeyError, TypeError, ValueError):
        raise Unreadable from None


def _time(entry: dict[str, Any]) -> datetime | None:
    from datetime import datetime

    try:
        return in_utc(datetime.fromisoformat(entry["updated"]))
    except (KeyError, TypeError, ValueError):
        return None


def _check_stored(answer: dict[str, Any], size: int) -> None:
    """Check that the last answer to an upload describes a blob, and all of it."""
    if answer.get("size") != str(size):
        raise ConnectionError(f"{answer.get('size', 'no')} bytes were stored instead of {size}")
