"""`ConfigFile`: the configuration file as programs, the commands and the app use it.

Reading needs the standard library only. Every change is a transaction (`transaction.py`), so that
no change of another process is lost.
"""

from __future__ import annotations

import os

from storage_core import paths
from storage_core.config.model.entry import find_name, read_entry, storage_tables
from storage_core.config.toml.read import parse, read_text
from storage_core.declaration.configuration import require_configuration
from storage_core.errors import StorageNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from typing import Any

    from storage_core.config.model.entries import Configurations
    from storage_core.config.transaction import Transaction
    from storage_core.declaration.configuration import StorageConfiguration


class ConfigFile:
    """The configuration file, with the layers that lie beneath it.

    Args:
        path: the file; by default the text in `$STORAGE_CONFIG_TEXT`, which is never written, else
            the first file that `$STORAGE_CONFIG` names, else `$PREFECT_HOME/storage.toml`.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.source: str
        """The absolute path of the file, or `STORAGE_CONFIG_TEXT`."""

        self.beneath: tuple[str, ...]
        """The absolute paths of the further files that `$STORAGE_CONFIG` names."""

        self.source, *beneath = paths.config_sources(path)
        self.beneath = tuple(beneath)

    @property
    def path(self) -> str | None:
        """The absolute path of the file, which need not exist; None for `STORAGE_CONFIG_TEXT`."""
        return None if paths.is_text(self.source) else self.source

    def require_writable(self) -> None:
        """Raise `ConfigurationError` where there is no file that could be changed."""
        if paths.is_text(self.source):
            from storage_core.config.saving.failures import no_file

            raise no_file()

    def __repr__(self) -> str:
        """Which file it is."""
        return f"<{type(self).__name__} at {self.source!r}>"

    def load(self) -> Configurations:
        """Everything in the file and the layers beneath it; nothing if there is no file.

        Raises:
            ConfigurationError: it cannot be read or is not TOML. A broken table does not raise:
                it is in `.entries` and `.problems`. Nor does a layer that cannot be read: it is in
                `.layers` and `.problems`.
        """
        from storage_core.config.layers import layers_of
        from storage_core.config.model.entries import Configurations

        return Configurations(layers_of(self.source, self.beneath))

    def stamp(self, found: Configurations | None = None) -> tuple[tuple[str, object], ...]:
        """Return a value that changes whenever the file or its permissions do.

        Args:
            found: what `load` has returned, to cover its layers too. While the result equals
                `found.stamp`, `load` would return the same again.
        """
        from storage_core.config.layers import stamp_of

        return stamp_of([each for each, _ in found.stamp] if found else [self.source])

    def get(self, ref: str | None = None) -> StorageConfiguration | None:
        """Read one configuration, without building the others: what a worker needs.

        Args:
            ref: a name, an ID or the start of one; None for the default, which
                `STORAGE_DEFAULT` (a name or whole ID) overrides.

        Returns:
            The configuration; None when no default is set.

        Raises:
            StorageNotFound: no configuration has this name or ID.
            ConfigurationError: the file or this configuration is broken.
        """
        text = read_text(self.source)
        tables = parse(text, self.source)
        storage = storage_tables(tables)
        override = os.environ.get("STORAGE_DEFAULT") if ref is None else None
        wanted = ref if ref is not None else override or tables.get("default")
        is_nearest = isinstance(wanted, str) and wanted in storage
        if (self.beneath or "include" in tables) and not is_nearest:
            return self._get_from_layers(text, ref, override)
        if ref is not None:
            name = find_name(tables, ref, text, self.source)
        elif override:
            try:
                name = find_name(tables, override, text, self.source, partial=False)
            except StorageNotFound as error:
                raise StorageNotFound(f"STORAGE_DEFAULT: {error}") from None
        elif tables.get("default") in (None, ""):
            return None
        else:
            name = self._default(tables, text)
        return read_entry(name, storage[name], text, self.source).opened()

    def _get_from_layers(
        self, text: str, ref: str | None, override: str | None
    ) -> StorageConfiguration | None:
        """`get` where the configuration may be in a layer beneath the file."""
        # Imported only here: most workers have one file, or find what they need in the nearest.
        from storage_core.config.layers import layers_of
        from storage_core.config.model import lookup

        layers = layers_of(self.source, self.beneath, text=text)
        if ref is not None:
            found = lookup.find(layers, ref, self.source)
        elif override:
            try:
                found = lookup.find(layers, override, self.source, partial=False)
            except StorageNotFound as error:
                raise StorageNotFound(f"STORAGE_DEFAULT: {error}") from None
        else:
            default = lookup.default(layers)
            if default is None:
                return None
            found = default
        return found.entry().opened()

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Look at the file and change it in one step, with other programs locked out.

            with file.transaction() as edit:
                edit.update("prod", bucket="acme-2")
                edit.set_default("prod")

        The file is locked when the block begins and replaced when it ends; an exception in between
        leaves it as it was. Each method below is a transaction by itself: call none of them inside.

        Raises:
            ConfigurationError: the file is broken or of a newer version, or it cannot be locked or
                saved.
            ConfigConflict: a program that takes no lock changed the file at the same moment.
        """
        from storage_core.config.transaction import transaction

        self.require_writable()
        return transaction(self.source, self.beneath)

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
            ConfigConflict: the name is taken, here or in a layer beneath.
            TypeError: `configuration` is not a storage configuration, or `name` is not text.
        """
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
    ) -> StorageConfiguration:
        """Like `add`, with the settings as a person typed them; also raises `InvalidSettings`."""
        from storage_core.declaration.table import with_absolute_paths
        from storage_core.declaration.validation import validated

        # Wrong settings are refused before anything is locked or made.
        validated(cls, with_absolute_paths(cls, settings))
        with self.transaction() as edit:
            return edit.add_settings(cls, settings, name=name, default=default)

    def update(self, ref: str, /, **changes: Any) -> StorageConfiguration:
        """Change settings of one configuration; None removes a setting.

        Returns:
            The configuration as `load` reads it, paths made absolute from the file's folder.

        Raises:
            StorageNotFound: `ref` names nothing.
            ConfigurationError: it stands in a layer beneath, which is never written.
            InvalidSettings: a setting would be wrong.
        """
        return self.update_settings(ref, changes)

    def update_settings(
        self,
        ref: str,
        changes: Mapping[str, Any],
        *,
        name: str | None = None,
        cls: type[StorageConfiguration] | None = None,
    ) -> StorageConfiguration:
        """Like `update`, with the changes in a mapping; only the keys it names are written.

        Args:
            ref: the configuration.
            changes: settings by name.
            name: its new name, changed in the same step; None: as before.
            cls: the new type, for a configuration whose type is unknown; None: as before.
        """
        with self.transaction() as edit:
            return edit.update_settings(ref, changes, name=name, cls=cls)

    def rename(self, ref: str, new: str) -> str:
        """Rename a configuration, and the default with it. Returns the new name.

        Raises:
            StorageNotFound: `ref` (a name or whole ID) names nothing.
            ConfigurationError: it stands in a layer beneath, which is never written.
            ConfigConflict: the new name is taken, here or in a layer beneath.
        """
        with self.transaction() as edit:
            return edit.rename(ref, new)

    def duplicate(self, ref: str, new: str, *, here: bool = False) -> StorageConfiguration:
        """Add a copy of a configuration, which may be in any layer, to the file.

        Args:
            ref: the configuration.
            new: the name of the copy, which has a new ID.
            here: whether the copy may have the name of a configuration in a layer beneath, and so
                hide it.

        Raises:
            StorageNotFound: `ref` names nothing.
            ConfigConflict: the new name is taken.
        """
        with self.transaction() as edit:
            return edit.duplicate(ref, new, here=here)

    def delete(self, ref: str) -> str:
        """Remove a configuration and return its name. Its blobs stay.

        If it was the default, that is reset. What a layer beneath says about the name or the
        default then counts again.

        Raises:
            StorageNotFound: `ref` (a name or whole ID) names nothing.
            ConfigurationError: it stands in a layer beneath, which is never written.
        """
        with self.transaction() as edit:
            return edit.delete(ref)

    def set_default(self, ref: str) -> str:
        """Make a configuration the default. Returns its name.

        Raises:
            StorageNotFound: `ref` names nothing.
            ConfigurationError: the configuration is broken.
        """
        with self.transaction() as edit:
            return edit.set_default(ref)

    def reset_default(self) -> None:
        """Make Temporary Local Storage the default again, even if a layer beneath sets another."""
        with self.transaction() as edit:
            edit.reset_default()

    def move_secret(self, ref: str, setting: str, reference: str) -> None:
        """Replace a plain secret by `reference`, in the file and in its history.

        Args:
            ref: the configuration.
            setting: the key of a secret setting that holds a plain secret.
            reference: where it is put: `keyring:service/user` (stored there), `file:/path` (created
                if there is no such file) or `env:NAME` (which must hold the secret already).

        Raises:
            ConfigurationError: there is no plain secret, or the reference does not lead to it.
            ConfigConflict: the secret was changed while it was being moved.
        """
        from storage_core.config.secrets.relocate import relocated

        secret = relocated(self.load(), ref, setting, reference)
        with self.transaction() as edit:
            edit.update_settings(secret.name, secret.change_of(edit.find(secret.name)))

    def _default(self, tables: Mapping[str, Any], text: str) -> str:
        default, storage = tables["default"], storage_tables(tables)
        if not isinstance(default, str) or default not in storage:
            from storage_core.config.model.problems import Problem, line_in, missing_default

            message = missing_default(str(default), storage)
            raise StorageNotFound(str(Problem(message, self.source, line_in(text, ("default",)))))
        return default
