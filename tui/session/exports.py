"""Configurations in the form of other tools: what is shown, and what is copied or written.

What is shown never holds a secret: if the person asks for secrets, it is made from configurations
that have `********` in their place. All of it may block: call it in threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from storage_core.declaration.display import MASK, masked_settings
from storage_core.errors import StorageError
from storage_core.exporting import export
from storage_core.exporting.forms import form_named
from storage_core.references import is_reference, resolve
from tui.session.download import Place, place_of

if TYPE_CHECKING:
    from pathlib import Path

    from storage_core.config.file import ConfigFile
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting

FORMS: Final = ("rclone", "fsspec", "msc", "python", "env", "json", "toml")
"""In the order in which they are offered."""

_ENDS: Final = {
    "rclone": "rclone.conf",
    "fsspec": "fsspec.json",
    "msc": "msc.yaml",
    "python": "storages.py",
    "env": "storage.env",
    "json": "storages.json",
    "toml": "exported.toml",
}
"""The file name proposed for each form."""


class Shown(NamedTuple):
    """An export as it may be shown on screen."""

    label: str
    """The form's name for people."""

    text: str = ""
    notes: tuple[str, ...] = ()
    """What is left out, or gets another name there."""

    problem: str = ""
    """Why it cannot be exported in this form; empty when it can."""


class Exports:
    """Some configurations on their way to other tools.

    Args:
        configurations: which, each with its name.
        default: the name of the default.
    """

    def __init__(self, configurations: Sequence[StorageConfiguration], default: str | None) -> None:
        self._configurations, self._default = tuple(configurations), default

    def shown(self, form: str, *, secrets: bool) -> Shown:
        """The export as shown; with `secrets`, each one that will be in it is masked."""
        label = form_named(form).LABEL
        try:
            written = export(self._configurations, form, default=self._default, reveal=secrets)
            text = self._masked(form) if secrets else written.text
        except StorageError as error:
            return Shown(label, problem=str(error))
        return Shown(label, text, written.notes)

    def text(self, form: str, *, secrets: bool) -> str:
        """The text to copy; raises `StorageError`."""
        return export(self._configurations, form, default=self._default, reveal=secrets).text

    def save(self, target: Path, form: str, *, secrets: bool) -> None:
        """Write it to a file that only its owner can read, whole or not at all."""
        from storage_core.blobs.files import fetch_to_file

        text = self.text(form, secrets=secrets)

        def fetch(file: BinaryIO) -> None:
            file.write(text.encode())

        fetch_to_file(target, fetch, None, str(target), private=True)

    def _masked(self, form: str) -> str:
        try:
            masked = [*map(_without_secrets, self._configurations)]
            return export(masked, form, default=self._default, reveal=True).text
        except (StorageError, ValueError):
            # A stand-in is not always accepted in place of the secret.
            return export(self._configurations, form, default=self._default).text


def proposed(form: str) -> str:
    """The proposed file for a form, in the current folder."""
    return f"./{_ENDS[form]}"


def target_of(entered: str, form: str, file: ConfigFile) -> Place:
    """Look at the path that was entered; a file with configurations is never overwritten."""
    from storage_core.config.own_files import why_kept

    place = place_of(entered, _ENDS[form])
    if not place.problem and (why := why_kept(str(place.target), file)):
        return place._replace(problem=why)
    return place


def _without_secrets(configuration: StorageConfiguration) -> StorageConfiguration:
    cls = type(configuration)
    given = configuration.given()
    settings: dict[str, Any] = {}
    for name, shown in masked_settings(cls.settings(), given).items():
        setting = cls.setting_named(name)
        assert setting is not None
        settings[name] = _stand_in(setting, given[name], shown)
    return cls(name=configuration.name, id=configuration.id, **settings)


def _stand_in(setting: Setting, value: Any, shown: Any) -> Any:
    """A value of the same kind to put in place of a setting that may be secret."""
    if setting.form == "table":
        return _without_references(shown)
    if not isinstance(value, str) or not (setting.secret or setting.is_reference(value)):
        return shown
    from json import dumps, loads

    secret = resolve(value, setting.label) if setting.is_reference(value) else value
    try:
        parts = loads(secret)
    except (ValueError, RecursionError):
        return MASK
    if not isinstance(parts, dict):
        return MASK
    # Which kind of key a file holds is no secret, and decides how it can be exported.
    kind = {"type": parts["type"]} if isinstance(parts.get("type"), str) else {}
    return dumps(dict.fromkeys(parts, MASK) | kind)


def _without_references(table: Any) -> Any:
    if isinstance(table, dict):
        if set(table) == {"ref"} and is_reference(table["ref"]):
            return MASK
        return {key: _without_references(inner) for key, inner in table.items()}
    if isinstance(table, list):
        return [_without_references(each) for each in table]
    return table
