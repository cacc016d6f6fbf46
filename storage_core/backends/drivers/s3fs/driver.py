"""Blobs in a bucket of S3 or of a service that speaks its protocol, through s3fs.

Opened by S3 Storage, and by File Storage on an `s3://` URL. s3fs builds the client from what its
users know as its options; each operation here is one request of that client, because the methods of
s3fs on top of it ask for more than they need and retry by their own rules.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import s3fs
from botocore.handlers import add_expect_header

from storage_core.backends.base import CHUNK_SIZE, Blob
from storage_core.backends.source import parts_of
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.policy import Found, Received
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.drivers.s3fs.answers import error_answer, fault_of, reason_in
from storage_core.backends.drivers.s3fs.client import HTTPSession, descriptions, session_of
from storage_core.backends.remote.faults import Fault, classify
from storage_core.backends.remote.worker import beside
from storage_core.keys import Key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage_core.keys import Kind

PART_SIZE: Final = 8 * 1024 * 1024
"""Bytes of one part of an upload in several."""

PARTS_AT_ONCE: Final = 2

MAX_PARTS: Final = 10_000
"""More the protocol does not allow."""

SINGLE_PUT: Final = 64 * 1024 * 1024
"""Bytes up to which a blob that is in memory anyway goes in one request."""


class S3Backend(RemoteBackend):
    """Blobs of one bucket, below a prefix."""

    counts = True
    place = "bucket"
    place_setting = "Bucket"
    credentials = "AWS Access Key ID, AWS Secret Access Key and what they are allowed"

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        key: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        profile: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
        options: Mapping[str, Any] | None = None,
        timeout: float,
        secrets: tuple[str, ...] = (),
    ) -> None:
        """Name the bucket; nothing is opened yet.

        Args:
            bucket: must exist.
            prefix: what stands before `KIND/NAME` in the names of the objects.
            key: access key ID; without one, AWS's own credential chain is used.
            secret: secret access key.
            token: session token.
            profile: which profile of the AWS files to use.
            region: of the bucket.
            endpoint_url: of another service than AWS.
            options: more arguments of `s3fs.S3FileSystem`, which replace those made from the above.
            timeout: seconds that one call may take, retries included.
            secrets: what no message may show.
        """
        super().__init__(
            f"s3://{bucket}/{prefix}".rstrip("/"),
            bucket,
            timeout=timeout,
            secrets=(*secrets, *filter(None, (secret, token))),
        )
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._region = region
        # Without an endpoint it is the region that makes the name of the server.
        self.address = "Endpoint URL" if endpoint_url else "Region Name"
        if dict(options or {}).get("endpoint_url"):
            self.address = "endpoint_url in Options"
        descriptions(None)
        config: dict[str, Any] = {
            "connect_timeout": timeout,
            "read_timeout": timeout,
            "retries": {"total_max_attempts": 1},
            "http_session_cls": HTTPSession,
        }
        if self.address != "Region Name":
            # Services other than AWS answer wrongly when they are asked for its newer checksums.
            config["request_checksum_calculation"] = "when_required"
            config["response_checksum_validation"] = "when_required"
        given = {
            "key": key,
            "secret": secret,
            "token": token,
            "profile": profile,
            "endpoint_url": endpoint_url,
            "client_kwargs": {"region_name": region} if region else None,
        }
        self._arguments = merged(
            {
                "config_kwargs": config,
                **{name: value for name, value in given.items() if value is not None},
            },
            dict(options or {}),
        )

    async def _connect(self) -> Any:
        driver = s3fs.S3FileSystem(
            asynchronous=True,
            skip_instance_cache=True,
            use_listings_cache=False,
            **self._arguments,
        )
        driver.retries = 1
        driver.session = session_of(driver.kwargs)
        client = await driver.set_session()
        # A server that does not know it would let an upload wait for its leave to begin.
        client.meta.events.unregister("before-call.s3", add_expect_header)
        return driver

    @staticmethod
    async def _disconnect(driver: Any) -> None:
        await driver.s3.close()

    async def _get(self, driver: Any, key: Key, received: Received) -> None:
        await self._download(driver, key, received)

    async def _get_range(
        self,
        driver: Any,
        key: Key,
        start: int,
        size: int,
        received: Received,
        handle: dict[str, Any],
    ) -> str | None:
        wanted = f"bytes={start}-{start + size - 1}"
        return await self._download(driver, key, received, Range=wanted)

    async def _download(
        self, driver: Any, key: Key, received: Received, **arguments: str
    ) -> str | None:
        answer = await self._call(driver, "get_object", key, **arguments)
        async with answer["Body"] as body:
            while chunk := await body.read(CHUNK_SIZE):
                received.append(chunk)
        version: str | None = answer.get("ETag")
        return version

    async def _look_up(self, driver: Any, key: Key) -> Found:
        answer = await self._call(driver, "head_object", key)
        return Found(int(answer["ContentLength"]), answer.get("ETag"))

    async def _put(self, driver: Any, key: Key, data: bytes, *, create: bool) -> None:
        if len(data) <= SINGLE_PUT:
            await self._call(driver, "put_object", key, Body=data, **_if_absent(create))
        else:
            from io import BytesIO

            await self._upload(driver, key, BytesIO(data), len(data), create=create)

    async def _put_file(
        self, driver: Any, key: Key, file: BinaryIO, size: int, *, create: bool
    ) -> None:
        if size <= PART_SIZE:
            (body,) = parts_of(file, size, PART_SIZE) if size else (b"",)
            await self._call(driver, "put_object", key, Body=body, **_if_absent(create))
        else:
            await self._upload(driver, key, file, size, create=create)

    async def _delete(self, driver: Any, key: Key) -> None:
        await self._call(driver, "delete_object", key)

    async def _page(
        self, driver: Any, kind: Kind, token: Any, limit: int
    ) -> tuple[Sequence[Blob], Any]:
        more = {"ContinuationToken": token} if token else {}
        folder = f"{self._prefix}{kind}/"
        answer = await driver._call_s3(
            "list_objects_v2",
            Bucket=self._bucket,
            Prefix=folder,
            Delimiter="/",
            MaxKeys=limit,
            **more,
        )
        blobs = [
            Blob(f"{kind}/{entry['Key'][len(folder) :]}", entry["Size"], entry["LastModified"])
            for entry in answer.get("Contents", ())
        ]
        return blobs, answer.get("NextContinuationToken")

    async def _upload(
        self, driver: Any, key: Key, file: BinaryIO, size: int, *, create: bool
    ) -> None:
        """Send a file in parts; no part can be read before the last call has put all together."""
        upload = (await self._call(driver, "create_multipart_upload", key))["UploadId"]
        etags: list[str] = []
        part_size = max(PART_SIZE, -(-size // MAX_PARTS))
        batch: list[bytes] = []

        async def send() -> None:
            answers = await asyncio.gather(
                *(
                    self._call(
                        driver,
                        "upload_part",
                        key,
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
            for part in parts_of(file, size, part_size):
                batch.append(part)
                if len(batch) == PARTS_AT_ONCE:
                    await send()
            await send()
            parts = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]
            await self._call(
                driver,
                "complete_multipart_upload",
                key,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
                **_if_absent(create),
            )
        except BaseException:
            # Nobody can read what is left, but its owner pays for it. Not waited for: the time
            # may be up.
            beside(self._abort(key, upload))
            raise

    async def _abort(self, key: Key, upload: str) -> None:
        async with self._driver() as driver:
            await self._call(driver, "abort_multipart_upload", key, UploadId=upload)

    async def _call(self, driver: Any, method: str, key: Key, **arguments: Any) -> Any:
        name = f"{self._prefix}{key}"
        return await driver._call_s3(method, Bucket=self._bucket, Key=name, **arguments)

    def _fault(self, error: BaseException) -> Fault:
        answer = error_answer(error)
        return fault_of(answer) if answer else classify(error)

    def _reason(self, error: BaseException) -> str:
        words = super()._reason(error)
        answer = error_answer(error)
        return reason_in(answer, words, self._region) if answer else words


def _if_absent(create: bool) -> dict[str, str]:
    return {"IfNoneMatch": "*"} if create else {}
