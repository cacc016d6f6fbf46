"""Requests of the session that gcsfs makes: signed, one attempt each, no redirect."""

from __future__ import annotations

from json import loads
from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any

import gcsfs.core
from aiohttp import TCPConnector
from gcsfs.retry import HttpError, validate_response

from storage_core.backends.drivers.isolated import isolated
from storage_core.backends.remote.faults import Redirected, reason
from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientResponse

    from storage_core.backends.drivers.clouds.google.signing_in import SignIn
    from storage_core.backends.remote.network import Network

# Without a handler Python would print what they log to the terminal.
for _name in ("gcsfs", "google"):
    getLogger(_name).addHandler(NullHandler())


class _FileSystem(gcsfs.core.GCSFileSystem):  # type: ignore[misc]
    """gcsfs, closed by us only: in a forked child its session must not be.

    Not `gcsfs.GCSFileSystem`, which may be another class that asks for a bucket's storage layout
    first and waits two minutes for it where there is no such service (2026.10).
    """

    @staticmethod
    def close_session(*_args: Any, **_kwargs: Any) -> None: ...


class Client:
    """Requests to the service, signed."""

    def __init__(self, fs: Any, sign_in: SignIn, network: Network) -> None:
        """Take what gcsfs has made of its arguments, what signs, and how the server is reached."""
        self._fs = fs
        self._sign_in = sign_in
        self._location = fs.url("bucket/name").partition("/download/")[0]
        self._proxy = network.proxy_for(self._location)

    async def close(self) -> None:
        """Close the connections."""
        await self._fs.session.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        **parameters: Any,
    ) -> AbstractAsyncContextManager[ClientResponse]:
        """Begin a request; the answer is to be entered, and handed to `checked`.

        Args:
            method: of HTTP.
            path: of the service, or a whole URL that it has given.
            headers: besides those that sign in.
            data: the body.
            parameters: of the query; those that are None are left out.
        """
        fs = self._fs
        signed = dict(headers or {})
        await self._sign_in.sign(signed)
        query = {name: value for name, value in parameters.items() if value is not None}
        if fs.requester_pays:
            payer = fs.requester_pays
            query["userProject"] = (
                payer if isinstance(payer, str) else fs.project or self._sign_in.project or ""
            )
        request: AbstractAsyncContextManager[ClientResponse] = fs.session.request(
            method,
            path if path.startswith(self._location) else f"{self._location}/{path}",
            params=query,
            headers=signed,
            data=data,
            timeout=fs.requests_timeout,
            allow_redirects=False,
            proxy=self._proxy,
        )
        return request

    async def call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Make a request that is answered in JSON."""
        async with await self.request(method, path, **arguments) as answer:
            content = await self.checked(answer)
        result: dict[str, Any] = loads(content) if content else {}
        return result

    async def checked(self, answer: ClientResponse) -> bytes:
        """The body of an answer.

        Raises:
            Explained: it denies access, and the settings do not say to whom.
            Redirected: it sends the client elsewhere.
            OSError, HttpError: what gcsfs makes of any other status but success.
        """
        content = await answer.read()
        if answer.status >= 400:
            try:
                validate_response(answer.status, content, answer.url.path)
            except (OSError, HttpError) as error:
                # gcsfs makes exceptions of Python's of some, which have none.
                vars(error)["status"] = answer.status
                if answer.status in (401, 403) and (
                    denied := self._sign_in.denied(answer.status, reason(error, ()))
                ):
                    raise denied from error
                raise
        if answer.status >= 300:
            raise Redirected(answer.headers.get("Location", ""))
        return content

    def serves(self, url: str) -> bool:
        """Whether a URL is one of the service's own."""
        return url.startswith(f"{self._location}/")


async def connected(arguments: dict[str, Any], sign_in: SignIn, network: Network) -> Client:
    """A client for these arguments of `gcsfs.GCSFileSystem`, signed in otherwise."""
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
    return Client(fs, sign_in, network)
