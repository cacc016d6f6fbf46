"""What a place tells about its blobs. A worker that writes and reads one does not load this."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from datetime import datetime


class Info(NamedTuple):
    """What a place tells about a blob without sending it."""

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

    It need not be a valid `BlobPath`: names that others have stored are listed as they are, and
    cannot be opened.
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
    """A signed URL with which anybody can read a blob for a while: treat it as a secret."""

    url: str
    expires: datetime
    """When it expires at the latest, in UTC."""

    hint: str = ""
    """What a person should know about it."""

    def __repr__(self) -> str:
        """Without the signature, so that it can be logged."""
        return f"{type(self).__name__}({mask_url(self.url)!r}, {self.expires.isoformat()!r})"
