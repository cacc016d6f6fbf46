"""The paths of universal_pathlib: what `UPath("storage://NAME/path")` is.

It finds `StoragePath` by entry point, so that nothing here is imported without it. For a protocol
without a class of its own it makes one up, and that is not enough: an absolute part that is joined
leads to `storage:///`, the default; and where a chain (`simplecache::storage://`) is the first
that a process sees of the protocol, names lose their first letter and parents lead there too
(universal_pathlib 0.3.10).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from fsspec import get_filesystem_class
from upath import UPath
from upath.implementations.cloud import CloudPath

from storage_core.fs.configured import default_of_another_file
from storage_core.fs.names import PROTOCOL, without_protocol

if TYPE_CHECKING:
    from typing import Self

    from upath.types import JoinablePathLike, WritablePathLike

# What universal_pathlib asks about paths besides, it asks the file system, if that is loaded.
_FileSystem = get_filesystem_class(PROTOCOL)
_URL = f"{PROTOCOL}://"


class Parser:
    """How a path is taken apart; its name is the anchor, like a bucket: `prod/` of `prod/a/b`."""

    sep: str = "/"
    altsep: str | None = None

    def strip_protocol(self, path: JoinablePathLike) -> str:
        """The path as the file system has it."""
        stripped: str = _FileSystem._strip_protocol(_text(path))
        return stripped

    def split(self, path: JoinablePathLike) -> tuple[str, str]:
        """All but the last part, and that; a name alone is not taken apart."""
        head, slash, tail = self.strip_protocol(path).rpartition("/")
        return (head, tail) if slash else (tail, "")

    def splitext(self, path: JoinablePathLike) -> tuple[str, str]:
        """All but the last suffix, and that."""
        return posixpath.splitext(_text(path))

    def splitdrive(self, path: JoinablePathLike) -> tuple[str, str]:
        """The name and the rest."""
        name, slash, rest = self.strip_protocol(path).partition("/")
        return name, slash + rest

    def splitroot(self, path: JoinablePathLike) -> tuple[str, str, str]:
        """The name, the slash behind it, and the rest."""
        name, rest = self.splitdrive(path)
        return name, "/", rest.removeprefix("/")

    def normcase(self, path: JoinablePathLike) -> str:
        """The path: `A` is not `a`."""
        return _text(path)

    def isabs(self, path: JoinablePathLike) -> bool:
        """True: there is no current folder."""
        return True

    def join(self, path: JoinablePathLike, *paths: JoinablePathLike) -> str:
        """The path with others behind it; one that is absolute begins at the name."""
        joined = self.strip_protocol(path)
        for part in map(_text, paths):
            if part.startswith(f"{PROTOCOL}:"):
                joined = self.strip_protocol(part)
            elif part.startswith("/"):
                joined = self.splitdrive(joined)[0] + part
            elif part:
                joined = f"{joined.rstrip('/')}/{part}" if joined else part
        return joined


class StoragePath(CloudPath):
    """A path below the location of a configuration, with the methods of `pathlib.Path`."""

    __slots__ = ()

    parser = Parser()

    def __init__(
        self, *args: JoinablePathLike, protocol: str | None = None, **options: Any
    ) -> None:
        """Join parts to a path.

        Args:
            args: a URL, or a path that begins with a name; and what is behind it.
            protocol: "storage", where the first part is no URL.
            options: `config_path` and `timeout`.
        """
        if args:
            first = args[0]
            if isinstance(first, UPath):
                options = {**first.storage_options, **options}
            elif isinstance(first, str) and without_protocol(first)[1]:
                if options.get("config_path") is not None:
                    raise default_of_another_file()
                args = (_URL + self.parser.strip_protocol(first), *args[1:])
        if len(args) > 1:
            args = (_URL + self.parser.join(*args),)
        super().__init__(*args, protocol=protocol, **options)

    def rename(self, target: WritablePathLike, **kwargs: Any) -> Self:
        """Rename it, within one configuration file.

        Args:
            target: a URL, or a path.
            kwargs: universal_pathlib's.

        Raises:
            ValueError: the target is a path of another configuration file; it would be looked for
                in that of this path (universal_pathlib 0.3.10).
        """
        if isinstance(target, StoragePath) and target._config_path != self._config_path:
            raise ValueError(
                f"{target} is of another configuration file than {self}, which rename does not "
                "reach; use move"
            )
        return super().rename(target, **kwargs)

    @property
    def _config_path(self) -> Any:
        return self.storage_options.get("config_path")

    def __fspath__(self) -> str:
        """Refuse to be taken for a path of the local disk, which fsspec, and with it Dask, would.

        A relative path may be one of any place.
        """
        if not self.is_absolute():
            return str(self)
        raise TypeError(f"{self} is no path of the local disk; hand over str(path), its URL")


def _text(path: JoinablePathLike) -> str:
    if isinstance(path, UPath):
        return _URL + path.path if path.is_absolute() else str(path)
    return path if isinstance(path, str) else str(path)
