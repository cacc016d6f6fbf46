"""`storage://NAME/path`: any path below a configured location, in every tool that speaks fsspec.

`StorageFileSystem` serves all names of a configuration file, `StoreFileSystem` one opened store.
Both stand on `files.py`, where each operation of fsspec has its name. What they do is in the module
that is named for it (`listing`, `opening`, `copying`, `local_disk` …), over a `Spot`, which says
where a path leads.
"""

from storage_core.fs.caching import CacheMapper
from storage_core.fs.configured import StorageFileSystem
from storage_core.fs.single import StoreFileSystem

__all__ = ["CacheMapper", "StorageFileSystem", "StoreFileSystem"]
