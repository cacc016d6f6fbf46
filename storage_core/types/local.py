"""Local Storage: a folder in the local file system."""

from __future__ import annotations

from storage_core.declaration import checks
from storage_core.declaration.configuration import StorageConfiguration
from storage_core.declaration.setting import setting
from storage_core.light import dataclass
from storage_core.paths import absolute
from storage_core.references import without_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import Opening


@dataclass(frozen=True, kw_only=True, repr=False)
class LocalStorage(StorageConfiguration):
    """Store data in a run's local file system."""

    type: ClassVar[str] = "local"
    label: ClassVar[str] = "Local Storage"
    description: ClassVar[str] = "Store data in a run's local file system."
    place: ClassVar[str] = "folder"

    storage_path: str = setting(
        "Storage Path",
        "Path to the storage folder.",
        form="path",
        check=checks.local_path,
        placeholder="~/data/storage",
    )

    @property
    def location(self) -> str:
        return without_literal(self.storage_path)

    def backend(self, opening: Opening) -> Backend:
        from storage_core.backends.local import LocalBackend

        return LocalBackend(absolute(self.storage_path))
