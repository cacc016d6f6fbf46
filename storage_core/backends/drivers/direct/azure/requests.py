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
"""Of the protocol. The first with which listings encode names that XML cannot hold is 2021-02-12;
azurite knows none that is newer than itself."""

_UNKNOWN: Final = ("AuthenticationFailed", "InvalidAuthenticationInfo")
"""What Azure says of who asks, rather than of what that is allowed."""


class Requests:
    """Asks for what is in a container."""

    def __init__(
        self,
        transport: Transport,
        account: Account,
        signer: Signer,
        container: str,
        signed_by: str,
    ) -> None:
        """Ask nothing yet.

        Args:
            transport: sends.
            account: where it is.
            signer: shows who asks.
            container: must exist.
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
        """Sign an address of a blob.

        Raises:
            UnsupportedOperation: there is no key of the account.
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
        """The answer, whose body is still to come.

        Args:
            limit: how long it may take.
            method: in capitals.
            name: of the blob; empty for the container itself, None for the account.
            expected: what it may answer.
            query: by name in lower case.
            headers: by name in lower case, besides those of every request.
            body: what to send.

        Raises:
            Refused: it answers something else.
            Explained: likewise, for a reason that one has to know.
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
