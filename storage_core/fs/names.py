"""Names in URLs and paths: the first part of each, percent-encoded where URLs require it.

The rest of a path is literal: `%41` in it is three characters.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

PROTOCOL: Final = "storage"
_URL: Final = f"{PROTOCOL}://"
_CHAIN: Final = f"{PROTOCOL}::"
_MAGIC: Final = re.compile(r"(\*|\?|\[!?|\])")
"""What makes a name a pattern; in a name itself these are encoded."""


def encoded(name: str) -> str:
    """A name as it is written in a path."""
    return quote(name, safe="~", errors="replace")


def decoded(part: str) -> str:
    """The name that the first part of a path is, however it was encoded."""
    return unquote(part)


def joined(name: str, inner: str) -> str:
    """The path of `inner` below the location of a name."""
    return f"{encoded(name)}/{inner}" if inner else encoded(name)


def split(path: str) -> tuple[str, str]:
    """The name and the rest of a path without protocol."""
    first, _, inner = path.partition("/")
    return decoded(first), inner


def without_protocol(url: str) -> tuple[str, bool]:
    """A URL or path as a path, and whether it has no name, which means the default.

    The name is encoded as `encoded` does, whoever wrote it; patterns stay patterns.
    """
    for start in (_URL, _CHAIN):
        if url.startswith(start):
            path = url.removeprefix(start)
            if path.startswith("/"):
                return path.strip("/"), True
            break
    else:
        path = url
    first, slash, inner = path.strip("/").partition("/")
    pieces = _MAGIC.split(first)
    pieces[::2] = (encoded(decoded(piece)) for piece in pieces[::2])
    return "".join(pieces) + slash + inner, False
