"""What WebDAV needs besides fsspec's own interface. Called by the file system backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urljoin, urlsplit

if TYPE_CHECKING:
    import httpx

PROTOCOLS: Final = frozenset({"webdav", "dav"})


class Redirected(Exception):
    """The server sends the client to another one, where neither blobs nor passwords are to go."""

    status = 302


def prepared(url: str, options: dict[str, Any], timeout: float) -> tuple[str, dict[str, Any]]:
    """The URL and options as webdav4 wants them.

    Where Options have no `base_url`, `webdav://user:password@host/folder` stands for HTTP to that
    host. Its own retries are off, and it does not follow a server to another one.
    """
    given = dict(options)
    if "base_url" not in given:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        given["base_url"] = f"http://{host}"
        if parts.username is not None:
            user = unquote(parts.username), unquote(parts.password or "")
            given.setdefault("auth", user)
        url = f"{parts.scheme}://{parts.path.lstrip('/')}"
    if isinstance(given.get("auth"), list):
        given["auth"] = tuple(given["auth"])
    hooks = {"response": [_refuse_other_server]}
    return url, {"retry": False, "timeout": timeout, "event_hooks": hooks, **given}


def _refuse_other_server(response: httpx.Response) -> None:
    if response.has_redirect_location:
        here = str(response.request.url)
        there = urljoin(here, response.headers["location"])
        if urlsplit(here)[:2] != urlsplit(there)[:2]:
            raise Redirected("the server redirects elsewhere")
