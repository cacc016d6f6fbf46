"""Requests to one KV server over HTTP, one attempt each.

Nothing goes anywhere but to the configured address: no redirect is followed, and neither `.netrc`
nor cookies are looked at.
"""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

import aiohttp

from storage_core.backends.drivers.kv.protocol import MAX_VALUE
from storage_core.backends.remote.faults import ProxyRefused
from storage_core.errors import AccessDenied, ConfigurationError, IntegrityError
from storage_core.redaction import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ssl import SSLContext

    from storage_core.backends.remote.driver import Received

_PASSING: Final = frozenset({429, 500, 502, 503, 504, 507})
"""The statuses after which the next attempt may succeed."""

_SHORT: Final = 64 * 1024
"""The most bytes of an answer that are read and ignored, to keep the connection."""


class Busy(Exception):
    """The server answered with a status after which the next attempt may succeed."""


class Answer(NamedTuple):
    """What the server said, authentication and redirects aside."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_null(self) -> bool:
        return self.body.strip() == b"null"

    def __str__(self) -> str:
        return _phrase(self.status)


class Client:
    """The connections to one server."""

    def __init__(
        self,
        address: str,
        where: str,
        *,
        headers: Mapping[str, str],
        secrets: tuple[str, ...],
        proxy: str | None = None,
        via: str = "",
        context: SSLContext | None = None,
    ) -> None:
        """Connect nothing yet.

        Args:
            address: the URL up to the `/` before a key, without user and password.
            where: what messages call the server.
            headers: sent with each request.
            secrets: texts that no message may show.
            proxy: the URL of one to go through.
            via: what messages say of it.
            context: what TLS is spoken with; None for a server that speaks none.
        """
        self._address = address
        self._where = where
        self._headers = headers
        self._secrets = secrets
        self._proxy = proxy
        self._via = via
        self._context = context
        self._opened: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        segment: str,
        *,
        body: bytes | None = None,
        enough: int | None = None,
        received: Received | None = None,
    ) -> Answer:
        """Return the server's answer.

        Args:
            method: the HTTP method.
            segment: the rest of the URL after the `/` of the address.
            body: JSON to send.
            enough: how many bytes of the answer are enough; the rest is ignored.
            received: the answer is appended to it as it comes.

        Raises:
            AccessDenied: the server refuses the credentials.
            Busy: the next attempt may succeed.
            ConfigurationError: the server redirects elsewhere.
            IntegrityError: the answer is larger than any blob.
        """
        parts: Received = [] if received is None else received
        async with self._session().request(
            method,
            f"{self._address}/{segment}",
            data=None if body is None else io.BytesIO(body),
            headers={"Content-Type": "application/json"} if body is not None else None,
            allow_redirects=False,
            proxy=self._proxy,
        ) as response:
            status = response.status
            if status == ProxyRefused.status:
                raise ProxyRefused
            if status in (401, 403):
                given = "check Token" if "Authorization" in self._headers else "set Token"
                raise AccessDenied(
                    f"{self._where} refused access ({_phrase(status)}{self._via}); {given}"
                )
            if 300 <= status < 400 and "Location" in response.headers:
                raise self._redirected(response.headers["Location"])
            if status in _PASSING:
                raise Busy(f"it answered {_phrase(status)}")
            limit = min(enough or MAX_VALUE, MAX_VALUE if 200 <= status < 300 else _SHORT)
            length = 0
            async for part in response.content.iter_any():
                parts.append(part)
                length += len(part)
                if length > limit:
                    break
            if length > MAX_VALUE:
                raise IntegrityError(
                    f"{self._where} answers with more than any blob has; check API Address"
                )
            return Answer(status, b"".join(parts))

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._context or True),
                headers={"Accept-Encoding": "identity", **self._headers},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._opened

    def _redirected(self, location: str) -> ConfigurationError:
        try:
            parts = urlsplit(urljoin(f"{self._address}/", location))
            port = f":{parts.port}" if parts.port else ""
            target = f"{parts.scheme}://{parts.hostname or ''}{port}"
        except ValueError:
            target = "a malformed address"
        shown = scrub(ascii(target)[1:-1][:200], self._secrets)
        return ConfigurationError(
            f"{self._where} redirects to {shown}; redirects are not followed, so set API Address "
            "to where the KV server is"
        )


def _phrase(status: int) -> str:
    """A status in the standard's words: the server's own might hold anything."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
