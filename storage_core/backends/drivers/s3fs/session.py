"""One attempt at each operation on a bucket, as one request where the protocol allows it."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from hashlib import md5
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.base import CHUNK_SIZE, Entry, Info, in_utc
from storage_core.backends.drivers.clouds.aws.answers import (
    code_of,
    error_answer,
    fault_of,
    is_without_reason,
)
from storage_core.backends.drivers.clouds.aws.linking import linked
from storage_core.backends.remote.driver import (
    Kept,
    Page,
    Part,
    Received,
    bytes_of_all,
    require_bytes,
)
from storage_core.backends.remote.faults import ConditionRefused, Fault
from storage_core.backends.remote.worker import in_thread
from storage_core.backends.source import Source
from storage_core.blobpath import BlobPath, Prefix

if TYPE_CHECKING:
    from storage_core.backends.base import Link
    from storage_core.backends.drivers.s3fs.client import Client
    from storage_core.backends.remote.driver import Afterwards

PART_SIZE: Final = 8 * 1024 * 1024
"""Bytes of one part of an upload in several."""

PARTS_AT_ONCE: Final = 2

MAX_PARTS: Final = 10_000
"""The most that the protocol allows."""

SINGLE_PUT: Final = 64 * 1024 * 1024
"""Bytes up to which a blob that is in memory anyway is sent in one request."""

_MAYBE_CONDITION: Final = (Fault.OTHER, Fault.UNSUPPORTED)
"""The faults of answers that may be due to a write's condition without saying so."""

MAX_COPY: Final = 5 * 1024 * 1024 * 1024
"""Bytes of the largest blob that the protocol copies in one request."""


class S3Session:
    """The requests that one client makes of one bucket, below a prefix."""

    is_lost = False
    has_condition = True

    def __init__(self, client: Client, bucket: str, prefix: str, afterwards: Afterwards) -> None:
        """Begin with a client that is connected.

        Args:
            client: signs and sends.
            bucket: its name.
            prefix: what names have before the paths, with a `/` at its end unless it is empty.
            afterwards: schedules the removal of an upload that broke off.
        """
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._afterwards = afterwards
        self._unconditional: set[str] = set()
        """Operations that the service does not accept with a condition."""

        self._needs_digest = False
        """Whether the service only accepts an object's bytes with their digest."""

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def find(self) -> None:
        """List one name, which fails if the bucket is missing."""
        await self.page(Prefix(""), delimiter=True, token=None, limit=1)

    async def places(self) -> list[str]:
        """List the buckets of the account that signs in."""
        found = await self._client.call("list_buckets")
        return [each["Name"] for each in found.get("Buckets", ())]

    async def get(self, path: BlobPath, received: Received) -> None:
        """Get the object."""
        await self._download(path, received)

    async def get_range(
        self, path: BlobPath, start: int, size: int, received: Received, kept: Kept
    ) -> Part:
        """Get a part of the object."""
        try:
            answer = await self._call("get_object", path, Range=f"bytes={start}-{start + size - 1}")
        except OSError as error:
            if code_of(error) == "InvalidRange":
                return Part(total=0)  # The blob ends before the range.
            raise
        came = 0
        async with answer["Body"] as body:
            require_bytes(answer["ResponseMetadata"]["HTTPStatusCode"], of_part=True)
            total = bytes_of_all(answer.get("ContentRange"), start)
            while chunk := await body.read(CHUNK_SIZE):
                came += len(chunk)
                if came > size:
                    raise ConnectionError(f"more than {size} bytes came, which were asked for")
                received.append(chunk)
        return Part(answer.get("ETag"), total)

    async def _download(self, path: BlobPath, received: Received, **arguments: str) -> None:
        answer = await self._call("get_object", path, **arguments)
        async with answer["Body"] as body:
            status = answer["ResponseMetadata"]["HTTPStatusCode"]
            require_bytes(status, of_part="Range" in arguments)
            while chunk := await body.read(CHUNK_SIZE):
                received.append(chunk)

    async def head(self, path: BlobPath) -> Info:
        """Ask for the object's headers."""
        try:
            answer = await self._call("head_object", path)
        except OSError as error:
            refusal = error_answer(error)
            if refusal is None or not is_without_reason(refusal):
                raise
            # The reason is in the body, which the answer to a HEAD does not have. If it was the
            # region, botocore finds the right one by this request.
            await self._download(path, [], Range="bytes=0-0")
            answer = await self._call("head_object", path)
        modified = in_utc(answer.get("LastModified"))
        return Info(int(answer["ContentLength"]), modified, answer.get("ETag"))

    async def put(self, path: BlobPath, data: bytes, *, create: bool) -> None:
        """Put the object, a large one in parts."""
        if len(data) <= SINGLE_PUT:
            await self._store("put_object", path, create=create, Body=data)
        else:
            await self._upload(path, Source.of(data), create=create)

    async def put_stream(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Put the object, in parts if it has more than one."""
        if source.size <= PART_SIZE:
            await self._store("put_object", path, create=create, Body=source.whole())
        else:
            await self._upload(path, source, create=create)

    async def copy(self, source: BlobPath, target: BlobPath) -> bool:
        """Have the service copy the object, unless it is too large for one request."""
        found = await self.head(source)
        if found.size is None or found.size > MAX_COPY:
            return False
        origin = {"Bucket": self._bucket, "Key": f"{self._prefix}{source}"}
        await self._call("copy_object", target, CopySource=origin)
        return True

    async def link(self, path: BlobPath, seconds: int) -> Link:
        """Make a signed URL for the object."""
        where = {"Bucket": self._bucket, "Key": f"{self._prefix}{path}"}
        return linked(*await self._client.link(where, seconds))

    async def delete(self, path: BlobPath) -> None:
        """Delete the object."""
        await self._call("delete_object", path)

    async def page(self, prefix: Prefix, *, delimiter: bool, token: Any, limit: int) -> Page:
        """List some objects."""
        answer = await self._client.call(
            "list_objects_v2",
            Bucket=self._bucket,
            Prefix=f"{self._prefix}{prefix}",
            MaxKeys=limit,
            **({"Delimiter": "/"} if delimiter else {}),
            **({"ContinuationToken": token} if token else {}),
        )
        begin = len(self._prefix)
        entries = [
            Entry(entry["Prefix"][begin:-1], is_folder=True)
            for entry in answer.get("CommonPrefixes", ())
        ]
        entries += (
            Entry(entry["Key"][begin:], entry["Size"], in_utc(entry.get("LastModified")))
            for entry in answer.get("Contents", ())
            if entry["Key"] != self._prefix  # The marker of the location itself.
        )
        has_more = bool(answer.get("IsTruncated"))
        return Page(entries, answer.get("NextContinuationToken"), has_more)

    async def _upload(self, path: BlobPath, source: Source, *, create: bool) -> None:
        """Send in parts; nothing can be read before the last request joins them."""
        if create and "complete_multipart_upload" in self._unconditional:
            raise ConditionRefused
        upload = (await self._call("create_multipart_upload", path))["UploadId"]
        etags: list[str] = []
        batch: list[bytes] = []

        async def send() -> None:
            answers = await asyncio.gather(
                *(
                    self._call(
                        "upload_part",
                        path,
                        UploadId=upload,
                        PartNumber=len(etags) + index,
                        Body=part,
                    )
                    for index, part in enumerate(batch, 1)
                )
            )
            etags.extend(answer["ETag"] for answer in answers)
            batch.clear()

        try:
            for part in source.parts(max(PART_SIZE, -(-source.size // MAX_PARTS))):
                batch.append(part)
                if len(batch) == PARTS_AT_ONCE:
                    await send()
            await send()
            parts = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]
            await self._store(
                "complete_multipart_upload",
                path,
                create=create,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
            )
        except BaseException:
            # Nobody can read the parts that are left, but the bucket's owner pays for them. Not
            # waited for: the time may be up.
            self._afterwards(lambda session: session.abort(path, upload))
            raise

    async def abort(self, path: BlobPath, upload: str) -> None:
        """Give up an upload in parts."""
        await self._call("abort_multipart_upload", path, UploadId=upload)

    async def _store(self, method: str, path: BlobPath, *, create: bool, **arguments: Any) -> None:
        """Make the request that creates an object; with `create`, on condition that there is none.

        Raises:
            ConditionRefused: the answer may be due to the condition.
        """
        if not create:
            await self._call(method, path, **arguments)
            return
        if method in self._unconditional:
            raise ConditionRefused
        try:
            await self._call(method, path, IfNoneMatch="*", **arguments)
        except OSError as error:
            answer = error_answer(error)
            if answer is not None and fault_of(answer) in _MAYBE_CONDITION:
                raise ConditionRefused(lambda: self._unconditional.add(method)) from error
            raise

    async def _call(self, method: str, path: BlobPath, **arguments: Any) -> Any:
        where = {"Bucket": self._bucket, "Key": f"{self._prefix}{path}"}
        body = arguments.get("Body")
        if body is None:
            return await self._client.call(method, **where, **arguments)
        if not self._needs_digest:
            try:
                return await self._client.call(method, **where, **arguments)
            except OSError as error:
                if "Content-MD5" not in str(error):
                    raise
                # A bucket with Object Lock accepts no bytes without a digest.
                self._needs_digest = True
        digest = await in_thread(lambda: md5(body, usedforsecurity=False).digest())
        arguments["ContentMD5"] = b64encode(digest).decode()
        return await self._client.call(method, **where, **arguments)
