"""What is sent: the head of a request, and its body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from storage_core.backends.remote.faults import BadSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_URL: Final = re.compile(r"(https?)://(?:[^/?#]*@)?([^/?#@]+)([!-~]*)", re.IGNORECASE)
_NETLOC: Final = re.compile(r"(?:\[([0-9A-Fa-f:.%]+)\]|([^:\[\]\s]+))(?::([0-9]{0,5}))?")
_PORTS: Final = {"http": 80, "https": 443}
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


class Body(Protocol):
    """What is to be sent, where it is not in memory as a whole."""

    @property
    def size(self) -> int:
        """Bytes of all its chunks."""

    def chunks(self) -> Iterator[bytes | memoryview]:
        """The bytes; each chunk has been sent before the next is asked for."""


class Target(NamedTuple):
    """What a URL says."""

    scheme: str
    host: str
    """Name or address, without the brackets of IPv6."""

    port: int
    shown: str
    """Host and port as the header `Host` has them: without a port that goes without saying."""

    path: str
    """With the query, as it was given."""

    @property
    def origin(self) -> str:
        """Names the server."""
        return f"{self.scheme}://{self.shown}"


def size_of(body: bytes | memoryview | Body | None) -> int | None:
    """Bytes of a body; None where there is none."""
    if body is None:
        return None
    if isinstance(body, bytes):
        return len(body)
    return body.nbytes if isinstance(body, memoryview) else body.size


def target(url: str) -> Target:
    """What a URL says."""
    found = _URL.fullmatch(url)
    parts = _NETLOC.fullmatch(found[2]) if found else None
    if found is None or parts is None:
        raise BadSettings("the address of the server is no URL that a request can be sent to")
    scheme = found[1].lower()
    host = parts[1] or parts[2]
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            raise BadSettings("the address of the server has a name that cannot be") from None
    port = int(parts[3]) if parts[3] else _PORTS[scheme]
    if port > 65535:
        raise BadSettings("the address of the server has a port that cannot be")
    shown = f"[{host}]" if parts[1] else host
    if port != _PORTS[scheme]:
        shown = f"{shown}:{port}"
    path = found[3].partition("#")[0]
    return Target(scheme, host, port, shown, path if path.startswith("/") else f"/{path}")


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
        headers: which are sent as they are.
        size: bytes of the body; None for none.
        more: lines for a proxy.
    """
    pairs = getattr(headers, "items", None)
    given = [*(pairs() if pairs is not None else headers)]
    names = {name.lower() for name, _ in given}
    lines = [f"{method} {where} HTTP/1.1"]
    if "host" not in names:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in given]
    if "accept-encoding" not in names:
        # Bytes as they are stored.
        lines.append("Accept-Encoding: identity")
    if "content-length" not in names and (size is not None or method in _WITH_BODY):
        lines.append(f"Content-Length: {size or 0}")
    text = "\r\n".join(lines)
    if not (text.count("\r") == text.count("\n") == len(lines) - 1) or "\0" in text:
        raise BadSettings("a header that is to be sent has more than one line")
    return f"{text}\r\n{more}\r\n".encode()
