"""Whether two configurations are the same: of the same type, with the same settings.

What a person may add later is ignored (tags, a timeout, …), and so is a secret that has been
replaced with a reference since: repeating an import must add nothing.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from storage_core.errors import ConfigurationError
from storage_core.paths import expanded
from storage_core.references import without_literal

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting
    from storage_core.importing.found import Found

_HABITS: Final = ("protected", "read_only", "tags", "timeout", "engine")
"""Settings that say how a place is used, not which place it is."""


@dataclass(frozen=True)
class Known:
    """A configuration that exists or is planned."""

    name: str
    id: str | None
    cls: type[StorageConfiguration]
    settings: Mapping[str, Any] = field(repr=False)
    open: frozenset[str] = frozenset()
    """Settings that are not known yet; they equal any value."""

    is_planned: bool = False
    """Whether it does not exist yet."""

    @classmethod
    def of_plan(
        cls,
        name: str,
        identifier: str | None,
        found: Found,
        settings: Mapping[str, Any],
    ) -> Known:
        """The configuration that an entry of another tool would become."""
        assert found.cls is not None
        unknown = {found.asks, "prefix"} if found.asks else set()
        return cls(
            name,
            identifier.lower() if identifier else None,
            found.cls,
            _comparable(found.cls, settings),
            frozenset(unknown),
            is_planned=True,
        )

    def equals(self, other: Known) -> bool:
        """Whether all settings are the same."""
        return not self._differing(other)

    def leads_where(self, other: Known) -> bool:
        """Whether it leads to the same place."""
        required = {each.name for each in self.cls.settings() if each.required}
        return not self._differing(other) & required

    def has_moved(self, other: Known) -> bool:
        """Whether they differ only in secrets, for each of which `other` has a reference."""
        return all(
            (setting := self.cls.setting_named(name)) is not None
            and setting.secret
            and setting.is_reference(other.settings.get(name))
            and name in self.settings
            for name in self._differing(other)
        )

    def _differing(self, other: Known) -> set[str]:
        names = self.settings.keys() | other.settings.keys()
        ignored = {each for each in _HABITS if each not in self.settings}
        return {
            name
            for name in names - self.open - ignored
            if self.settings.get(name) != other.settings.get(name)
        }


class Directory:
    """An index of existing and planned configurations by name, ID and settings.

    Comparing each of some hundred entries with each of a thousand configurations takes seconds.

    Args:
        entries: the existing ones; those with problems are ignored.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by: dict[tuple[object, ...], list[Known]] = {}
        for entry in entries:
            if entry.configuration is not None:
                cls = type(entry.configuration)
                settings = _comparable(cls, entry.configuration.given())
                self.add(Known(entry.name, entry.id, cls, settings))

    def add(self, known: Known) -> None:
        """Add a configuration to the index."""
        for key in (("all",), ("name", known.name), ("id", known.id), *_texts(known)):
            self._by.setdefault((known.cls, *key), []).append(known)

    def same(self, one: Known) -> Known | None:
        """The first configuration that is the same as this one; None if it is new."""
        named_so = self._those(one, "name", one.name)
        found = self._those(one, "id", one.id) if one.id else ()
        if same := next(filter(one.leads_where, found), None):
            return same
        # Without any known setting it would equal all of its type: compare only those of its name.
        alike = self._alike(one) if one.settings or not one.open else named_so
        if same := next(filter(one.equals, alike), None):
            return same
        return next(filter(one.has_moved, named_so), None)

    def _alike(self, one: Known) -> Sequence[Known]:
        """As few configurations as possible that include all that equal this one."""
        said = [self._those(one, *text) for text in _texts(one) if text[1] not in one.open]
        return min(said, key=len, default=self._those(one, "all"))

    def _those(self, one: Known, *key: object) -> Sequence[Known]:
        return self._by.get((one.cls, *key), ())


def _texts(known: Known) -> list[tuple[str, str, str]]:
    """The keys of its text settings in the index."""
    return [
        ("setting", name, value) for name, value in known.settings.items() if isinstance(value, str)
    ]


def _comparable(cls: type[StorageConfiguration], settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings that are not defaults, with equivalent spellings of a value made the same."""
    return {
        setting.name: _in_one_way(setting, settings[setting.name])
        for setting in cls.settings()
        if settings.get(setting.name) not in (None, setting.default)
    }


def _in_one_way(setting: Setting, value: Any) -> Any:
    if setting.form == "json" and isinstance(value, str) and not setting.is_reference(value):
        from json import loads

        try:
            return loads(without_literal(value))
        except (ValueError, RecursionError):
            return value
    if not isinstance(value, str) or setting.is_reference(value):
        return value
    if setting.form in ("path", "file") and value.startswith("~"):
        try:
            return os.path.normpath(expanded(value))
        except ConfigurationError:
            return value
    return value.rstrip("/") if setting.form == "url" else value
