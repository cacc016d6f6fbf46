"""Checks what a form holds and writes it to the configuration file. It blocks: use threads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage_core.config.model import lookup, names
from storage_core.config.model.entry import storage_tables
from storage_core.config.toml.read import MAX_SIZE
from storage_core.errors import ConfigurationError, StorageError
from storage_core.nearest import nearest
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core import ConfigFile
    from storage_core.config.model.entry import Entry
    from storage_core.config.transaction import Transaction
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting
    from storage_core.declaration.validation import InvalidSettings


class ChangedMeanwhile(Exception):
    """The configuration being edited was changed in the file meanwhile."""

    def __init__(self, current: Entry | None) -> None:
        super().__init__()
        self.current = current
        """As it is now; None when it is gone."""


class WrongName(Exception):
    """The name cannot be used; `str()` says why."""


def prepare(cls: type[StorageConfiguration]) -> None:
    """Load the validation of settings, so that the first field that is left is checked at once."""
    from storage_core.declaration.validation import model_of

    model_of(cls)
    import_module("storage_core.importing.pasted")


def fault_of(cls: type[StorageConfiguration], setting: Setting, value: Any) -> str | None:
    """What is wrong with one value, with labels in place of keys."""
    from storage_core.declaration.validation import fault_of

    return in_labels(cls, fault_of(setting, value))


def doubts(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> dict[str, str]:
    """Mistakes that may be saved but not opened, by setting."""
    return dict(cls.doubts_before(_given(values)))


def cautions(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> dict[str, str]:
    """What looks like a mistake but may not be one, by setting."""
    found: dict[str, str] = {}
    for name, said in cls.cautions(_given(values)):
        found[name] = f"{found[name]}; {said}" if name in found else said
    return found


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def name_fault(file: ConfigFile, name: str, own: str | None) -> str | None:
    """What is wrong with a name; `own`, the configuration's present name, is not taken."""
    try:
        taken = lookup.taken(file.load().layers)
    except StorageError:
        taken = {}
    try:
        _check_name(taken, name, own)
    except WrongName as error:
        return str(error)
    return None


def in_labels(cls: type[StorageConfiguration], message: str | None) -> str | None:
    """A message with the settings' labels instead of their keys."""
    if message is None:
        return None
    if message.startswith("is missing; add ") and " or " not in message:
        return "is required"
    for setting in cls.settings():
        if "_" in setting.name:
            message = re.sub(rf"\b{setting.name}\b", setting.label, message)
    return message


def placed(
    cls: type[StorageConfiguration], values: Mapping[str, Any], given: Mapping[str, Any], path: str
) -> dict[str, Any]:
    """Make paths in `values` absolute; those from the file (`given`) start from its folder."""
    from storage_core.declaration.table import with_absolute_paths

    kept = {name: value for name, value in values.items() if given.get(name) == value}
    return with_absolute_paths(cls, values) | with_absolute_paths(cls, kept, str(Path(path).parent))


def configuration(
    cls: type[StorageConfiguration], values: Mapping[str, Any]
) -> StorageConfiguration:
    """What `values`, with absolute paths, would be saved as; raises `InvalidSettings`."""
    from storage_core.declaration.validation import validated

    return cls(**validated(cls, values))


def faults_of(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> dict[str, str | None]:
    """What is wrong with `values`, by setting; empty when they can be saved."""
    from storage_core.declaration.validation import InvalidSettings

    try:
        configuration(cls, values)
    except InvalidSettings as error:
        return faults(cls, error)
    return {}


def faults(cls: type[StorageConfiguration], error: InvalidSettings) -> dict[str, str | None]:
    """The mistakes that an exception reports, by setting, with labels in place of keys."""
    return {fault.name: in_labels(cls, fault.message) for fault in error.faults}


def landing(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> str:
    """Where blobs would be stored; empty as long as the form does not say.

    Secrets may be missing: only the settings that make up the location are looked at.
    """
    from storage_core.declaration.validation import fault_of

    plain = {
        setting.name: values[setting.name]
        for setting in cls.settings()
        if values.get(setting.name) not in (None, "")
        and not setting.secret
        and setting.form in ("text", "path", "url", "choice")
    }
    for setting in cls.settings():
        value = plain.get(setting.name)
        if setting.required and not setting.secret and not value:
            return ""
        if value is not None and fault_of(setting, value):
            return ""
    if isinstance(prefix := plain.get("prefix"), str):
        plain["prefix"] = prefix.strip().strip("/")
    try:
        place = cls(**plain).blob_location("results")
    except (TypeError, ValueError, AttributeError):
        return ""
    return place if place.endswith("-") else f"{place}/"


def likely_type(
    types: Sequence[type[StorageConfiguration]], entry: Entry
) -> type[StorageConfiguration]:
    """The type that was probably meant if the file names an unknown one or none."""
    names_of = {cls.type: cls for cls in types}
    if meant := nearest(entry.type, names_of):
        return names_of[meant]
    return max(
        types, key=lambda cls: sum(cls.setting_named(key) is not None for key in entry.table)
    )


def text_of(path: str) -> str:
    """The text of the file at `path`, to be copied into a field.

    Raises:
        ConfigurationError: there is none; the message says why.
    """
    place = shortened(path)
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(MAX_SIZE)
    except FileNotFoundError:
        raise ConfigurationError(f"there is no such file: {place}; name another") from None
    except IsADirectoryError:
        raise ConfigurationError(f"{place} is a folder; name a file in it") from None
    except UnicodeDecodeError:
        # The exception holds what was read: it must not be the cause.
        raise ConfigurationError(f"{place} is not UTF-8 text; name another file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid path"
        raise ConfigurationError(
            f"cannot read {place} ({reason}); allow reading it, or name another file"
        ) from error
    if not text.strip():
        raise ConfigurationError(f"{place} is empty; name another file")
    return text


def save_new(
    edit: Transaction,
    cls: type[StorageConfiguration],
    values: Mapping[str, Any],
    name: str,
    *,
    default: bool = False,
) -> str:
    """Add a configuration, and make it the default if `default` is set. Returns its name.

    Raises:
        InvalidSettings, WrongName: what is entered cannot be saved.
    """
    _check_name(lookup.taken(edit.layers), name, None)
    added = str(edit.add_settings(cls, values, name=name).name)
    if default:
        edit.set_default(added)
    return added


def is_same(
    cls: type[StorageConfiguration], before: Entry, changes: Mapping[str, Any], name: str
) -> bool:
    """Whether a form holds what the file said when it opened, with nothing to be mended."""
    same = not changes and name.strip() == before.name and before.type == cls.type
    return same and not before.problems


def save_edit(
    edit: Transaction,
    cls: type[StorageConfiguration],
    before: Entry,
    changes: Mapping[str, Any],
    name: str,
    *,
    force: bool = False,
) -> str:
    """Write the changes to one configuration; anything else in the file may have changed meanwhile.

    Args:
        edit: the configuration file.
        cls: the type that it is to have: its own, unless that is unknown.
        before: the configuration as it was when the form opened.
        changes: settings by name; None and "" remove one.
        name: what it is to be called.
        force: write even if this configuration was changed in the file meanwhile.

    Returns:
        Its name from now on.

    Raises:
        InvalidSettings, WrongName: what is entered cannot be saved.
        ChangedMeanwhile: the configuration was changed in the file.
    """
    here = before.name in storage_tables(edit.tables)
    current = edit.find(before.name) if here else None
    if current is None or (not force and dict(current.table) != dict(before.table)):
        raise ChangedMeanwhile(current)
    _check_name(lookup.taken(edit.layers), name, before.name)
    return str(edit.update_settings(before.name, changes, name=name, cls=cls).name)


def _check_name(taken: Mapping[str, str], name: str, own: str | None) -> None:
    if own is not None and name.strip() == own:
        return
    try:
        names.check_new_name(name, taken)
    except StorageError as error:
        raise WrongName(str(error)) from None
