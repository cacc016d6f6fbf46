"""Paths below a location: the one place where they are checked.

A path names a blob in a folder, a bucket or a container. The rule (DESIGN section 9) makes it safe
on a disk, as an object name and in a URL alike: no segment is empty or leads upwards.
"""

from __future__ import annotations

import os

from storage_core.errors import InvalidKey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NewType

    BlobPath = NewType("BlobPath", str)
    """A checked path, relative to a location: `raw/2026/data.csv`."""

    Prefix = NewType("Prefix", str)
    """A checked folder as the beginning of paths: empty for the location itself, else with `/` at
    its end."""
else:
    BlobPath = Prefix = str

ROOT: Final = Prefix("")
"""The location itself."""

MAX_BYTES: Final = 1024
"""Bytes of UTF-8 in the longest path: what S3 and GCS allow for a name."""


def blob_path(path: object) -> BlobPath:
    """`path`, checked.

    Raises:
        InvalidKey: a segment of it is empty, `.` or `..`; it has a NUL, cannot be encoded as UTF-8,
            or is longer than 1,024 bytes.
    """
    if not isinstance(path, str):
        raise InvalidKey(f"path {_shown(path)} is not valid: it is no text")
    if why := _fault_of(path):
        raise InvalidKey(f"path {_shown(path)} is not valid: {why}")
    return BlobPath(path)


def prefix_of(folder: str) -> Prefix:
    """The beginning of every path in `folder`, which may have a `/` at its end; "" is the location.

    Raises:
        InvalidKey: see `blob_path`.
    """
    return Prefix(f"{blob_path(folder.removesuffix('/'))}/") if folder else ROOT


def is_blob_path(path: str) -> bool:
    """Whether a blob of this path can be opened: others may have stored names that cannot."""
    return not _fault_of(path)


def temporary_name() -> str:
    """A new name for a file that is not complete; no generated or chosen name has its form."""
    return f"~{os.urandom(8).hex()}"


def is_temporary(name: str) -> bool:
    """Whether `name` has the form of a `temporary_name`."""
    return len(name) == 17 and name[0] == "~" and not name[1:].strip("0123456789abcdef")


def refuse_temporary(path: BlobPath) -> None:
    """Raise `InvalidKey` if a blob of this path would be taken for a file that is not complete."""
    if is_temporary(path.rpartition("/")[2]):
        raise InvalidKey(f"path {path} has the name of a temporary file; choose another name")


def _fault_of(path: str) -> str:
    if not path:
        return "write FOLDER/NAME"
    segments = path.split("/")
    if "" in segments:
        return "an empty name stands between, before or behind its slashes"
    if "." in segments or ".." in segments:
        return "it may not contain . or .. as a name"
    if "\0" in path:
        return "it contains a NUL"
    try:
        length = len(path.encode())
    except UnicodeEncodeError:
        return "it is no text that UTF-8 can hold"
    return f"it has {length} bytes, at most {MAX_BYTES} are allowed" if length > MAX_BYTES else ""


def _shown(value: object) -> str:
    """`value` as it may stand in a one-line message: quoted, escaped and not too long."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
