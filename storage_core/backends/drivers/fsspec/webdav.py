"""What WebDAV needs besides fsspec's own interface."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from storage_core.backends.remote.faults import Explained, Fault, Redirected

if TYPE_CHECKING:
    from typing import BinaryIO

    import httpx

    from storage_core.backends.remote.network import Network

PROTOCOLS: Final = frozenset({"webdav", "dav", "webdavs", "davs"})
"""With an s: over https, which fsspec has no name for."""


_NOT_ALLOWED: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED, 501)
_REFUSED: Final = (*_NOT_ALLOWED, HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT)
"""Statuses of a MOVE that cannot mean anything else: the file has just been put beside."""


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
        if proxy := network.proxy_for(str(options["base_url"])):
            import httpx

            # A context is refused where the proxy itself speaks no TLS.
            context = network.context() if proxy.startswith("https:") else None
            result["proxy"] = httpx.Proxy(proxy, ssl_context=context)
        # httpx has its own view of the variables, and looks for passwords in .netrc.
        result["trust_env"] = False
    return result


def upload(client: Any, file: BinaryIO, size: int, path: str, *, new: bool = False) -> None:
    """Send a file in one request; with `new`, onto no other, where the server looks at that."""
    headers = {"If-None-Match": "*"} if new else None
    client.upload_fileobj(file, path, overwrite=True, size=size, headers=headers)


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


class CannotRename(Explained):
    """The server, or a proxy in front of it, does not rename."""

    def __init__(self, status: int) -> None:
        """Say why, and what mends it."""
        remedy = "have the server, and the proxy in front of it, allow MOVE"
        if status not in _NOT_ALLOWED:
            remedy = (
                "have the proxy in front of the server rewrite the header Destination to the "
                "address that the server itself has"
            )
        phrase = HTTPStatus(status).phrase
        super().__init__(
            Fault.MISCONFIGURED,
            f"the server does not rename, and so cannot replace a blob (it answered {status} "
            f"{phrase} to MOVE)",
            remedy,
        )


def rename(client: Any, old: str, new: str, create: bool) -> None:
    """Give a file another name, which `create` takes only if it is free.

    Behind a proxy that terminates TLS the server knows itself by another address than the one in
    the header Destination. A path alone, which the standard allows as well, many take all the same.

    Raises:
        CannotRename: it takes neither; both files are as before.
    """
    from webdav4.client import BadGatewayError, HTTPError, ResourceAlreadyExists, ResourceNotFound

    whole = client.join_url(new)
    refusal = 0
    for destination in (str(whole), whole.raw_path.decode("ascii")):
        headers = {"Destination": destination, "Overwrite": "F" if create else "T"}
        try:
            client.request("MOVE", old, headers=headers)
            return
        except BadGatewayError:
            status: int = HTTPStatus.BAD_GATEWAY
        except ResourceNotFound:
            status = HTTPStatus.NOT_FOUND
        except HTTPError as error:
            status = error.status_code
            if status == HTTPStatus.PRECONDITION_FAILED:
                raise ResourceAlreadyExists(new) from error
            if status not in _REFUSED:
                raise
        refusal = refusal or status
    raise CannotRename(refusal)


def _refuse_other_server(response: httpx.Response) -> None:
    if response.has_redirect_location:
        here = urlsplit(str(response.request.url))
        there = urlsplit(urljoin(here.geturl(), response.headers["location"]))
        if here[:2] != there[:2]:
            raise Redirected(there.geturl())
