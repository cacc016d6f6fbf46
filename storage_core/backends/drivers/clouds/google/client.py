"""Requests to Google Cloud Storage: signed, one attempt each, no redirects; for both engines."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote, urlencode

from storage_core.backends.drivers.clouds.google.answers import (
    FAILURES,
    LONGEST,
    REDIRECTS,
    Unreadable,
    refusal,
)
from storage_core.backends.remote.faults import Redirected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType

    from storage_core.backends.base import Link
    from storage_core.backends.drivers.clouds.google.service import Service
    from storage_core.backends.drivers.clouds.google.tokens import Tokens

_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of what describes a thousand objects, each with 8 KiB of somebody's own metadata, and more.
Time is allowed for all that comes, so there has to be an end."""


class Answer(Protocol):
    """The answer to a request."""

    status: int

    @property
    def headers(self) -> Mapping[str, str]:
        """To be asked for names in lower case."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Its body, as it comes."""


class Asked(Protocol):
    """A request, which is sent when this context manager is entered."""

    async def __aenter__(self) -> Answer:
        """Send it."""

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        frames: TracebackType | None,
        /,
    ) -> None:
        """Discard what has not been read."""


class Sender(Protocol):
    """Sends requests as they are, follows no redirect, and can wait for a token."""

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Asked:
        """A request as an asynchronous context manager, which sends it when it is entered."""

    async def sign(self, headers: dict[str, str]) -> str | None:
        """Add a token to the headers of a request, and return it; None without one."""

    async def close(self) -> None:
        """Close the connections."""


class Client:
    """Requests to the service."""

    def __init__(self, sender: Sender, service: Service, tokens: Tokens) -> None:
        """Take the sender, the service, and the source of tokens."""
        self._sender = sender
        self._service = service
        self._tokens = tokens

    async def close(self) -> None:
        """Close the connections."""
        await self._sender.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        **parameters: Any,
    ) -> _Request:
        """A request, which is sent when it is entered; pass the answer to `checked`.

        Args:
            method: the HTTP method.
            path: below the service's URL, or a whole URL that the service has given.
            headers: besides those that sign in.
            data: the body.
            parameters: of the query; those that are None are left out.
        """
        signed = dict(headers or {})
        token = await self._sender.sign(signed)
        if payer := self._service.payer(self._tokens):
            parameters["userProject"] = payer
        url = path if self.serves(path) else f"{self._service.url}/{path}"
        query = {name: value for name, value in parameters.items() if value is not None}
        if query:
            mark = "&" if "?" in url else "?"
            url = f"{url}{mark}{urlencode(query, quote_via=quote, safe='')}"
        return _Request(self._sender.send(method, url, signed, data), self._tokens, token)

    async def call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Make a request whose answer is JSON."""
        async with await self.request(method, path, **arguments) as answer:
            content = await answer.checked()
        return described(content)

    async def project(self) -> str:
        """The project that is set, or that of the credentials; empty if it is unknown."""
        if not self._service.project:
            await self._sender.sign({})  # Who signs in has to be found.
        return self._service.project or self._tokens.project or ""

    async def link(self, bucket: str, name: str, seconds: int) -> Link:
        """Make a signed URL for an object; see `linked`."""
        from storage_core.backends.drivers.clouds.google.linking import linked

        await self._sender.sign({})  # Who signs in has to be found.
        return linked(self._service, self._tokens, bucket, name, seconds)

    def serves(self, url: str) -> bool:
        """Whether a URL is one of the service's own."""
        return url.startswith(f"{self._service.url}/")


def described(content: bytes) -> dict[str, Any]:
    """The JSON object in an answer; empty for an empty answer.

    Raises:
        Unreadable: it is not an answer of Google's.
    """
    try:
        found = loads(content or b"{}")
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(found, dict):
        raise Unreadable
    return found


class _Request:
    """A request that is signed."""

    def __init__(self, asked: Asked, tokens: Tokens, token: str | None) -> None:
        self._asked = asked
        self._tokens = tokens
        self._token = token

    async def __aenter__(self) -> Response:
        answer = await self._asked.__aenter__()
        return Response(answer, self._tokens, self._token)

    async def __aexit__(self, *raised: Any) -> None:
        await self._asked.__aexit__(*raised)


class Response:
    """An answer, and the token of its request."""

    def __init__(self, answer: Answer, tokens: Tokens, token: str | None) -> None:
        """Note whether the token was accepted."""
        self.status = answer.status
        self.headers = answer.headers
        """To be asked for names in lower case."""

        self.chunks = answer.chunks
        """The body, as it comes."""

        self._tokens = tokens
        self._token = token
        if answer.status != 401:
            tokens.accepted(token)

    async def checked(self) -> bytes:
        """The whole body of an answer that is not a blob.

        Raises:
            Explained: it denies access, and the settings do not say to whom.
            Redirected: it redirects elsewhere.
            Refused: it is not a success for another reason.
        """
        if REDIRECTS <= self.status < FAILURES:
            raise Redirected(self.headers.get("location", ""))
        most = LONGEST if self.status >= FAILURES else _LARGEST
        content = []
        size = 0
        async for chunk in self.chunks():
            content.append(chunk)
            size += len(chunk)
            if size > most:
                break
        if self.status < REDIRECTS:
            if size > most:
                raise Unreadable
            return b"".join(content)
        error = refusal(self.status, b"".join(content)[:LONGEST])
        if self.status in (401, 403) and (
            denied := self._tokens.denied(self.status, error, self._token)
        ):
            raise denied from error
        raise error
