"""Signed requests to one container."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from storage_core.backends.drivers.direct.azure.refusal import refusal
from storage_core.backends.drivers.direct.azure.times import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.base import Link
    from storage_core.backends.drivers.direct.azure.account import Account
    from storage_core.backends.drivers.direct.azure.signing import Signer
    from storage_core.backends.drivers.direct.transport import Answer, Transport
    from storage_core.backends.remote.limit import Limit

VERSION: Final = "2021-12-02"
"""The version of the protocol. From 2021-02-12 on, listings encode names that XML cannot hold;
azurite refuses versions that are newer than itself."""

_UNKNOWN: Final = ("AuthenticationFailed", "InvalidAuthenticationInfo")
"""Error codes that say that the credentials are invalid, not that they lack a right."""


class Requests:
    """Sends requests to one container."""

    def __init__(
        self,
        transport: Transport,
        account: Account,
        signer: Signer,
        container: str,
        signed_by: str,
    ) -> None:
        """Send nothing yet.

        Args:
            transport: sends the requests.
            account: where the container is.
            signer: signs the requests.
            container: its name; it must exist.
            signed_by: the connection string or the SAS that signs.
        """
        self._transport = transport
        self._signer = signer
        self._signed_by = signed_by
        url = f"{account.url}/{quote(container)}"
        parts = urlsplit(url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._path = url.removeprefix(self._origin)
        self._query = account.query
        self._container = container
        self._key = account.key

    def link(self, name: str, seconds: int) -> Link:
        """Make a signed URL for a blob.

        Raises:
            UnsupportedOperation: there is no account key to sign it with.
        """
        from storage_core.backends.drivers.clouds.azure.linking import linked, no_key

        if self._key is None:
            raise no_key()
        account, key = self._key
        url = f"{self._origin}{self._path}/{quote(name, safe='~/')}"
        return linked(url, account, key, self._container, name, seconds)

    def ask(
        self,
        limit: Limit,
        method: str,
        name: str | None,
        expected: tuple[int, ...],
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | memoryview | None = None,
    ) -> Answer:
        """Send a request and return the answer, whose body is still to be read.

        Args:
            limit: how long it may take.
            method: in capitals.
            name: of the blob; empty for the container itself, None for the account.
            expected: the statuses that count as success.
            query: by name in lower case.
            headers: by name in lower case, besides those of every request.
            body: what to send.

        Raises:
            Refused: the answer has another status.
            Explained: likewise, for a reason that needs an explanation.
        """
        path = f"{self._path}/{quote(name, safe='~/')}" if name else self._path
        if name is None:
            path = self._path.rpartition("/")[0] or "/"
        parts = [f"{key}={quote(value, safe='')}" for key, value in (query or {}).items()]
        parts += [self._query] if self._query else []
        url = f"{self._origin}{path}?{'&'.join(parts)}" if parts else f"{self._origin}{path}"
        while True:
            sent = {
                "accept": "application/xml",
                "x-ms-date": written(time.time()),
                "x-ms-version": VERSION,
                **(headers or {}),
            }
            if method == "PUT":
                sent["content-length"] = str(0 if body is None else memoryview(body).nbytes)
            self._signer.sign(limit, method, path, query or {}, sent)
            answer = self._transport.exchange(limit, method, url, sent, body)
            if answer.status in expected:
                return answer
            if not (_is_unknown(answer) and self._signer.has_another(sent)):
                raise refusal(answer, self._signed_by)
            answer.close()


def _is_unknown(answer: Answer) -> bool:
    return answer.status == 401 or answer.headers.get("x-ms-error-code") in _UNKNOWN
