"""Keys of blobs: how one is checked, taken apart and made.

A key is `KIND/NAME`. The rule is strict so that a key is safe as a path, an object name and a URL
segment alike: no separators, no dots that climb, no colons, nothing that needs quoting.
"""

from __future__ import annotations

import os

from storage_core.blobpath import BlobPath
from storage_core.errors import InvalidKey
from storage_core.light import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, Literal, TypeAlias

    Kind: TypeAlias = Literal["flows", "results"]
    """The two kinds of data that a store keeps apart."""

    KeyType: TypeAlias = Literal["hash", "uuid", "timestamp"]
    """How a name is generated: from the bytes, at random, or from the time and at random."""
else:
    Kind = KeyType = str

KINDS: Final[tuple[Kind, ...]] = ("flows", "results")

LONGEST_NAME: Final = 200
_CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
_HEXADECIMAL: Final = "0123456789abcdef"


@dataclass(frozen=True)
class Key:
    """A key taken apart. `str()` puts it together again."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    @property
    def path(self) -> BlobPath:
        """Where its blob lies below a location; a key needs no more checks than its own."""
        return BlobPath(str(self))


def check_kind(kind: str) -> Kind:
    """Return `kind`, or raise `InvalidKey` when it is neither "flows" nor "results"."""
    for known in KINDS:
        if kind == known:
            return known
    raise InvalidKey(f"kind {_shown(kind)} is unknown; use {' or '.join(KINDS)}")


def kinds(kind: str | None) -> tuple[Kind, ...]:
    """The kind, checked; both for None."""
    return KINDS if kind is None else (check_kind(kind),)


def is_name(name: str) -> bool:
    """Whether `name` is valid after the `/` of a key."""
    is_short = 0 < len(name) <= LONGEST_NAME
    return is_short and not name.strip(_CHARACTERS) and name not in (".", "..")


def parse_key(key: str) -> Key:
    """Take `key` apart.

    Raises:
        InvalidKey: it is not `flows/NAME` or `results/NAME`, or NAME is not 1 to 200 characters
            of `A-Z a-z 0-9 . _ -`, or is `.` or `..`.
    """
    if isinstance(key, str):
        kind, slash, name = key.partition("/")
        if slash and is_name(name):
            for known in KINDS:
                if kind == known:
                    return Key(known, name)
    raise InvalidKey(
        f"key {_shown(key)} is not valid; write KIND/NAME, KIND being {' or '.join(KINDS)}, "
        "NAME being 1 to 200 of the characters A-Z a-z 0-9 . _ -"
    )


def is_key(key: str) -> bool:
    """Whether `parse_key` accepts `key`."""
    try:
        parse_key(key)
    except InvalidKey:
        return False
    return True


def content_name(data: bytes | bytearray | memoryview) -> str:
    """The SHA-256 of `data`, 64 hexadecimal digits: equal bytes have equal names."""
    from hashlib import sha256

    return sha256(data).hexdigest()


def is_content_name(name: str) -> bool:
    """Whether `name` has the form of a `content_name`."""
    return len(name) == 64 and not name.strip(_HEXADECIMAL)


def random_name() -> str:
    """A fresh random UUID (version 4) as 32 hexadecimal digits."""
    # By hand: the module `uuid` would cost a worker more time than writing its blob does.
    digits = os.urandom(16).hex()
    return f"{digits[:12]}4{digits[13:16]}{'89ab'[int(digits[16], 16) % 4]}{digits[17:]}"


def timestamp_name() -> str:
    """The current UTC time and 8 random hexadecimal digits; names sort by time of writing."""
    from datetime import UTC, datetime
    from secrets import token_hex

    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{token_hex(4)}"


@dataclass(frozen=True)
class Naming:
    """How one store names its blobs."""

    key_type: KeyType

    def key(self, kind: str, chosen: str | None, content_name: Callable[[], str]) -> Key:
        """The key to write under.

        Args:
            kind: of the blob, where its key is not chosen.
            chosen: the caller's own key.
            content_name: gives the hash of the bytes, called if it is needed.

        Raises:
            InvalidKey: the kind or the key is not valid, or the key is the hash of other bytes.
        """
        checked_kind = check_kind(kind)
        if chosen is not None:
            key = parse_key(chosen)
            if self.is_hash(key) and key.name != content_name():
                raise InvalidKey(
                    f"key {chosen} is the hash of other bytes; "
                    "leave the key out to have it generated"
                )
            return key
        if self.key_type == "hash":
            return Key(checked_kind, content_name())
        return Key(
            checked_kind, timestamp_name() if self.key_type == "timestamp" else random_name()
        )

    def needs_bytes(self, chosen: str | None) -> bool:
        """Whether `key` needs the hash of the bytes."""
        return self.key_type == "hash" if chosen is None else self.is_hash(parse_key(chosen))

    def is_hash(self, key: Key) -> bool:
        """Whether the name of `key` is the hash of its bytes."""
        return self.key_type == "hash" and is_content_name(key.name)


def _shown(value: object) -> str:
    """`value` as it may stand in a one-line message: quoted, escaped and not too long."""
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
