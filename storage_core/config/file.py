"""`ConfigFile`: the configuration file as programs, the commands and the app use it.

Reading needs the standard library only. Every change runs under the file's lock: read again, edit,
verify, replace (see `replace.py`), so that no change of another process is lost.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from storage_core import paths
from storage_core.config import names
from storage_core.config.entries import (
    Configurations,
    Entry,
    find_name,
    read_entry,
    refuse_newer,
    storage_tables,
)
from storage_core.config.problems import Problem, line_in, missing_default
from storage_core.config.read import parse, read_text
from storage_core.declaration.configuration import require_configuration
from storage_core.errors import StorageNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from storage_core.config.forget import Moved
    from storage_core.declaration.configuration import StorageConfiguration


class ConfigFile:
    """The configuration file.

    Args:
        path: the file; by default `$STORAGE_CONFIG`, else `$PREFECT_HOME/storage.toml`.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path: str = paths.config_path(path)

    def load(self) -> Configurations:
        """Everything in the file; nothing when there is none.

        Raises:
            ConfigurationError: it cannot be read or is not TOML. A broken table is no such error:
                it is in `.entries` and `.problems`.
        """
        text = read_text(self.path)
        return Configurations(parse(text, self.path), text, self.path)

    def get(self, ref: str | None = None) -> StorageConfiguration | None:
        """One configuration, building no other: what a worker needs.

        Args:
            ref: a name, an ID or the start of one; None for the default, which
                `STORAGE_DEFAULT` (a name or whole ID) overrides.

        Returns:
            The configuration; None when no default is set.

        Raises:
            StorageNotFound: it names nothing.
            ConfigurationError: the file or this configuration is broken.
        """
        text = read_text(self.path)
        tables = parse(text, self.path)
        storage = storage_tables(tables)
        override = os.environ.get("STORAGE_DEFAULT") if ref is None else None
        if ref is not None:
            name = find_name(tables, ref, text, self.path)
        elif override:
            try:
                name = find_name(tables, override, text, self.path, partial=False)
            except StorageNotFound as error:
                raise StorageNotFound(f"STORAGE_DEFAULT: {error}") from None
        elif tables.get("default") is None:
            return None
        else:
            name = self._default(tables, text)
        return read_entry(name, storage[name], text, self.path).opened()

    def add(
        self, configuration: StorageConfiguration, name: str | None = None, *, default: bool = False
    ) -> StorageConfiguration:
        """Write a new configuration into the file.

        Args:
            configuration: its settings.
            name: what to call it; by default the name that `configuration` carries.
            default: make it the default too.

        Returns:
            The configuration as saved, with its name and a new ID.

        Raises:
            ConfigurationError: a setting or the name is wrong, or the file does not allow it.
            ConfigConflict: the name is taken.
            TypeError: `configuration` is none, or `name` no text.
        """
        require_configuration(configuration)
        return self.add_settings(
            type(configuration),
            {s.name: getattr(configuration, s.name) for s in configuration.settings()},
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
    ) -> StorageConfiguration:
        """Like `add`, from settings as a person typed them; raises `InvalidSettings` as well."""
        from storage_core.config import edit
        from storage_core.declaration.table import with_absolute_paths
        from storage_core.declaration.validation import validated

        values = without_defaults(cls, validated(cls, with_absolute_paths(cls, settings)))
        identifier = names.new_id()

        def change(text: str, tables: Mapping[str, Any]) -> str:
            checked = names.check_new_name(name, storage_tables(tables))
            table = {"id": identifier, "type": cls.type, **values}
            text = edit.add_table(text, ("storage", checked), table)
            return edit.set_root(text, "default", checked) if default else text

        self._rewrite(change)
        return cls(name=name.strip(), id=identifier, **values)

    def update(self, ref: str, /, **changes: Any) -> StorageConfiguration:
        """Change settings of one configuration; None removes a setting.

        Returns:
            The configuration as `load` reads it, paths made absolute from the file's folder.

        Raises:
            StorageNotFound: `ref` names nothing.
            InvalidSettings: a setting would be wrong.
        """
        return self.update_settings(ref, changes)

    def update_settings(
        self,
        ref: str,
        changes: Mapping[str, Any] | Callable[[Entry], Mapping[str, Any]],
        *,
        name: str | None = None,
        cls: type[StorageConfiguration] | None = None,
    ) -> StorageConfiguration:
        """Like `update`, with the changes in a mapping; only the keys it names are written.

        Args:
            ref: the configuration.
            changes: settings by name; or what makes them of the configuration as it is by then,
                under the lock, so that nothing is lost that another program has just saved.
            name: what to call it from now on, changed in the same step; None: as before.
            cls: the type it is to have, where the file says one that is unknown; None: as before.
        """
        from storage_core.config import revise

        done: list[revise.Revision] = []

        def change(text: str, tables: Mapping[str, Any]) -> str:
            entry = self._entry(tables, text, ref)
            wanted = changes(entry) if callable(changes) else changes
            done.append(revise.with_settings(text, self.path, entry, wanted, cls))
            text = done[-1].text
            return text if name is None else revise.with_name(text, tables, entry, name)

        self._rewrite(change)
        if done[-1].moved:
            self._forget(done[-1].moved)
        saved = done[-1].saved
        return saved if name is None else dataclasses.replace(saved, name=name.strip())

    def rename(self, ref: str, new: str) -> str:
        """Give a configuration another name; the default goes along. Returns the new name.

        Raises:
            StorageNotFound: `ref` (a name or whole ID) names nothing.
            ConfigConflict: the new name is taken.
        """
        from storage_core.config import revise

        def change(text: str, tables: Mapping[str, Any]) -> str:
            entry = self._entry(tables, text, ref, partial=False)
            return revise.with_name(text, tables, entry, new)

        self._rewrite(change)
        return new.strip()

    def duplicate(self, ref: str, new: str) -> StorageConfiguration:
        """Add a copy of a configuration under another name and a new ID."""
        configuration = self.load().find(ref).opened()
        return self.add(configuration, name=new)

    def delete(self, ref: str) -> str:
        """Remove a configuration and return its name. Its blobs stay; a default it was is reset.

        Raises:
            StorageNotFound: `ref` (a name or whole ID) names nothing.
        """
        from storage_core.config import edit

        deleted: list[str] = []

        def change(text: str, tables: Mapping[str, Any]) -> str:
            name = find_name(tables, ref, text, self.path, partial=False)
            deleted.append(name)
            text = edit.remove_table(text, ("storage", name))
            if tables.get("default") == name:
                text = edit.set_root(text, "default", None)
            return text

        self._rewrite(change)
        return deleted[-1]

    def set_default(self, ref: str) -> str:
        """Make a configuration the default. Returns its name.

        Raises:
            StorageNotFound: `ref` names nothing.
            ConfigurationError: the configuration is broken.
        """
        from storage_core.config import edit

        chosen: list[str] = []

        def change(text: str, tables: Mapping[str, Any]) -> str:
            entry = self._entry(tables, text, ref)
            entry.opened()
            chosen.append(entry.name)
            return edit.set_root(text, "default", entry.name)

        self._rewrite(change)
        return chosen[-1]

    def reset_default(self) -> None:
        """Make Temporary Local Storage the default again."""
        from storage_core.config import edit

        def change(text: str, tables: Mapping[str, Any]) -> str:
            return edit.set_root(text, "default", None) if "default" in tables else text

        self._rewrite(change)

    def _entry(
        self, tables: Mapping[str, Any], text: str, ref: str, *, partial: bool = True
    ) -> Entry:
        name = find_name(tables, ref, text, self.path, partial=partial)
        return read_entry(name, storage_tables(tables)[name], text, self.path)

    def _default(self, tables: Mapping[str, Any], text: str) -> str:
        default, storage = tables["default"], storage_tables(tables)
        if not isinstance(default, str) or default not in storage:
            message = missing_default(str(default), storage)
            raise StorageNotFound(str(Problem(message, self.path, line_in(text, ("default",)))))
        return default

    def _forget(self, moved: Iterable[Moved]) -> None:
        """Take secrets that left the file in favour of a reference out of its history too."""
        from storage_core.config.forget import forget

        forget(self.path, moved)

    def _rewrite(self, change: Callable[[str, Mapping[str, Any]], str]) -> None:
        from storage_core.config import history, toml
        from storage_core.config.replace import rewrite

        def edited(text: str) -> str:
            # `rewrite` has parsed this text and would have said what is wrong with it.
            tables = toml.parse(text)
            refuse_newer(tables, self.path)
            new = change(text, tables)
            if new != text:
                history.keep(self.path, text.encode())
            return new

        rewrite(self.path, edited, saved=lambda new: history.saved(self.path, new.encode()))


def without_defaults(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` without what would hold anyway: a new table says no more than it must."""
    defaults = {setting.name: setting.default for setting in cls.settings()}
    return {name: value for name, value in values.items() if value != defaults[name]}
