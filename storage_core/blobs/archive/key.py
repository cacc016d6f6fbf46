"""The key of flow code: `flows/SHA256.tar`, followed by `.gz` or `.zst` if it is compressed.

The SHA-256 is that of the tar itself, since compressed bytes differ from machine to machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core.blobs.objects.names import ObjectName, parse
from storage_core.errors import InvalidKey
from storage_core.keys import Key, is_content_name, parse_key

if TYPE_CHECKING:
    from storage_core.blobs.compression import Compression

_TAR: Final = "tar"


class ArchiveKey(NamedTuple):
    """What a key says about an archive."""

    key: Key
    digest: str
    compression: Compression | None


def archive_key(digest: str, compression: Compression | None) -> Key:
    """The key of an archive."""
    return Key("flows", str(ObjectName(digest, _TAR, compression)))


def parse_archive_key(key: str) -> ArchiveKey:
    """Take the key of an archive apart.

    Raises:
        InvalidKey: it is not one; the message says what it may be instead.
    """
    target = parse_key(key)
    found = parse(target.name)
    if found is None or found.serializer != _TAR:
        raise InvalidKey(f"{key} is not the key of flow code: {_instead(found)}")
    if not found.is_hash:
        raise InvalidKey(
            f"{key} is not the key of flow code: its name is no SHA-256, by which it would be "
            "verified; read it as a plain blob"
        )
    return ArchiveKey(target, found.stem, found.compression)


def _instead(found: ObjectName | None) -> str:
    if found is None or not is_content_name(found.stem):
        return "it is a plain blob; read it"
    return f"it is an object ({found.serializer}); load it"
