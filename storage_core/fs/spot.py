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
"""Protocols that have several names."""

_PORTS: Final = {"sftp": ":22", "ftp": ":21", "http": ":80", "https": ":443"}
"""Default ports, which may be left out of a URL."""


class Spot(NamedTuple):
    """One path of a file system, taken apart."""

    backend: Backend
    top: str
    """What the paths of this backend begin with: an encoded name, or nothing."""

    inner: str
    """The path below the location; empty for the location itself. Not checked yet."""

    identity: str
    """The identity of the backend; see `published` for where others may see it."""

    def __repr__(self) -> str:
        """Without what the identity was made from."""
        return f"{type(self).__name__}({self.path!r})"

    @property
    def path(self) -> str:
        """The path as the file system returns it."""
        return self.path_of(self.inner)

    @property
    def address(self) -> str:
        """A URL that is the same for the same blob, as far as locations tell servers apart."""
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
            InvalidKey: no blob can have this path.
        """
        if not self.inner:
            raise IsFolder(f"{self.backend.location} is a location, not a file; name a path in it")
        return blob_path(self.inner)

    @property
    def folder(self) -> Prefix:
        """The prefix of the paths in it, if it is a folder."""
        return prefix_of(self.inner)

    def taken(self) -> FileTaken:
        """The error where something is there that must not be replaced."""
        what = printable(self.inner) or "what it is"
        return FileTaken(f"{self.backend.location} already holds {what}")

    def path_of(self, inner: str) -> str:
        """Another path of the same backend, as the file system returns it."""
        return "/".join(filter(None, (self.top, inner)))

    def file_info(self, found: Info) -> dict[str, Any]:
        """The info of a file, in fsspec's form."""
        return _info(self.path, found)

    def folder_info(self) -> dict[str, Any]:
        """The info of a folder, in fsspec's form."""
        return {"name": self.path, "size": 0, "type": FOLDER}

    def entry_info(self, entry: Entry) -> dict[str, Any]:
        """The info of one line of a listing.

        Other programs store markers of folders, whose names end in `/`: they count as the folder.
        """
        if entry.is_folder or (entry.path.endswith("/") and not entry.size):
            name = entry.path if entry.is_folder else entry.path.removesuffix("/")
            return self._replace(inner=name).folder_info()
        return _info(self.path_of(entry.path), entry)


def _plain_url(location: str) -> str:
    """A URL in one form, where the same place can be written in several ways.

    The user is left out: two people may use the same folder of a server.
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
