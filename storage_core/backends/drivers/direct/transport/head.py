"""The head of an answer, read strictly: what two readers could understand in two ways is refused.

RFC 9112 is what "strictly" means. A head that breaks it is a failure of the connection.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MOST: Final = 65536
"""Bytes of a head. http.client allows as many for one line."""

_BLOCK: Final = re.compile(
    r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: ([^\r\n\0]*))?\r\n"
    r"((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\r\n\0]*\r\n)*)"
)
_FOLD: Final = re.compile(r"[ \t]*\r\n[ \t]+")
_START: Final = b"HTTP/1."


class Head(NamedTuple):
    """The status line and the headers of an answer."""

    status: int
    reason: str
    headers: dict[str, str]
    """By names in lower case; several of one name are joined by commas."""

    lasts: bool
    """Whether the connection may be used again."""


class Framing(NamedTuple):
    """How it is known where a body ends."""

    size: int | None
    """Bytes; None where that is not known before."""

    chunked: bool
    """Whether it comes in chunks; else, where `size` is None, the end of the connection ends it."""


def not_http() -> ConnectionError:
    """What to raise when what has come is no answer."""
    return ConnectionError("what answers there does not speak HTTP, or not properly")


def unanswered() -> ConnectionError:
    """What to raise when nothing has come."""
    return ConnectionResetError("the server has closed the connection without an answer")


def ended_early() -> ConnectionError:
    """What to raise when a body is shorter than was said."""
    return ConnectionResetError("the connection has ended in the middle of the answer")


def begins(data: bytes, start: int) -> bool:
    """Whether what has come so far may become a head."""
    begun = data[start : start + len(_START)]
    return begun == _START[: len(begun)] and data.find(b"\n\n", start) < 0


def hundreds(data: bytes) -> bytes:
    """The first digit of the status, as far as it has come; also of what is no answer."""
    return data[len(_START) + 2 : len(_START) + 3]


def parsed(data: bytes) -> Head:
    """A head, from its status line to its last header's line end."""
    text = data.decode("latin-1")
    if "\r\n " in text or "\r\n\t" in text:
        text = _FOLD.sub(" ", text)
    found = _BLOCK.fullmatch(text)
    if found is None:
        raise not_http()
    minor, status, reason, block = found.groups()
    headers: dict[str, str] = {}
    for line in block.split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name = name.lower()
        value = value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    tokens = headers.get("connection", "").lower()
    lasts = "close" not in tokens and (minor == "1" or "keep-alive" in tokens)
    if "transfer-encoding" in headers and minor == "0":
        raise not_http()
    return Head(int(status), reason or "", headers, lasts)


def framing(method: str, head: Head) -> Framing:
    """Where the body ends of the answer to a request."""
    headers = head.headers
    # With a length as well, a proxy on the way may have gone by the one or by the other.
    if headers.get("transfer-encoding", "chunked").lower() != "chunked" or (
        {"transfer-encoding", "content-length"} <= headers.keys()
    ):
        raise not_http()
    size = None
    if "content-length" in headers:
        # A proxy may have joined several into one line.
        lengths = {each.strip(" \t") for each in headers["content-length"].split(",")}
        length = lengths.pop()
        if lengths or not (length.isascii() and length.isdigit() and len(length) < 19):
            raise not_http()
        size = int(length)
    if method == "HEAD" or head.status in (204, 304):
        return Framing(0, False)
    return Framing(size, "transfer-encoding" in headers)
