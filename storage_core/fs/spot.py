"""Where a path of a file system leads: a backend, and a path below its location."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.blobpath import BlobPath, Prefix, blob_path, prefix_of
from storage_core.fs.errors import FileTaken, IsFolder
from storage_core.printable import printable

if TYPE_CHECKING:
    from storage_core.backends.base import Backend, Entry, Info

FOLDER = "directory"
FILE = "file"

_ALIASES: Final = {"s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az", "ssh": "sftp"}
"""Protocols that are one, under two names."""

_PORTS: Final = {"sftp": ":22", "ftp": ":21", "http": ":80", "https": ":443"}
"""What may be left out of a URL."""


class Spot(NamedTuple):
    """One path of a file system, taken apart."""

    backend: Backend
    top: str
    """What stands before the paths of this backend: a name as it is encoded, or nothing."""

    inner: str
    """Below the location; empty for the location itself. Not checked yet."""

    identity: str
    """Of what the backend was opened with; see `published` for where others may see it."""

    def __repr__(self) -> str:
        """Without what the identity was made from."""
        return f"{type(self).__name__}({self.path!r})"

    @property
    def path(self) -> str:
        """As the file system hands it out."""
        return self.path_of(self.inner)

    @property
    def address(self) -> str:
        """Where it is in the world, as far as the location says: two servers may look alike."""
        location = self.backend.location
        if location.startswith("/"):
            location = os.path.realpath(location)
        elif "://" in location and "::" not in location:
            location = _plain_url(location)
        return f"{location.rstrip('/')}/{self.inner}"

    @property
    def blob(self) -> BlobPath:
        """The path of a blob.

        Raises:
            InvalidKey: no blob can have it.
        """
        if not self.inner:
            raise IsFolder(f"{self.backend.location} is a location, not a file; name a path in it")
        return blob_path(self.inner)

    @property
    def folder(self) -> Prefix:
        """What the paths in it begin with, if it is a folder."""
        return prefix_of(self.inner)

    def taken(self) -> FileTaken:
        """The error where something is there that must not be replaced."""
        what = printable(self.inner) or "what it is"
        return FileTaken(f"{self.backend.location} already holds {what}")

    def path_of(self, inner: str) -> str:
        """Another path of the same backend, as the file system hands it out."""
        return "/".join(filter(None, (self.top, inner)))

    def file_info(self, found: Info) -> dict[str, Any]:
        """What fsspec calls the info of a file."""
        return _info(self.path, found)

    def folder_info(self) -> dict[str, Any]:
        """What fsspec calls the info of a folder."""
        return {"name": self.path, "size": 0, "type": FOLDER}

    def entry_info(self, entry: Entry) -> dict[str, Any]:
        """The info of one line of a listing.

        The name that others give a folder's marker ends in `/`: to everybody it is the folder.
        """
        if entry.is_folder or (entry.path.endswith("/") and not entry.size):
            name = entry.path if entry.is_folder else entry.path.removesuffix("/")
            return self._replace(inner=name).folder_info()
        return _info(self.path_of(entry.path), entry)


def _plain_url(location: str) -> str:
    """A URL without what differs where one place is written in two ways.

    Whoever signs in is none of it: two people may see one folder of a server.
    """
    protocol, _, rest = location.partition("://")
    protocol = protocol.lower()
    protocol = _ALIASES.get(protocol, protocol)
    host, _, path = rest.partition("/")
    # `abfss://container@account.dfs.core.windows.net` is `az://container`.
    host = host.partition("@")[0] if protocol == "az" else host.rpartition("@")[2]
    host = host.lower().removesuffix(_PORTS.get(protocol, ""))
    return f"{protocol}://{'/'.join(filter(None, (host, *path.split('/'))))}"


def _info(path: str, found: Info | Entry) -> dict[str, Any]:
    modified = found.modified
    return {
        "name": path,
        "size": found.size,
        "type": FILE,
        "mtime": modified.timestamp() if modified is not None else None,
    }
