"""`Entered`: the values entered in a form, compared with those in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from storage_core.declaration.faults import nearest_setting
from storage_core.declaration.setting import Setting
from storage_core.printable import printable
from tui.session import draft

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.features.form.field import Field
    from tui.session.checks import TestResult

NAME: Final = Setting(
    label="Name",
    help="What you and your programs call this storage configuration.",
    name="name",
    required=True,
    placeholder="prod-results",
)


def proposed_name(
    cls: type[StorageConfiguration], values: Mapping[str, Any], taken: Collection[str]
) -> str:
    """Propose a name for a new configuration from its location; empty while that is unknown."""
    place = ""
    for setting in cls.settings():
        value = values.get(setting.name)
        is_text = setting.form in ("text", "path", "url") and isinstance(value, str)
        if setting.required and is_text and not setting.secret and not setting.is_reference(value):
            place = value or ""
            break
    if not any(setting.required for setting in cls.settings()):
        place = cls.type
    last = place.partition("?")[0].rstrip("/").rpartition("/")[2].rpartition("@")[2]
    name = re.sub(r"[^\w-]+", "-", last).strip("-")[:40]
    named = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in named if each not in taken) if name else ""


class Entered:
    """The values of a form.

    Args:
        cls: the type that the configuration will have.
        entry: the configuration as it is in the file; None for a new one.
        path: the configuration file.
        fields: returns all fields mounted so far, the name's included, in the order on screen.
    """

    def __init__(
        self,
        cls: type[StorageConfiguration],
        entry: Entry | None,
        path: str,
        fields: Callable[[], list[Field]],
    ) -> None:
        self.cls, self.entry, self.fields = cls, entry, fields
        self._path = path
        self.given: dict[str, Any] = dict(entry.settings) if entry else {}
        """The values in the file, by the settings that their keys were meant for."""

        self.stray = [key for key in self.given if cls.setting_named(key) is None]
        """Keys in the file that are not settings of the type."""

        self.notes = [cls.note] if cls.note else []
        """Texts to show above the fields."""

        self.tested: tuple[StorageConfiguration, TestResult] | None = None
        """The configuration that was tested last, and the result."""

        if entry and entry.type != cls.type:
            said = f"its type is {printable(entry.type)}" if entry.type else "it has no type"
            self.notes.append(f"In the file {said}; saving makes it {cls.label}.")
        for key in self.stray:
            self._place(key, self.given.pop(key))

    def _place(self, key: str, value: Any) -> None:
        """Move the value of an unknown key to the setting that was probably meant."""
        nearest = nearest_setting(self.cls, key)
        setting = self.cls.setting_named(nearest.name)
        free = setting is not None and setting.name not in self.given
        said = f"{printable(key)} is no setting of {self.cls.label}"
        if setting and free and nearest.meant and isinstance(value, str):
            self.given[setting.name] = value
            self.notes.append(f"{printable(key)} is taken for {setting.label}; look at it.")
        elif setting and free and nearest.alike:
            self.notes.append(f"{said}; did you mean {setting.label}? Saving removes it.")
        else:
            self.notes.append(f"{said}; saving removes it.")

    @property
    def name(self) -> str:
        """The name entered."""
        return str(next(field.value for field in self.fields() if field.setting is NAME))

    @property
    def about(self) -> str:
        """What is edited, and what of it is another than in the file, in a line."""
        name = self.name.strip() or (self.entry.name if self.entry else "")
        changed = [field.setting.label for field in self.fields() if field.changed and self.entry]
        return " · ".join(filter(None, (name, self.cls.label, ", ".join(changed))))

    @property
    def changed(self) -> bool:
        """Whether there are unsaved changes."""
        return any(field.changed for field in self.fields())

    @property
    def edits(self) -> int:
        """How many settings differ from the file; 0 for a new configuration."""
        return sum(field.changed for field in self.fields()) if self.entry else 0

    def values(self) -> dict[str, Any]:
        """The values entered, by setting, without the name; paths are absolute."""
        entered = {f.setting.name: f.value for f in self.fields() if f.setting is not NAME}
        return self._absolute({**self.given, **entered})

    def changes(self) -> dict[str, Any]:
        """The settings that saving changes, with their new values; None removes one."""
        changed = {f.setting.name: f.value for f in self.fields() if f.changed}
        changed.pop(NAME.name, None)
        own = self.entry.settings if self.entry else {}
        return {
            # Remove unknown keys; a value may have moved to the setting that was meant.
            **dict.fromkeys(self.stray),
            **self._absolute({name: self.given[name] for name in self.given if name not in own}),
            **{name: value if value != "" else None for name, value in changed.items()},
        }

    def _absolute(self, values: dict[str, Any]) -> dict[str, Any]:
        return draft.placed(self.cls, values, self.given, self._path)
