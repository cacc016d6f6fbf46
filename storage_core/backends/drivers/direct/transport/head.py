"""Reads the head of an answer strictly: what readers could understand in different ways is refused.

"Strictly" means by RFC 9112. A head that breaks it counts as a failure of the connection.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from storage_core.backends.remote.broken import CLOSED, EARLY, FORKED, NOT_HTTP, Broken

MOST: Final = 65536
"""The most bytes of a head. http.client allows as many for one line."""

_NAME: Final = r"[!#$%&'+*\-.^_`|~0-9A-Za-z]+"
_FOLD: Final = r"[ \t]*\r\n[ \t]+"
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
    """What tells where a body ends."""

    size: int | None
    """Its bytes; None if that is not known before."""

    chunked: bool
    """Whether it comes in chunks; if not, and `size` is None, it ends with the connection."""


def not_http() -> Broken:
    """The error where what has come is not an HTTP answer."""
    return Broken(NOT_HTTP)


def unanswered() -> Broken:
    """The error where the connection ended without an answer."""
    return Broken(CLOSED)


def ended_early() -> Broken:
    """The error where a body is shorter than its head said."""
    return Broken(EARLY)


def in_mid_body(error: ConnectionError) -> Broken:
    """The error where `error` came in place of the next bytes of a body."""
    is_told = isinstance(error, Broken) and str(error) in (EARLY, FORKED, NOT_HTTP)
    return Broken(str(error)) if is_told else ended_early()


def begins(data: bytes, start: int) -> bool:
    """Whether the bytes so far may be the beginning of a head."""
    begun = data[start : start + len(_START)]
    return begun == _START[: len(begun)] and data.find(b"\n\n", start) < 0


def hundreds(data: bytes) -> bytes:
    """The first digit of the status, if it has come; the bytes need not be an answer."""
    return data[len(_START) + 2 : len(_START) + 3]


def parsed(data: bytes) -> Head:
    """A head, from its status line to its last header's line end."""
    text = data.decode("latin-1")
    first, *lines = text.split("\r\n")[:-1]
    ends = len(lines) + 1
    if not text.count("\r") == text.count("\n") == ends or "\0" in text:
        raise not_http()
    version, _, rest = first.partition(" ")
    status, reason = rest[:3], rest[4:]
    if (
        version not in ("HTTP/1.1", "HTTP/1.0")
        or not (status.isdecimal() and len(status) == 3 and status[0] != "0")
        or rest[3:4].strip(" ")
    ):
        raise not_http()
    try:
        parted = [line.split(":", 1) for line in lines]
        headers = {name.lower(): value.strip(" \t") for name, value in parted}
    except ValueError:
        return parsed(_unfolded(text))
    # One check of all names: a pattern for each would cost as much as the rest of a head.
    if not ("".join(headers).replace("-", "").isalnum() and text.isascii()) or "" in headers:
        if "\r\n " in text or "\r\n\t" in text:
            return parsed(_unfolded(text))
        if not all(re.fullmatch(_NAME, name) for name in headers):
            raise not_http()
    if len(headers) < len(lines):
        headers.clear()
        for name, value in parted:
            key, value = name.lower(), value.strip(" \t")
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    tokens = headers.get("connection", "").lower()
    lasts = "close" not in tokens and (version == "HTTP/1.1" or "keep-alive" in tokens)
    if version == "HTTP/1.0" and "transfer-encoding" in headers:
        raise not_http()
    return Head(int(status), reason, headers, lasts)


def _unfolded(text: str) -> bytes:
    """A head with folded lines (line ends before blanks, which were allowed once) joined."""
    whole = re.sub(_FOLD, " ", text)
    if whole == text:
        raise not_http()
    return whole.encode("latin-1")


def framing(method: str, head: Head) -> Framing:
    """Where the body ends of the answer to a request."""
    coding, length = head.headers.get("transfer-encoding"), head.headers.get("content-length")
    # With both headers, a proxy on the way may have gone by either.
    if coding is not None and (coding.lower() != "chunked" or length is not None):
        raise not_http()
    size = None
    if length is not None:
        if "," in length:
            # A proxy may have joined several into one line.
            lengths = {each.strip(" \t") for each in length.split(",")}
            length = lengths.pop() if len(lengths) == 1 else ""
        if not (length.isdecimal() and len(length) < 19):
            raise not_http()
        size = int(length)
    if method == "HEAD" or head.status in (204, 304):
        return Framing(0, False)
    return Framing(size, coding is not None)
