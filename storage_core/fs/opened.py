"""What is opened for the names of one configuration file.

The file is read anew each time that a name is used, so that an edit is seen; what was opened is
used again as long as the table, and what it takes from the environment, are the same. That takes
some 60 µs, a tenth of what a small request takes.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from storage_core import paths
from storage_core.config.model.entry import read_entry, storage_tables
from storage_core.config.model.names import BUILT_IN, find, quoted
from storage_core.config.toml.read import parse, read_text
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


class _File:
    """What the file said when it was read."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self.text = text
        self.tables: dict[str, Any] = parse(text, source)
        self.known: dict[str, tuple[StorageConfiguration, Identity]] = {}


class Names:
    """The names of a file: which there are, and what each leads to."""

    def __init__(self, config_path: str | os.PathLike[str] | None, timeout: float | None) -> None:
        """Look at nothing yet; `config_path` is as in `ConfigFile`, `timeout` as in `get_store`."""
        self._given = config_path
        self._timeout = timeout
        self._last: _File | None = None
        self._opened: dict[tuple[str, str], Opened] = {}

    @property
    def source(self) -> str:
        """The file, as it is found now; where there is a text in its place, a digest of that."""
        source = paths.config_source(self._given)
        if not paths.is_text(source):
            return source
        # The text may hold passwords, and this is seen in the graphs of Dask.
        return published(sha256(read_text(source).encode()).hexdigest())

    def all(self) -> list[str]:
        """The names that the file has, broken ones too."""
        return list(storage_tables(self._file().tables))

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
        file = self._file()
        if name not in file.known:
            configuration = self._configuration(name, file)
            file.known[name] = configuration, Identity(configuration, self._timeout)
        configuration, identity = file.known[name]
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

    def _configuration(self, name: str, file: _File) -> StorageConfiguration:
        storage = storage_tables(file.tables)
        if name in storage:
            return read_entry(name, storage[name], file.text, file.source).opened()
        if name == BUILT_IN:
            return TemporaryLocalStorage()
        if not name:
            raise StorageNotFound("no name is given; write storage://NAME/path")
        meant = find(storage, name, file.source)
        raise StorageNotFound(
            f"no storage configuration has the name {quoted(name)}, which is an ID: "
            f"write storage://{meant}/ instead"
        )

    def _file(self) -> _File:
        source = paths.config_source(self._given)
        text = read_text(source)
        last = self._last
        if last is None or last.source != source or last.text != text:
            last = self._last = _File(source, text)
        return last


_names: WeakValueDictionary[tuple[str | None, float | None], Names] = WeakValueDictionary()


def names_of(config_path: str | os.PathLike[str] | None, timeout: float | None) -> Names:
    """The names of a file, one object for the whole process.

    fsspec keeps a file system for each thread. If each opened places of its own, each would sign in
    anew, and have connections of its own.
    """
    key = None if config_path is None else os.fspath(config_path), timeout
    known = _names.get(key)
    return _names.setdefault(key, Names(config_path, timeout)) if known is None else known
