"""What WebDAV needs besides fsspec's own interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from storage_core.backends.remote.faults import Redirected

if TYPE_CHECKING:
    from typing import BinaryIO

    import httpx

    from storage_core.backends.remote.network import Network

PROTOCOLS: Final = frozenset({"webdav", "dav", "webdavs", "davs"})
"""With an s: over https, which fsspec has no name for."""


def known(url: str) -> str:
    """The URL by the name that fsspec has for its protocol."""
    protocol, separator, rest = url.partition("://")
    is_ours = protocol.lower() in PROTOCOLS
    return f"{protocol.lower().removesuffix('s')}{separator}{rest}" if is_ours else url


def prepared(url: str, options: dict[str, Any], timeout: float) -> tuple[str, dict[str, Any]]:
    """The URL and options as webdav4 wants them.

    Where Options have no `base_url`, `webdav://user:password@host/folder` stands for HTTP to that
    host, and `webdavs://` for HTTPS. Its own retries are off, and it does not follow a server to
    another one.
    """
    given = dict(options)
    if "base_url" not in given:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        scheme = "https" if parts.scheme.endswith("s") else "http"
        given["base_url"] = f"{scheme}://{host}"
        if parts.username is not None:
            user = unquote(parts.username), unquote(parts.password or "")
            given.setdefault("auth", user)
        url = f"{parts.scheme}://{parts.path.lstrip('/')}"
    url = known(url)
    if isinstance(given.get("auth"), list):
        given["auth"] = tuple(given["auth"])
    hooks = {"response": [_refuse_other_server]}
    return url, {"retry": False, "timeout": timeout, "event_hooks": hooks, **given}


def reached(options: dict[str, Any], network: Network) -> dict[str, Any]:
    """The options with proxy and certificates, unless they say that themselves."""
    result = {"verify": network.context(), **options}
    if not options.keys() & {"mounts", "proxies", "proxy", "transport", "trust_env"}:
        result["proxy"] = network.proxy_for(str(options["base_url"]))
        # httpx has its own view of the variables, and looks for passwords in .netrc.
        result["trust_env"] = False
    return result


def upload(client: Any, file: BinaryIO, size: int, path: str) -> None:
    """Send a file in one request."""
    client.upload_fileobj(file, path, overwrite=True, size=size)


def make_folder(client: Any, path: str) -> None:
    """Create a folder, and those above it where they are missing, unless it exists."""
    from webdav4.client import ResourceConflict  # type: ignore[import-untyped]

    try:
        _make_one_folder(client, path)
    except ResourceConflict:
        parent = path.rpartition("/")[0]
        if not parent:
            raise
        make_folder(client, parent)
        _make_one_folder(client, path)


def _make_one_folder(client: Any, path: str) -> None:
    from webdav4.client import ResourceAlreadyExists

    try:
        client.mkdir(path)
    except ResourceAlreadyExists:
        pass  # Perhaps since a moment ago: another writer was faster.


def rename(client: Any, old: str, new: str, create: bool) -> None:
    """Give a file another name, which `create` takes only if it is free."""
    client.move(old, new, overwrite=not create)


def _refuse_other_server(response: httpx.Response) -> None:
    if response.has_redirect_location:
        here = str(response.request.url)
        there = urljoin(here, response.headers["location"])
        if urlsplit(here)[:2] != urlsplit(there)[:2]:
            raise Redirected
