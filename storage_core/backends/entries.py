"""What a place says of its blobs. A worker that writes and reads one does without."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from datetime import datetime


class Info(NamedTuple):
    """What a place says of a blob without sending it."""

    size: int | None
    """Bytes; None where the place does not say."""

    modified: datetime | None = None
    """When it was written, in UTC; None where the place does not say."""

    version: str | None = None
    """Changes whenever the blob does; None where the place does not say."""


class Entry(NamedTuple):
    """One line of a listing: a blob or, where a delimiter is asked for, a folder."""

    path: str
    """Below the location; a folder's has no `/` at its end.

    Others may have stored names that are no `BlobPath`; these are listed and cannot be opened.
    """

    size: int | None = None
    """Bytes; None for a folder, and where the place does not say."""

    modified: datetime | None = None
    """When it was written, in UTC; None where the place does not say."""

    is_folder: bool = False

    @property
    def name(self) -> str:
        """The last segment of the path."""
        return self.path.rpartition("/")[2]


class Link(NamedTuple):
    """An address under which anybody can read a blob for a while: a secret in itself."""

    url: str
    expires: datetime
    """Until when it holds at most, in UTC."""

    hint: str = ""
    """What a person ought to know of it."""

    def __repr__(self) -> str:
        """Without the signature, so that it can be logged."""
        return f"{type(self).__name__}({mask_url(self.url)!r}, {self.expires.isoformat()!r})"
