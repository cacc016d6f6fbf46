"""Blobs in a container of Azure Blob Storage, through adlfs.

Opened by Azure Blob Storage, and by File Storage on an `az://` or `abfs://` URL. adlfs builds
Azure's client from what its users know as its options; each operation here is one of that client,
because adlfs has no way to switch off retries that go on for more than a minute.
"""

from __future__ import annotations

import weakref
from base64 import b64encode
from logging import NullHandler, getLogger
from secrets import token_hex
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import adlfs
from azure.core import MatchConditions
from azure.storage.blob import BlobBlock

from storage_core.backends.base import Blob
from storage_core.backends.source import parts_of
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.policy import Found, Received
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault, causes, classify
from storage_core.backends.remote.worker import in_thread
from storage_core.keys import Key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage_core.keys import Kind

PART_SIZE: Final = 8 * 1024 * 1024
"""Bytes of one block of an upload in several."""

MAX_PARTS: Final = 50_000
"""More the protocol does not allow."""

_FAULTS: Final = {
    "BlobNotFound": Fault.BLOB_MISSING,
    "ContainerNotFound": Fault.PLACE_MISSING,
    "ContainerBeingDeleted": Fault.PLACE_MISSING,
    "BlobAlreadyExists": Fault.TAKEN,
    "ConditionNotMet": Fault.TAKEN,
    "InvalidResourceName": Fault.MISCONFIGURED,
    "OutOfRangeInput": Fault.MISCONFIGURED,
}


# Without a handler Python would print to the terminal each way of signing in that has failed.
getLogger("azure").addHandler(NullHandler())


class AzureBackend(RemoteBackend):
    """Blobs of one container, below a prefix."""

    place = "container"
    place_setting = "Container"

    def __init__(
        self,
        container: str,
        prefix: str = "",
        *,
        connection_string: str | None = None,
        account_name: str | None = None,
        options: Mapping[str, Any] | None = None,
        timeout: float,
        secrets: tuple[str, ...] = (),
    ) -> None:
        """Name the container; nothing is opened yet.

        Args:
            container: must exist.
            prefix: what stands before `KIND/NAME` in the names of the blobs.
            connection_string: where the account is and how to sign in.
            account_name: the account, when Azure's own credential chain is to be used.
            options: more arguments of `adlfs.AzureBlobFileSystem`, which replace those made from
                the above.
            timeout: seconds that one call may take, retries included.
            secrets: what no message may show.
        """
        super().__init__(
            f"az://{container}/{prefix}".rstrip("/"),
            container,
            timeout=timeout,
            secrets=(*secrets, *_secrets_in(connection_string or "")),
        )
        signs_in_by = "Connection String" if connection_string else "the login for Account Name"
        self.credentials = f"{signs_in_by} and what it is allowed"
        if not connection_string:
            self.address = "Account Name"
        elif "blobendpoint=" in connection_string.lower():
            self.address = "BlobEndpoint in Connection String"
        else:
            self.address = "AccountName in Connection String"
        self._container = container
        self._prefix = f"{prefix}/" if prefix else ""
        given: dict[str, Any] = {
            "connection_string": connection_string,
            "account_name": account_name,
            # Without a connection string a person has signed in some way; adlfs would go ahead
            # anonymously if a variable says so.
            "anon": False if account_name else None,
        }
        self._arguments = merged(
            {name: value for name, value in given.items() if value is not None},
            dict(options or {}),
        )
        self._request: dict[str, Any] = {
            "retry_total": 0,
            "permit_redirects": False,
            "connection_timeout": timeout,
            "read_timeout": timeout,
        }

    async def _connect(self) -> Any:
        # In a thread: it reads files and starts programs when it looks for credentials.
        driver = await in_thread(
            adlfs.AzureBlobFileSystem,
            asynchronous=True,
            skip_instance_cache=True,
            use_listings_cache=False,
            **self._arguments,
        )
        _detach_finalizers(driver)
        return driver

    @staticmethod
    async def _disconnect(driver: Any) -> None:
        await driver.service_client.close()
        if driver.credential is not None and hasattr(driver.credential, "close"):
            await driver.credential.close()

    async def _get(self, driver: Any, key: Key, received: Received) -> None:
        answer = await self._blob(driver, key).download_blob(max_concurrency=1, **self._request)
        data = await answer.readall()
        if len(data) != answer.size:
            raise ConnectionError(f"{len(data)} bytes came instead of {answer.size}")
        received.append(data)

    async def _get_range(
        self,
        driver: Any,
        key: Key,
        start: int,
        size: int,
        received: Received,
        handle: dict[str, Any],
    ) -> str | None:
        answer = await self._blob(driver, key).download_blob(
            offset=start, length=size, max_concurrency=1, **self._request
        )
        received.append(await answer.readall())
        version: str | None = answer.properties.etag
        return version

    async def _look_up(self, driver: Any, key: Key) -> Found:
        found = await self._blob(driver, key).get_blob_properties(**self._request)
        return Found(int(found.size), found.etag)

    async def _put(self, driver: Any, key: Key, data: bytes, *, create: bool) -> None:
        await self._blob(driver, key).upload_blob(
            data, length=len(data), overwrite=not create, max_concurrency=2, **self._request
        )

    async def _put_file(
        self, driver: Any, key: Key, file: BinaryIO, size: int, *, create: bool
    ) -> None:
        """Send a file in blocks; none can be read before the last call has put them together."""
        if size <= PART_SIZE:
            data = b"".join(parts_of(file, size, PART_SIZE))
            await self._put(driver, key, data, create=create)
            return
        blob = self._blob(driver, key)
        blocks: list[BlobBlock] = []
        # Blocks of another writer of the same key that has not finished keep their names.
        upload = token_hex(8)
        for number, part in enumerate(parts_of(file, size, max(PART_SIZE, -(-size // MAX_PARTS)))):
            name = b64encode(f"{upload}-{number:06}".encode()).decode()
            await blob.stage_block(name, part, length=len(part), **self._request)
            blocks.append(BlobBlock(name))
        absent = {"match_condition": MatchConditions.IfMissing} if create else {}
        await blob.commit_block_list(blocks, **absent, **self._request)

    async def _delete(self, driver: Any, key: Key) -> None:
        await self._blob(driver, key).delete_blob(delete_snapshots="include", **self._request)

    async def _page(
        self, driver: Any, kind: Kind, token: Any, limit: int
    ) -> tuple[Sequence[Blob], Any]:
        folder = f"{self._prefix}{kind}/"
        container = driver.service_client.get_container_client(self._container)
        pages = container.list_blobs(
            name_starts_with=folder, results_per_page=limit, **self._request
        ).by_page(token)
        blobs = [
            Blob(f"{kind}/{entry.name[len(folder) :]}", entry.size, entry.last_modified)
            async for entry in await anext(pages)
        ]
        return blobs, pages.continuation_token or None

    def _blob(self, driver: Any, key: Key) -> Any:
        return driver.service_client.get_blob_client(self._container, f"{self._prefix}{key}")

    def _fault(self, error: BaseException) -> Fault:
        for each in causes(error):
            code = getattr(each, "error_code", None)
            if code:
                code = str(getattr(code, "value", code))
                if code in _FAULTS:
                    return _FAULTS[code]
        return classify(error)


def _secrets_in(connection_string: str) -> tuple[str, ...]:
    parts = (part.partition("=") for part in connection_string.split(";"))
    names = ("accountkey", "sharedaccesssignature")
    return tuple(value for name, _, value in parts if name.strip().lower() in names and value)


def _detach_finalizers(driver: Any) -> None:
    """Take over closing: at the end of a forked child adlfs would wait for its parent's loop."""
    for each in tuple(getattr(weakref.finalize, "_registry", ())):
        alive = each.peek()
        if alive is not None and alive[0] is driver:
            each.detach()
