"""What gcsfs has signed in with, and requests made with that: one attempt each, no redirect."""

from __future__ import annotations

from json import loads
from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any, Final

import gcsfs.core
from gcsfs.retry import validate_response

from storage_core.backends.remote.faults import Redirected
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientResponse

_SCOPE: Final = "https://www.googleapis.com/auth/devstorage.full_control"

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

    def __init__(self, fs: Any) -> None:
        """Take what gcsfs has made of its arguments."""
        self._fs = fs
        self._location = fs.url("bucket/name").partition("/download/")[0]

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
        """Begin a request; the answer is to be entered, and its status looked at by `checked`.

        Args:
            method: of HTTP.
            path: of the service, or a whole URL that it has given.
            headers: besides those that sign in.
            data: the body.
            parameters: of the query; those that are None are left out.
        """
        fs = self._fs
        # gcsfs would block the event loop for a fresh token.
        await in_thread(fs.credentials.maybe_refresh)
        signed = dict(headers or {})
        fs.credentials.apply(signed)
        query = {name: value for name, value in parameters.items() if value is not None}
        if fs.requester_pays:
            payer = fs.requester_pays
            query["userProject"] = payer if isinstance(payer, str) else fs.project
        request: AbstractAsyncContextManager[ClientResponse] = fs.session.request(
            method,
            path if path.startswith(self._location) else f"{self._location}/{path}",
            params=query,
            headers=signed,
            data=data,
            timeout=fs.requests_timeout,
            allow_redirects=False,
        )
        return request

    async def call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Make a request that is answered in JSON."""
        async with await self.request(method, path, **arguments) as answer:
            content = await checked(answer)
        result: dict[str, Any] = loads(content) if content else {}
        return result

    def serves(self, url: str) -> bool:
        """Whether a URL is one of the service's own."""
        return url.startswith(f"{self._location}/")


async def checked(answer: ClientResponse) -> bytes:
    """The body of an answer.

    Raises:
        Redirected: it sends the client elsewhere.
        OSError, HttpError: what gcsfs makes of any other status but success.
    """
    content = await answer.read()
    if answer.status >= 400:
        validate_response(answer.status, content, answer.url.path)
    if answer.status >= 300:
        raise Redirected
    return content


async def connected(arguments: dict[str, Any]) -> Client:
    """A client for these arguments of `gcsfs.GCSFileSystem`."""
    # In a thread, because looking for credentials may mean asking a server for them.
    fs = await in_thread(
        _FileSystem,
        asynchronous=True,
        skip_instance_cache=True,
        use_listings_cache=False,
        **arguments,
    )
    await fs._set_session()
    return Client(fs)


def credentials_of(info: Mapping[str, Any], location: str) -> Any:
    """What gcsfs takes for a token, from the JSON of an account.

    Raises:
        ConfigurationError: they are not the credentials of a service account.
    """
    if "refresh_token" in info:
        # A user's own sign-in; gcsfs knows what to do with it.
        return dict(info)
    from google.oauth2.service_account import Credentials

    build: Any = Credentials.from_service_account_info

    try:
        return build(info, scopes=[_SCOPE])
    except ValueError:
        pass
    # Not raised above: what Google's library says may show a part of the key.
    raise ConfigurationError(
        f"{location}: Service Account Info is incomplete or its private key is damaged; "
        "download the JSON again"
    )
