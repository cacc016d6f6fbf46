"""Signs in on the event loop: tokens are fetched in a thread, before they expire, one at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from storage_core.backends.drivers.clouds.google.asking import (
    ALL,
    LARGEST,
    Asking,
    Response,
    too_long,
)
from storage_core.backends.drivers.clouds.requesting import Session
from storage_core.backends.remote.faults import Unconnected, unconnected
from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.google.asking import Send
    from storage_core.backends.drivers.clouds.google.tokens import Tokens
    from storage_core.backends.remote.network import Network


class SignIn:
    """Signs requests with tokens."""

    def __init__(self, tokens: Tokens) -> None:
        """Take the source of tokens."""
        self._tokens = tokens
        self._lock = asyncio.Lock()

    async def find(self) -> None:
        """Look for the credentials.

        Raises:
            Explained: there are none, or they cannot be used.
        """
        await in_thread(self._tokens.find)

    async def sign(self, headers: dict[str, str]) -> str | None:
        """Add a token to the headers of a request, and return it; None without one.

        Raises:
            Explained: no token can be had.
        """
        token = await self._token()
        if token is not None:
            self._tokens.sign(headers, token)
        return token

    async def _token(self) -> str | None:
        tokens = self._tokens
        if not tokens.is_found:
            async with self._lock:
                if not tokens.is_found:
                    await self.find()
        if tokens.signs_nobody_in or tokens.fresh():
            return tokens.fresh()
        async with self._lock:
            return tokens.fresh() or await self._renewed()

    async def _renewed(self) -> str | None:
        asking = Asking(_sender(self._tokens.network), self._tokens.timeout)
        try:
            async with asyncio.timeout(ALL * self._tokens.timeout):
                return await in_thread(self._tokens.renew, asking)
        except TimeoutError:
            raise self._tokens.late(asking.url) from None


def _sender(network: Network) -> Send:
    """A function that sends requests for tokens, by `requests`."""
    session: Session | None = None

    def send(
        method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Response:
        nonlocal session
        # In a thread, because its certificates are read from files.
        session = session or Session(network)
        try:
            with session.request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=seconds,
                allow_redirects=False,
                stream=True,
            ) as answer:
                data = b""
                for chunk in answer.iter_content(65536):
                    data += chunk
                    if len(data) > LARGEST:
                        raise too_long()
        except requests.Timeout as error:
            raise TimeoutError from error
        except requests.ConnectionError as error:
            raise _system_error(url, error) or error from None
        return Response(answer.status_code, answer.headers, data)

    return send


def _system_error(url: str, error: requests.ConnectionError) -> Unconnected | None:
    """The system's own error, if no connection could be made; else None."""
    each: BaseException | None = error
    if isinstance(error, requests.exceptions.ProxyError) or unconnected(error) is None:
        return None
    while each is not None and not (isinstance(each, OSError) and each.errno):
        each = each.__cause__ or each.__context__
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return None if each is None else Unconnected(parts.hostname or "", port, each)
