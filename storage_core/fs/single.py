"""The file system of one opened store, whose paths have no name at the beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fsspec.utils import stringify_path

from storage_core.fs.errors import NotSupported
from storage_core.fs.files import BlobFileSystem
from storage_core.fs.identity import Identity, published
from storage_core.fs.spot import Spot

if TYPE_CHECKING:
    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import StorageConfiguration


class Opened(Protocol):
    """What the file system needs of a store."""

    configuration: StorageConfiguration
    timeout: float

    @property
    def backend(self) -> Backend:
        """Its backend."""


class StoreFileSystem(BlobFileSystem):
    """Any path below the location of one store. Made by `Store.fs`."""

    protocol = "store"
    cachable = False

    def __init__(self, store: Opened, **kwargs: Any) -> None:
        """Take a store."""
        super().__init__()
        self._store = store
        self._identity = Identity(store.configuration, store.timeout)

    @property
    def _fs_token(self) -> str:
        return published(self._identity.now())

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list | tuple):
            return [cls._strip_protocol(each) for each in path]
        return stringify_path(path).removeprefix(f"{cls.protocol}://").strip("/")

    def _spot(self, path: str) -> Spot:
        return Spot(self._store.backend, "", path, self._identity.now())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._store,)

    def __repr__(self) -> str:
        """With the store's address, since fsspec caches file systems over this one by this text.

        Two accounts that differ only in their secrets would share these.
        """
        return f"<{type(self).__name__} of {self._store!r} at {id(self._store):#x}>"

    def to_dict(self, *, include_password: bool = True) -> dict[str, Any]:
        """Refuse: a store's secrets would be in it."""
        raise NotSupported("the file system of a store has no JSON; use storage://NAME instead")

    def to_json(self, *, include_password: bool = True) -> str:
        """Refuse: a store's secrets would be in it."""
        raise NotSupported("the file system of a store has no JSON; use storage://NAME instead")
