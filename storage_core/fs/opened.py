"""Opens the places of the names in one configuration file and the layers beneath it.

The files are read anew, as far as needed, each time that a name is used, so that edits count at
once. An opened place is used again as long as its table, and what that takes from the environment,
are the same. This check takes some 60 µs, a tenth of a small request.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

from storage_core import paths
from storage_core.config.layers import Layers, ParseCache, layers_of
from storage_core.config.model.lookup import find, named, visible
from storage_core.config.model.names import BUILT_IN, quoted
from storage_core.config.toml.read import read_text
from storage_core.errors import StorageNotFound
from storage_core.fs.identity import Identity, published
from storage_core.types.temporary import TemporaryLocalStorage

if TYPE_CHECKING:
    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import StorageConfiguration


class Opened(NamedTuple):
    """An opened place."""

    backend: Backend
    identity: str
    """Differs from that of every other place; see `identity.py`."""

    def __repr__(self) -> str:
        """Without what the identity was made from."""
        return f"{type(self).__name__}({self.backend.location!r})"


class _Known(NamedTuple):
    """What a name meant when it was used last."""

    source: str
    text: str
    """The text of the file that defined it."""

    configuration: StorageConfiguration
    identity: Identity

    def __repr__(self) -> str:
        """Without the text, which may hold secrets."""
        return f"{type(self).__name__}({self.configuration.name!r} of {self.source!r})"


class Names:
    """The names in a configuration file, and the places that they lead to."""

    def __init__(self, config_path: str | os.PathLike[str] | None, timeout: float | None) -> None:
        """Look at nothing yet; `config_path` is as in `ConfigFile`, `timeout` as in `get_store`."""
        self._given = config_path
        self._timeout = timeout
        self._cache = ParseCache()
        self._known: dict[str, _Known] = {}
        self._opened: dict[tuple[str, str], Opened] = {}

    @property
    def source(self) -> str:
        """The file, as it is found now, and those that `STORAGE_CONFIG` names besides; where there
        is a text in its place, a digest of that."""
        source, *beneath = paths.config_sources(self._given)
        if not paths.is_text(source):
            return os.pathsep.join((source, *beneath))
        # The text may hold passwords, and this is seen in the graphs of Dask.
        return published(sha256(read_text(source).encode()).hexdigest())

    def all(self) -> list[str]:
        """All names, those in the layers beneath and those of broken configurations included."""
        return list(visible(self._layers()))

    def default(self) -> str:
        """The name of the default.

        Raises:
            ConfigurationError: no configuration has that name, or the file cannot be read.
        """
        from storage_core.config.file import ConfigFile

        found = ConfigFile(self._given).get()
        return BUILT_IN if found is None or found.name is None else found.name

    def open(self, name: str) -> Opened:
        """Open the place that a name leads to.

        Raises:
            StorageNotFound: the file has no such name.
            ConfigurationError: the file or this configuration is wrong.
        """
        configuration, identity = self._found(name)
        key = name, identity.now()
        if (before := self._opened.get(key)) is not None:
            return before
        timeout = configuration.timeout_for(self._timeout)
        # If two threads get here at once, both use what the first one has opened.
        opened = self._opened.setdefault(
            key, Opened(configuration.opened(timeout=timeout), identity=key[1])
        )
        for other in [other for other in self._opened.copy() if other[0] == name and other != key]:
            self._opened.pop(other, None)
        return opened

    def _found(self, name: str) -> tuple[StorageConfiguration, Identity]:
        layers = self._layers()
        found = named(layers, name)
        source, text = (found.layer.source, found.layer.text) if found else ("", "")
        known = self._known.get(name)
        is_behind = found is not None and found.behind is not None
        if known and (known.source, known.text) == (source, text) and not is_behind:
            return known.configuration, known.identity
        configuration = found.entry().opened() if found else self._unnamed(name, layers)
        identity = Identity(configuration, self._timeout)
        self._known[name] = _Known(source, text, configuration, identity)
        return configuration, identity

    def _unnamed(self, name: str, layers: Layers) -> StorageConfiguration:
        """The configuration to use if none has the name."""
        if name == BUILT_IN:
            return TemporaryLocalStorage()
        if not name:
            raise StorageNotFound("no name is given; write storage://NAME/path")
        meant = find(layers, name, paths.config_source(self._given)).name
        raise StorageNotFound(
            f"no storage configuration has the name {quoted(name)}, which is an ID: "
            f"write storage://{meant}/ instead"
        )

    def _layers(self) -> Layers:
        """The layers as they are now; unchanged files are not parsed again."""
        source, *beneath = paths.config_sources(self._given)
        return layers_of(source, beneath, cache=self._cache)


_names: WeakValueDictionary[tuple[str | None, float | None], Names] = WeakValueDictionary()


def names_of(config_path: str | os.PathLike[str] | None, timeout: float | None) -> Names:
    """The names of a file, one object for the whole process.

    fsspec keeps a file system for each thread. If each of these opened its own places, it would
    sign in again and have connections of its own.
    """
    key = None if config_path is None else os.fspath(config_path), timeout
    known = _names.get(key)
    return _names.setdefault(key, Names(config_path, timeout)) if known is None else known
