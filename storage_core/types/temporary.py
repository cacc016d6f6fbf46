"""Temporary Local Storage: `$PREFECT_HOME/flows` and `$PREFECT_HOME/results`."""

from __future__ import annotations

from storage_core import keys
from storage_core.declaration.configuration import StorageConfiguration
from storage_core.light import dataclass
from storage_core.paths import prefect_home, shown_home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import Opening


@dataclass(frozen=True, kw_only=True, repr=False)
class TemporaryLocalStorage(StorageConfiguration):
    """Store data in a temporary directory in a run's local file system."""

    type: ClassVar[str] = "temporary"
    label: ClassVar[str] = "Temporary Local Storage"
    description: ClassVar[str] = "Store data in a temporary directory in a run's local file system."
    place: ClassVar[str] = "folder"
    badge: ClassVar[str] = "TEMP"

    @property
    def location(self) -> str:
        return shown_home()

    def backend(self, opening: Opening) -> Backend:
        from storage_core.backends.local import LocalBackend

        return LocalBackend(prefect_home(), private=True, only=keys.KINDS)
