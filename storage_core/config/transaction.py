"""A transaction: the configuration file under its lock, to be looked at, changed and replaced.

    with file.transaction() as edit:
        if "laptop" in edit.load():
            edit.rename("laptop", "notebook")

Other programs wait until the block ends, so that what it has read is still true when it saves. At
its end the new text is verified, the old one is kept in the history, and the file is replaced;
leaving the block by an exception changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from storage_core.config import history
from storage_core.config.history.forget import forget
from storage_core.config.layers import Layers, ParseCache, layers_of
from storage_core.config.model import lookup, names
from storage_core.config.model.entries import Configurations
from storage_core.config.model.lookup import require_own
from storage_core.config.model.problems import refuse_newer
from storage_core.config.saving.replace import opened
from storage_core.config.secrets.moved import Moved, moved_by
from storage_core.config.toml import edit
from storage_core.config.toml.text import naming, parse
from storage_core.declaration.configuration import require_configuration
from storage_core.declaration.table import with_absolute_paths
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration


@contextmanager
def transaction(path: str, beneath: Sequence[str] = ()) -> Iterator[Transaction]:
    """Lock the configuration file at `path` for a `with` block, and save what the block changes.

    The layers beneath it, those that it includes and further files, are read and never written.

    Nothing is written if nothing has changed. Transactions of one thread must not be nested.

    Raises:
        ConfigurationError: the file is not TOML in UTF-8 or of a newer version, or it cannot be
            locked, read or saved.
        ConfigConflict: a program that takes no lock changed the file at the same moment.
    """
    with opened(path) as file:
        change = Transaction(path, file.text, beneath)
        refuse_newer(change.tables, path)
        yield change
        if change.text == change.before:
            return
        history.keep(path, change.before.encode())
        file.save(change.text)
        change.saved = True
        history.saved(path, change.text.encode())
        if change.moved:
            forget(path, change.moved)


class Transaction:
    """The configuration file between being locked and being replaced.

    Each method changes the text as the methods called before it have left it.
    """

    def __init__(self, path: str, text: str, beneath: Sequence[str] = ()) -> None:
        self.path = path
        self._beneath = beneath
        self._cache = ParseCache()
        self.before = text
        """What the file said when it was locked; empty when there was none. Holds secrets."""

        self.text = text
        """What the file will say, secrets included."""

        self.moved: list[Moved] = []
        """Secrets that a reference has replaced. They are taken out of the history too."""

        self.saved = False
        """Whether the file has been replaced."""

    def __repr__(self) -> str:
        return f"<Transaction on {self.path!r}>"

    @property
    def tables(self) -> Mapping[str, Any]:
        """Everything in the file, tables of other programs included. Do not change it."""
        return parse(self.text)

    @property
    def layers(self) -> Layers:
        """The file, as it will be, and the layers beneath it, as they are."""
        return layers_of(self.path, self._beneath, text=self.text, cache=self._cache)

    def load(self) -> Configurations:
        """Everything in the file and the layers beneath it.

        What is wrong with a table or a layer is in `.entries` and `.problems`.
        """
        return Configurations(self.layers)

    def find(self, ref: str, *, partial: bool = True) -> Entry:
        """The entry that `ref` means: a name, an ID or (if `partial`) the start of an ID.

        Raises:
            StorageNotFound: there is none, or the start of an ID fits several.
            ConfigurationError: there is none in the layers that can be read, and another cannot.
        """
        return lookup.find(self.layers, ref, self.path, partial=partial).entry()

    def own(self, ref: str, *, partial: bool = True) -> Entry:
        """Like `find`, for one that is to be changed.

        Raises:
            ConfigurationError: it stands in a layer beneath, which is never written.
        """
        entry = self.find(ref, partial=partial)
        require_own(entry, self.path)
        return entry

    def add(
        self, configuration: StorageConfiguration, name: str | None = None, *, default: bool = False
    ) -> StorageConfiguration:
        """Add a configuration; see `ConfigFile.add`."""
        require_configuration(configuration)
        return self.add_settings(
            type(configuration),
            configuration.given(),
            name=name or configuration.name or "",
            default=default,
        )

    def add_settings(
        self,
        cls: type[StorageConfiguration],
        settings: Mapping[str, Any],
        *,
        name: str,
        default: bool = False,
        here: bool = False,
        id: str | None = None,
    ) -> StorageConfiguration:
        """Like `add`, with the settings as a person typed them; also raises `InvalidSettings`.

        Args:
            cls: the storage type.
            settings: by name.
            name: what to call it.
            default: make it the default too.
            here: whether the name may be one that only a layer beneath defines.
            id: the ID that it brings along; it gets a new one if this is None or taken.
        """
        from storage_core.declaration.validation import validated

        values = validated(cls, with_absolute_paths(cls, settings))
        # A new table leaves defaults out.
        default_values = {each.name: each.default for each in cls.settings()}
        values = {key: value for key, value in values.items() if value != default_values[key]}
        name = names.check_new_name(name, lookup.taken(self.layers, here=here))
        identifier = self._free_id(id)
        with self._edited():
            table = {"id": identifier, "type": cls.type, **values}
            self.text = edit.add_table(self.text, ("storage", name), table)
            if default:
                self.text = edit.set_root(self.text, "default", name)
        return cls(name=name, id=identifier, **values)

    def update(self, ref: str, /, **changes: Any) -> StorageConfiguration:
        """Change settings of one configuration; see `ConfigFile.update`."""
        return self.update_settings(ref, changes)

    def update_settings(
        self,
        ref: str,
        changes: Mapping[str, Any],
        *,
        name: str | None = None,
        cls: type[StorageConfiguration] | None = None,
    ) -> StorageConfiguration:
        """Like `update`, with the changes in a mapping; see `ConfigFile.update_settings`."""
        from storage_core.config.model.revision import revised

        entry = self.own(ref)
        with self._edited():
            revision = revised(entry, changes, cls, self.path)
            was = dataclasses.replace(entry, type=revision.saved.type)
            moved = [*moved_by(was, revision.written)]
            path = ("storage", entry.name)
            self.text = edit.update_table(self.text, path, revision.written)
            new = entry.name if name is None else self.rename(entry.name, name)
        self.moved += moved
        return dataclasses.replace(revision.saved, name=new)

    def update_all(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Change settings of several configurations, keyed by name or ID; see `update`."""
        from storage_core.config.model.revision import revised

        with self._edited():
            found = [
                (entry := self.own(ref), revised(entry, new, None, self.path))
                for ref, new in changes.items()
            ]
            moved = [each for entry, new in found for each in moved_by(entry, new.written)]
            self.text = edit.update_tables(
                self.text, {("storage", entry.name): new.written for entry, new in found}
            )
        self.moved += moved

    def rename(self, ref: str, new: str) -> str:
        """Rename a configuration; see `ConfigFile.rename`."""
        names.require_text(new, "the name")
        entry = self.own(ref, partial=False)
        if new.strip() == entry.name:
            return entry.name
        name = names.check_new_name(new, lookup.taken(self.layers))
        is_default = self._default() == entry.name
        with self._edited():
            if "id" not in entry.table:
                # The ID was derived from the old name: write it down, so that it stays the same.
                path = ("storage", entry.name)
                self.text = edit.update_table(self.text, path, {"id": entry.id})
            self.text = edit.rename_table(self.text, ("storage", entry.name), name)
            if is_default:
                self.text = edit.set_root(self.text, "default", name)
        return name

    def duplicate(self, ref: str, new: str, *, here: bool = False) -> StorageConfiguration:
        """Add a copy of a configuration, in whichever layer; see `ConfigFile.duplicate`."""
        original = self.find(ref).opened()
        return self.add_settings(type(original), original.given(), name=new, here=here)

    def delete(self, ref: str) -> str:
        """Remove a configuration and return its name; see `ConfigFile.delete`."""
        return self.delete_all([ref])[0]

    def delete_all(self, refs: Iterable[str]) -> list[str]:
        """Remove several configurations and return their names; see `delete`."""
        found = [self.own(ref, partial=False).name for ref in refs]
        was_default = self.tables.get("default") in found
        with self._edited():
            self.text = edit.remove_tables(self.text, ("storage",), found)
            if was_default:
                self.text = edit.set_root(self.text, "default", None)
        return found

    def set_default(self, ref: str) -> str:
        """Make a configuration the default and return its name; see `ConfigFile.set_default`."""
        entry = self.find(ref)
        entry.opened()
        with self._edited():
            self.text = edit.set_root(self.text, "default", entry.name)
        return entry.name

    def reset_default(self) -> None:
        """Make Temporary Local Storage the default again."""
        beneath = (each for each in self.layers if not each.is_own)
        setter = lookup.default_setter(beneath)
        # An empty default in one's own file keeps the layers beneath from setting one.
        is_set = setter is not None and setter.tables.get("default") != ""
        with self._edited():
            self.text = edit.set_root(self.text, "default", "" if is_set else None)

    def _default(self) -> object:
        setter = lookup.default_setter(self.layers)
        return setter and setter.tables.get("default")

    def _free_id(self, wanted: str | None) -> str:
        """`wanted`, if it is given and no configuration has it; else a new ID."""
        if wanted is None:
            return names.new_id()
        if not names.is_id(wanted):
            raise ConfigurationError("the ID must be a UUID")
        found = lookup.visible(self.layers).items()
        taken = {names.id_of(name, each.layer.storage[name]) for name, each in found}
        return names.new_id() if wanted.lower() in taken else wanted.lower()

    @contextmanager
    def _edited(self) -> Iterator[None]:
        """Undo the whole edit if it fails, and have its errors name the file."""
        before = self.text
        with naming(self.path):
            try:
                yield
            except BaseException:
                self.text = before
                raise
