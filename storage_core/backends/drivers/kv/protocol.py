"""What a KV client and a KV server send to each other, and its limits.

A key is one path segment, `results/abc` as `results-abc`. A blob is a JSON value: a string where
its bytes are UTF-8, else `{"encoding": "base64", "data": "…"}`. `null` stands for no blob.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, b64encode
from typing import Final

from storage_core.errors import InvalidKey
from storage_core.keys import Key, parse_key

MAX_BLOB: Final = 128 * 1024 * 1024
"""Bytes of the largest blob that is sent."""

MAX_VALUE: Final = 6 * MAX_BLOB + 2
"""The most bytes of its JSON: a control character such as NUL is written with six."""


class NotABlob(ValueError):
    """A JSON value that no client of this protocol has written."""


def to_segment(key: Key) -> str:
    """`key` as it is written in a URL."""
    return f"{key.kind}-{key.name}"


def from_segment(segment: str) -> Key | None:
    """The key that `segment` stands for; None for any other name."""
    kind, _, name = segment.partition("-")
    try:
        return parse_key(f"{kind}/{name}")
    except InvalidKey:
        return None


def encode(data: bytes) -> bytes:
    """`data` as JSON."""
    value: object
    try:
        value = str(data, "utf-8")
    except UnicodeDecodeError:
        value = {"encoding": "base64", "data": b64encode(data).decode("ascii")}
    return json.dumps(value, ensure_ascii=False).encode()


def decode(text: bytes) -> bytes | None:
    """The bytes of a blob from its JSON; None for `null`.

    Raises:
        NotABlob: it is not JSON, or JSON of another form.
    """
    try:
        value = json.loads(text)
        if isinstance(value, str):
            return value.encode()
        if isinstance(value, dict) and value.get("encoding") == "base64":
            return b64decode(value["data"], validate=True)
    except UnicodeEncodeError:
        raise NotABlob("a string with half a surrogate pair") from None
    except (binascii.Error, KeyError, TypeError):
        raise NotABlob("an object whose data is not base64") from None
    except (ValueError, RecursionError):
        raise NotABlob("not JSON, or cut off") from None
    if value is None:
        return None
    raise NotABlob(f"JSON of another form ({type(value).__name__})")
