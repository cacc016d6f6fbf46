"""Blobs in a bucket of Google Cloud Storage, through gcsfs.

Opened by Google Cloud Storage, and by File Storage on a `gs://` URL. gcsfs builds the session and
signs in; each operation here is one request through it.
"""

from __future__ import annotations

from datetime import datetime
from json import loads
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import quote, urlsplit

import aiohttp
from gcsfs.core import initiate_upload, simple_upload
from gcsfs.retry import HttpError, validate_response

from storage_core.backends.base import Blob
from storage_core.backends.source import parts_of
from storage_core.backends.drivers.gcsfs.client import Driver, credentials_of, open_session
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.policy import Found, Received
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault, Redirected, causes, classify
from storage_core.backends.remote.worker import in_thread
from storage_core.keys import Key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage_core.keys import Kind

PART_SIZE: Final = 8 * 1024 * 1024
"""Bytes of one part of an upload in several; the protocol wants a multiple of 256 KiB."""

SINGLE_PUT: Final = 64 * 1024 * 1024
"""Bytes up to which a blob that is in memory anyway goes in one request."""

_BINARY: Final = "application/octet-stream"


class GCSBackend(RemoteBackend):
    """Blobs of one bucket, below a prefix."""

    counts = True
    place = "bucket"
    place_setting = "Bucket"
    credentials = "Service Account Info and what the account is allowed"

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        project: str | None = None,
        service_account_info: Mapping[str, Any] | None = None,
        endpoint_url: str | None = None,
        options: Mapping[str, Any] | None = None,
        timeout: float,
        secrets: tuple[str, ...] = (),
    ) -> None:
        """Name the bucket; nothing is opened yet.

        Args:
            bucket: must exist.
            prefix: what stands before `KIND/NAME` in the names of the objects.
            project: the bucket's.
            service_account_info: the credentials file of a service account; without one, Google's
                own credential chain is used.
            endpoint_url: of another service than Google's.
            options: more arguments of `gcsfs.GCSFileSystem`, which replace those made from the
                above.
            timeout: seconds that one call may take, retries included.
            secrets: what no message may show.

        Raises:
            ConfigurationError: the credentials are not those of a service account.
        """
        super().__init__(
            f"gs://{bucket}/{prefix}".rstrip("/"), bucket, timeout=timeout, secrets=secrets
        )
        # Without an endpoint no setting says where the server is.
        self.address = "Endpoint URL" if endpoint_url else ""
        if dict(options or {}).get("endpoint_url"):
            self.address = "endpoint_url in Options"
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        given = {
            "project": project,
            "token": credentials_of(service_account_info, self.location)
            if service_account_info
            else None,
            "endpoint_url": endpoint_url,
        }
        self._arguments = merged(
            {
                "requests_timeout": aiohttp.ClientTimeout(
                    total=None, sock_connect=timeout, sock_read=timeout
                ),
                **{name: value for name, value in given.items() if value is not None},
            },
            dict(options or {}),
        )

    async def _connect(self) -> Any:
        # In a thread, because looking for credentials may mean asking a server for them.
        driver = await in_thread(
            Driver,
            asynchronous=True,
            skip_instance_cache=True,
            use_listings_cache=False,
            **self._arguments,
        )
        await open_session(driver)
        return driver

    @staticmethod
    async def _disconnect(driver: Any) -> None:
        await driver.session.close()

    async def _get(self, driver: Any, key: Key, received: Received) -> None:
        await self._download(driver, key, received, {})

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
        return await self._download(driver, key, received, {"Range": wanted})

    async def _download(
        self, driver: Any, key: Key, received: Received, headers: dict[str, str]
    ) -> str | None:
        await self._sign_in(driver)
        url = driver.url(f"{self._bucket}/{self._prefix}{key}")
        async with driver.session.get(
            url,
            params=driver._get_params({}),
            headers=driver._get_headers(headers),
            timeout=driver.requests_timeout,
        ) as answer:
            if answer.status >= 400:
                validate_response(answer.status, await answer.read(), url)
            async for chunk in answer.content.iter_any():
                received.append(chunk)
            # Says it of the whole blob, and of how it is stored: it may be unpacked on the way.
            stored = answer.headers.get("x-goog-stored-content-length", "")
            version: str | None = answer.headers.get("x-goog-generation")
            packed = answer.headers.get("x-goog-stored-content-encoding", "identity") != "identity"
        came = sum(map(len, received))
        if not headers and not packed and stored.isdigit() and came != int(stored):
            raise ConnectionError(f"{came} bytes came instead of {stored}")
        return version

    async def _look_up(self, driver: Any, key: Key) -> Found:
        found = await self._call(driver, "GET", "b/{}/o/{}", f"{self._prefix}{key}", json_out=True)
        return Found(int(found["size"]), found.get("generation"))

    async def _put(self, driver: Any, key: Key, data: bytes, *, create: bool) -> None:
        if len(data) <= SINGLE_PUT:
            await self._put_whole(driver, key, data, create=create)
        else:
            from io import BytesIO

            await self._upload(driver, key, BytesIO(data), len(data), create=create)

    async def _put_file(
        self, driver: Any, key: Key, file: BinaryIO, size: int, *, create: bool
    ) -> None:
        if size <= PART_SIZE:
            data = b"".join(parts_of(file, size, PART_SIZE))
            await self._put_whole(driver, key, data, create=create)
        else:
            await self._upload(driver, key, file, size, create=create)

    async def _delete(self, driver: Any, key: Key) -> None:
        await self._call(driver, "DELETE", "b/{}/o/{}", f"{self._prefix}{key}")

    async def _page(
        self, driver: Any, kind: Kind, token: Any, limit: int
    ) -> tuple[Sequence[Blob], Any]:
        folder = f"{self._prefix}{kind}/"
        answer = await self._call(
            driver,
            "GET",
            "b/{}/o",
            prefix=folder,
            delimiter="/",
            maxResults=limit,
            pageToken=token,
            json_out=True,
        )
        blobs = [
            Blob(
                f"{kind}/{entry['name'][len(folder) :]}",
                int(entry["size"]),
                datetime.fromisoformat(entry["updated"]) if "updated" in entry else None,
            )
            for entry in answer.get("items", ())
        ]
        return blobs, answer.get("nextPageToken")

    async def _put_whole(self, driver: Any, key: Key, data: bytes, *, create: bool) -> None:
        """Send a blob as it is; gcsfs wraps it between lines that may stand in the blob as well."""
        if not data:
            # Some servers take a request without a body for no request.
            await self._sign_in(driver)
            name = f"{self._prefix}{key}"
            await simple_upload(driver, self._bucket, name, data, mode=_mode(create))
            return
        stored = await self._call(
            driver,
            "POST",
            f"{driver._location}/upload/storage/v1/b/{quote(self._bucket, safe='')}/o",
            uploadType="media",
            name=f"{self._prefix}{key}",
            ifGenerationMatch="0" if create else None,
            headers={"Content-Type": _BINARY},
            data=data,
            json_out=True,
        )
        _check_stored(stored, len(data))

    async def _upload(
        self, driver: Any, key: Key, file: BinaryIO, size: int, *, create: bool
    ) -> None:
        """Send a file in parts; the blob appears with the last one."""
        await self._sign_in(driver)
        name = f"{self._prefix}{key}"
        where = await initiate_upload(driver, self._bucket, name, _BINARY, mode=_mode(create))
        if urlsplit(where)[:2] != urlsplit(driver._location)[:2]:
            raise Redirected
        sent, answer = 0, b""
        for part in parts_of(file, size, PART_SIZE):
            answer = await self._send_part(driver, where, part, sent, size)
            sent += len(part)
        _check_stored(loads(answer or b"{}"), size)

    async def _send_part(
        self, driver: Any, where: str, part: bytes, start: int, size: int
    ) -> bytes:
        """Send one part. "308" says that more is to come, and is no redirect here."""
        await self._sign_in(driver)
        end = start + len(part)
        async with driver.session.put(
            where,
            params=driver._get_params({}),
            headers=driver._get_headers({"Content-Range": f"bytes {start}-{end - 1}/{size}"}),
            data=part,
            timeout=driver.requests_timeout,
            allow_redirects=False,
        ) as answer:
            content: bytes = await answer.read()
            if answer.status == 308:
                came = answer.headers.get("Range", "")
                if end == size or came.rpartition("-")[2] != str(end - 1):
                    raise ConnectionError(f"the server has {came or 'nothing'} of {end} bytes")
            elif answer.status >= 300:
                validate_response(answer.status, content, where)
                raise Redirected
            return content

    async def _call(
        self, driver: Any, method: str, path: str, *names: str, **arguments: Any
    ) -> Any:
        await self._sign_in(driver)
        args = () if path.startswith("http") else (self._bucket, *names)
        return await driver._call(method, path, *args, **arguments)

    async def _sign_in(self, driver: Any) -> None:
        """Get a fresh token where one is due: gcsfs would block the event loop for it."""
        await in_thread(driver.credentials.maybe_refresh)

    def _fault(self, error: BaseException) -> Fault:
        for each in causes(error):
            if isinstance(each, HttpError) and getattr(each.__cause__, "retryable", False):
                # gcsfs calls it wrong credentials also when the server of tokens was out of order.
                return Fault.PASSING
            if isinstance(each, OSError) and str(each).startswith("Forbidden"):
                return Fault.DENIED
        return classify(error)


def _mode(create: bool) -> str:
    return "create" if create else "overwrite"


def _check_stored(answer: dict[str, Any], size: int) -> None:
    """See that the last answer to an upload speaks of a blob, and of the whole of it."""
    if answer.get("size") != str(size):
        raise ConnectionError(f"{answer.get('size', 'no')} bytes were stored instead of {size}")
