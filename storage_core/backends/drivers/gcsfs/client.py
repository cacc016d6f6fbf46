"""Requests by the session that gcsfs makes."""

from __future__ import annotations

from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any

import gcsfs.core
from aiohttp import TCPConnector
from yarl import URL

from storage_core.backends.drivers.clouds.google.client import Client
from storage_core.backends.drivers.gcsfs.signing_in import SignIn
from storage_core.backends.drivers.isolated import isolated
from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientResponse

    from storage_core.backends.drivers.clouds.google.service import Service
    from storage_core.backends.drivers.clouds.google.tokens import Tokens
    from storage_core.backends.remote.network import Network

# Without a handler Python would print their log records on the terminal.
for _name in ("gcsfs", "google"):
    getLogger(_name).addHandler(NullHandler())


class _FileSystem(gcsfs.core.GCSFileSystem):  # type: ignore[misc]
    """gcsfs, closed only by us: in a forked child its session must not be closed.

    Not `gcsfs.GCSFileSystem`, which may be another class that asks for a bucket's storage layout
    first and waits two minutes for it where there is no such service (2026.10).
    """

    @staticmethod
    def close_session(*_args: Any, **_kwargs: Any) -> None: ...


class _Asked:
    """A request of aiohttp."""

    def __init__(self, request: AbstractAsyncContextManager[ClientResponse]) -> None:
        self._request = request

    async def __aenter__(self) -> _Answer:
        return _Answer(await self._request.__aenter__())

    async def __aexit__(self, *raised: Any) -> None:
        await self._request.__aexit__(*raised)


class _Answer:
    """An answer of aiohttp."""

    def __init__(self, answer: ClientResponse) -> None:
        self._answer = answer
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers

    def chunks(self) -> AsyncIterator[bytes]:
        return self._answer.content.iter_any()


class _Sender:
    """Sends by the session of gcsfs."""

    def __init__(self, fs: Any, sign_in: SignIn, proxy: str | None) -> None:
        self._fs = fs
        self._proxy = proxy
        self.sign = sign_in.sign

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> _Asked:
        return _Asked(
            self._fs.session.request(
                method,
                URL(url, encoded=True),
                headers=headers,
                data=body,
                timeout=self._fs.requests_timeout,
                allow_redirects=False,
                proxy=self._proxy,
            )
        )

    async def close(self) -> None:
        await self._fs.session.close()


async def connected(
    arguments: dict[str, Any], service: Service, tokens: Tokens, network: Network
) -> Client:
    """A client for these arguments of `gcsfs.GCSFileSystem`, but signed in by us."""
    sign_in = SignIn(tokens)
    await sign_in.find()
    session = dict(arguments.get("session_kwargs") or {})
    if "connector" not in session:
        session["connector"] = TCPConnector(ssl=await in_thread(network.context))
    # In a thread, because looking for certificates reads files.
    fs = await in_thread(
        isolated,
        _FileSystem,
        asynchronous=True,
        skip_instance_cache=True,
        use_listings_cache=False,
        **{**arguments, "token": "anon", "session_kwargs": session},
    )
    await fs._set_session()
    return Client(_Sender(fs, sign_in, network.proxy_for(service.url)), service, tokens)
