"""A storage type of another package: blobs in one SQLite file."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from storage_core import StorageConfiguration, setting

if TYPE_CHECKING:
    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import Opening


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class SQLiteStorage(StorageConfiguration):
    """Store data in one SQLite file."""

    type: ClassVar[str] = "sqlite"
    label: ClassVar[str] = "SQLite Storage"
    description: ClassVar[str] = "Store data in one SQLite file."
    place: ClassVar[str] = "file"

    file: str = setting("File", "Path to the SQLite file.", form="path")

    @property
    def location(self) -> str:
        return self.file

    def backend(self, opening: Opening) -> Backend:
        from storage_sqlite.backend import SQLiteBackend

        return SQLiteBackend(self.file, timeout=opening.timeout)
