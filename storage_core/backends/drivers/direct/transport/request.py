"""What is sent: the head of a request, and its body."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from storage_core.backends.remote.faults import BadSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PORTS: Final = {"http": 80, "https": 443}
_NOT_IN_HOSTS: Final = frozenset(" /\\[]@")
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


class Body(Protocol):
    """A body that is not in memory as a whole."""

    @property
    def size(self) -> int:
        """The bytes of all its chunks together."""

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Yield the bytes; each chunk is sent before the next is taken."""


class Server(NamedTuple):
    """The server that a URL leads to."""

    scheme: str
    host: str
    """Name or address, without the brackets of IPv6."""

    port: int
    shown: str
    """Host and port as in the header `Host`: without the default port."""

    origin: str
    """Scheme, host and port, to know the server by."""


def size_of(body: bytes | memoryview | Body | None) -> int | None:
    """The size of a body in bytes; None if there is none."""
    if body is None:
        return None
    if isinstance(body, bytes):
        return len(body)
    return body.nbytes if isinstance(body, memoryview) else body.size


def parted(url: str) -> tuple[Server, str]:
    """Split a URL into its server, and its path and query as they are given."""
    scheme, _, rest = url.partition("://")
    netloc, _, path = rest.partition("/")
    if "?" in netloc or "#" in netloc:
        end = min(at for at in map(rest.find, "?#") if at >= 0)
        netloc, path = rest[:end], rest[end:]
    if "#" in path:
        path = path.partition("#")[0]
    if not (path.isascii() and path.isprintable()) or " " in path:
        raise BadSettings("the path of the address is not percent-encoded")
    return server(scheme, netloc), f"/{path}"


@lru_cache(maxsize=64)
def server(scheme: str, netloc: str) -> Server:
    """The server that the beginning of a URL names."""
    scheme = scheme.lower()
    host, port = netloc.rpartition("@")[2], ""
    is_ipv6 = host.startswith("[")
    if is_ipv6:
        host, closing, port = host[1:].partition("]")
        if not closing or not (port.startswith(":") or not port):
            host = ""
        port = port.removeprefix(":")
    else:
        host, _, port = host.partition(":")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
        number = int(port) if port.isascii() and port.isdigit() else _PORTS.get(scheme, 0)
    except ValueError:
        host, number = "", 0
    if (port and not port.isdigit()) or not 0 < number < 65536 or scheme not in _PORTS:
        host = ""
    if not host or not host.isprintable() or {*host} & _NOT_IN_HOSTS:
        raise BadSettings("the address of the server is no URL that a request can be sent to")
    shown = f"[{host}]" if is_ipv6 else host
    if number != _PORTS[scheme]:
        shown = f"{shown}:{number}"
    return Server(scheme, host, number, shown, f"{scheme}://{shown}")


def head(
    method: str,
    where: str,
    host: str,
    headers: Iterable[tuple[str, str]] | Mapping[str, str],
    size: int | None,
    more: str,
) -> bytes:
    """The head of a request.

    Args:
        method: such as GET.
        where: path and query, or the whole URL.
        host: what the header of that name is, unless given.
        headers: sent as they are.
        size: bytes of the body; None without one.
        more: header lines for a proxy.
    """
    pairs = getattr(headers, "items", None)
    given = [*(pairs() if pairs is not None else headers)]
    names = {name.lower() for name, _ in given}
    lines = [f"{method} {where} HTTP/1.1"]
    if "host" not in names:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in given]
    if "accept-encoding" not in names:
        # Ask for the bytes as they are stored.
        lines.append("Accept-Encoding: identity")
    if "content-length" not in names and (size is not None or method in _WITH_BODY):
        lines.append(f"Content-Length: {size or 0}")
    text = "\r\n".join(lines)
    if not (text.count("\r") == text.count("\n") == len(lines) - 1) or "\0" in text:
        raise BadSettings("a header that is to be sent has more than one line")
    try:
        return f"{text}\r\n{more}\r\n".encode()
    except UnicodeEncodeError:
        # The original error holds the whole head, credentials included.
        raise BadSettings("a header that is to be sent is no text") from None
