"""Requests to one KV server over HTTP. Called by the client, on the background event loop only.

Nothing goes anywhere but to the configured address: no redirect is followed, and neither proxies
nor `.netrc` nor cookies are looked at. What aiohttp raises leaves here as a `StorageError`.
"""

from __future__ import annotations

import asyncio
import errno
import io
import os
from collections import Counter
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin, urlsplit
from weakref import finalize

import aiohttp

from storage_core.backends.remote import io_loop
from storage_core.backends.drivers.kv.protocol import MAX_VALUE
from storage_core.backends.remote.retry import GaveUp, attempt
from storage_core.errors import (
    AccessDenied,
    ConfigurationError,
    IntegrityError,
    StorageError,
    StorageUnavailable,
)
from storage_core.logs import keep_out
from storage_core.redaction import scrub, scrubbed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

_PASSING_STATUSES: Final = frozenset({429, 500, 502, 503, 504, 507})
_PASSING_ERRNOS: Final = frozenset(
    {errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE}
)
_SHORT: Final = 64 * 1024
"""Bytes that are read of an answer whose content does not matter, to keep the connection."""

_abandoned: Final[list[aiohttp.ClientSession]] = []
"""A parent's sessions in its forked child: closing them would end the parent's connections."""


class Answer(NamedTuple):
    """What the server said, authentication and redirects aside."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return _phrase(self.status)


class _PassingStatus(Exception):
    """The server answered with a status that may be gone a moment later."""


class Transport:
    """The connections to one server. They open when they are needed, in each process anew."""

    def __init__(
        self, address: str, where: str, *, headers: Mapping[str, str], secrets: tuple[str, ...]
    ) -> None:
        """Remember how to reach the server.

        Args:
            address: what stands before the `/` of a key, without user and password.
            where: what messages call the server.
            headers: sent with each request.
            secrets: what no message may show.
        """
        self._address = address
        self._where = where
        self._headers = headers
        self._secrets = secrets
        keep_out(secrets)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._uses: Counter[aiohttp.ClientSession] = Counter()
        self._finalizer: finalize[..., Transport] | None = None

    async def request(
        self,
        method: str,
        segment: str,
        *,
        timeout: float,  # noqa: ASYNC109 (it spans the attempts)
        body: bytes | None = None,
        enough: int | None = None,
    ) -> Answer:
        """Return the server's answer to one request, trying again while that may help.

        Args:
            method: of HTTP.
            segment: what stands behind the `/` of the address.
            timeout: seconds for all attempts together, and one more for every 64 KiB moved.
            body: JSON to send.
            enough: bytes of the answer after which the rest does not matter.

        Raises:
            AccessDenied: the server refuses the credentials.
            ConfigurationError: the server sends the client elsewhere, or shows a certificate that
                is not valid.
            IntegrityError: the answer is larger than any blob.
            StorageUnavailable: there is no answer, or none that is HTTP.
        """
        moved = 0

        async def once() -> Answer | StorageError:
            nonlocal moved
            async with (
                self._session_in_use() as session,
                session.request(
                    method,
                    f"{self._address}/{segment}",
                    data=None if body is None else io.BytesIO(body),
                    headers={"Content-Type": "application/json"} if body is not None else None,
                    allow_redirects=False,
                ) as response,
            ):
                status = response.status
                if status in (401, 403):
                    return self._denied(status)
                if 300 <= status < 400 and "Location" in response.headers:
                    return self._redirected(response.headers["Location"])
                if status in _PASSING_STATUSES:
                    raise _PassingStatus(f"it answered {_phrase(status)}")
                limit = min(enough or MAX_VALUE, MAX_VALUE if 200 <= status < 300 else _SHORT)
                parts: list[bytes] = []
                length = 0
                async for part in response.content.iter_any():
                    parts.append(part)
                    length += len(part)
                    moved += len(part)
                    if length > limit:
                        break
                if length > MAX_VALUE:
                    return IntegrityError(
                        f"{self._where} answers with more than any blob has; check API Address"
                    )
                return Answer(status, b"".join(parts))

        failure: StorageError
        try:
            outcome = await attempt(
                once,
                timeout=timeout,
                is_transient=_is_passing,
                size=len(body or b""),
                moved=lambda: moved,
            )
        except (GaveUp, aiohttp.ClientError, OSError, ValueError) as error:
            failure = self._failure(error)
        else:
            if isinstance(outcome, Answer):
                return outcome
            failure = outcome
        # Raised out here, so that aiohttp's own exception, which knows the headers, is not its
        # context.
        raise failure

    async def close(self) -> None:
        """Close the connections, those in use as soon as they are free; then new ones open."""
        session, self._session = self._session, None
        if session is not None and io_loop.is_current(self._loop) and not self._uses[session]:
            await session.close()

    @asynccontextmanager
    async def _session_in_use(self) -> AsyncIterator[aiohttp.ClientSession]:
        # A request whose session is closed under it waits for ever.
        session = self._current_session()
        self._uses[session] += 1
        try:
            yield session
        finally:
            self._uses[session] -= 1
            if not self._uses[session]:
                del self._uses[session]
                if session is not self._session:
                    await session.close()

    def _current_session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is not None and self._loop is not loop:
            _abandoned.append(self._session)
            self._session = None
        if self._session is None or self._session.closed:
            self._loop = loop
            self._session = aiohttp.ClientSession(
                headers={"Accept-Encoding": "identity", **self._headers},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
            if self._finalizer is not None:
                self._finalizer.detach()
            self._finalizer = finalize(self, _close, self._session, loop)
        return self._session

    def _denied(self, status: int) -> AccessDenied:
        given = "check Token" if "Authorization" in self._headers else "set Token"
        return AccessDenied(f"{self._where} refused access ({_phrase(status)}); {given}")

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

    def _failure(self, error: Exception) -> StorageError:
        """What `error` means to the caller; the error itself is its cause, if fit to be seen."""
        tried = ""
        cause: BaseException = error
        if isinstance(error, GaveUp):
            tried = f" ({error})"
            cause = error.__cause__ or error
        failure: StorageError
        if isinstance(cause, GaveUp):
            failure = StorageUnavailable(
                f"{self._where} did not answer in time{tried}; "
                "see that it is well, or set a longer timeout"
            )
        elif isinstance(cause, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
            failure = ConfigurationError(
                f"{self._where} has no valid certificate ({self._reason(cause)}); "
                "correct API Address or the server's certificate"
            )
        elif isinstance(cause, aiohttp.ClientConnectorError):
            failure = StorageUnavailable(
                f"cannot reach {self._where}: {self._reason(cause)}{tried}; "
                "start the server or correct API Address"
            )
        else:
            failure = StorageUnavailable(
                f"{self._where} did not answer properly: {self._reason(cause)}{tried}; "
                "see that it is well and that API Address is right"
            )
        failure.__cause__ = scrubbed(cause, self._secrets)
        return failure

    def _reason(self, error: BaseException) -> str:
        """Why a request failed, in a few words."""
        if isinstance(error, _PassingStatus):
            return str(error)
        if isinstance(error, aiohttp.ServerDisconnectedError):
            return "it closed the connection"
        if isinstance(error, aiohttp.ClientPayloadError):
            return "its answer broke off"
        if isinstance(error, aiohttp.ClientResponseError):
            return "its answer is not HTTP"
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            error = error.certificate_error
        if isinstance(error, aiohttp.ClientConnectorError) and (error.errno or 0) > 0:
            # Its own words are asyncio's, with the address in Python's notation.
            return os.strerror(error.errno or 0)
        text = getattr(error, "verify_message", None) or getattr(error, "strerror", None)
        return scrub(ascii(str(text or type(error).__name__))[1:-1][:200], self._secrets)


def _is_passing(error: Exception) -> bool:
    if isinstance(error, aiohttp.ClientSSLError):
        return False
    if isinstance(error, OSError):
        # A connection that breaks while a body is sent carries no number, but what broke it.
        broken = isinstance(error.__cause__ or error, ConnectionError)
        return broken or error.errno in _PASSING_ERRNOS
    return isinstance(
        error, _PassingStatus | aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError
    )


def _phrase(status: int) -> str:
    """A status in the standard's words: the server's own might hold anything."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _close(session: aiohttp.ClientSession, loop: asyncio.AbstractEventLoop) -> None:
    """Close the session of a transport that nobody uses any more, at the latest at exit."""
    if not io_loop.is_current(loop):
        _abandoned.append(session)
    elif not session.closed:
        io_loop.finish(session.close())
