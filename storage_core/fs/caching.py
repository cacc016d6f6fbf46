"""Names of the files that fsspec's `simplecache` keeps in a folder, which several may share."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from fsspec.implementations.cache_mapper import AbstractCacheMapper

from storage_core.fs.configured import StorageFileSystem
from storage_core.fs.identity import published

if TYPE_CHECKING:
    import os


class CacheMapper(AbstractCacheMapper):  # type: ignore[misc]
    """Tells places apart, where fsspec only looks at the path.

        fsspec.open(
            "simplecache::storage://prod/x",
            simplecache={"cache_storage": "/var/cache/x", "cache_mapper": CacheMapper()},
        )

    Without it two configuration files, or one before and after an edit, get each other's data from
    such a folder. It does not help `filecache` and `blockcache`, which look a path up before they
    ask for its name: they need a folder for each configuration file.

    Args:
        config_path: the configuration file, as for `storage://`.
    """

    def __init__(self, config_path: str | os.PathLike[str] | None = None) -> None:
        self._config_path = config_path

    def __call__(self, path: str) -> str:
        """The name of a file in the cache."""
        spot = StorageFileSystem(config_path=self._config_path).spot_at(path)
        return sha256(f"{published(spot.identity)}/{spot.inner}".encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), self._config_path))

    def __repr__(self) -> str:
        """The text by which fsspec tells file systems with a cache apart."""
        return f"{type(self).__name__}({self._config_path!r})"
