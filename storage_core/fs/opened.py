"""What is opened for the names of one configuration file and the layers beneath it.

The files are read anew, as far as needed, each time that a name is used, so that an edit is seen;
what was opened is used again as long as the table, and what it takes from the environment, are the
same. That takes some 60 µs, a tenth of what a small request takes.
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
    """A place, and what it was opened with."""

    backend: Backend
    identity: str
    """Differs wherever another place could be meant."""

    def __repr__(self) -> str:
        """Without what the identity was made from."""
        return f"{type(self).__name__}({self.backend.location!r})"


class _Known(NamedTuple):
    """What a name meant when it was used last."""

    source: str
    text: str
    """What the file that defines it said."""

    configuration: StorageConfiguration
    identity: Identity

    def __repr__(self) -> str:
        """Without the text, which may hold secrets."""
        return f"{type(self).__name__}({self.configuration.name!r} of {self.source!r})"


class Names:
    """The names of a file: which there are, and what each leads to."""

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
        """The names that there are, in the layers beneath too, broken ones as well."""
        return list(visible(self._layers()))

    def default(self) -> str:
        """The name of the default.

        Raises:
            ConfigurationError: it names nothing, or the file cannot be read.
        """
        from storage_core.config.file import ConfigFile

        found = ConfigFile(self._given).get()
        return BUILT_IN if found is None or found.name is None else found.name

    def open(self, name: str) -> Opened:
        """What a name leads to.

        Raises:
            StorageNotFound: the file has no such name.
            ConfigurationError: the file or this configuration is wrong.
        """
        configuration, identity = self._found(name)
        key = name, identity.now()
        if (before := self._opened.get(key)) is not None:
            return before
        timeout = configuration.timeout_for(self._timeout)
        # Two threads may both get here; the first one's is what both have.
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
        """What is used where no configuration has the name."""
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
        """The layers, as they are now; what says the same as before is not parsed again."""
        source, *beneath = paths.config_sources(self._given)
        return layers_of(source, beneath, cache=self._cache)


_names: WeakValueDictionary[tuple[str | None, float | None], Names] = WeakValueDictionary()


def names_of(config_path: str | os.PathLike[str] | None, timeout: float | None) -> Names:
    """The names of a file, one object for the whole process.

    fsspec keeps a file system for each thread. If each opened places of its own, each would sign in
    anew, and have connections of its own.
    """
    key = None if config_path is None else os.fspath(config_path), timeout
    known = _names.get(key)
    return _names.setdefault(key, Names(config_path, timeout)) if known is None else known
