"""Whether two configurations are one: of the same type, with the same settings.

What a person adds later is not counted (tags, a time limit, …), nor that a secret has been moved
behind a reference since: an import that is repeated must add nothing.
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
"""Settings that say how a place is used, and not which it is."""


@dataclass(frozen=True)
class Known:
    """A configuration that there is, or is going to be."""

    name: str
    id: str | None
    cls: type[StorageConfiguration]
    settings: Mapping[str, Any] = field(repr=False)
    open: frozenset[str] = frozenset()
    """Settings that are not known yet, and equal anything."""

    is_planned: bool = False
    """Whether it is only going to be."""

    @classmethod
    def of_plan(
        cls,
        name: str,
        identifier: str | None,
        found: Found,
        settings: Mapping[str, Any],
    ) -> Known:
        """What an entry of another tool would become."""
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
        """Whether no more than secrets differ, each of which has a reference there."""
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
    """The configurations that there are, or are going to be, found by what they say.

    To compare each of some hundred entries with each of a thousand configurations takes seconds.

    Args:
        entries: those that there are; a broken one is like none.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by: dict[tuple[object, ...], list[Known]] = {}
        for entry in entries:
            if entry.configuration is not None:
                cls = type(entry.configuration)
                settings = _comparable(cls, entry.configuration.given())
                self.add(Known(entry.name, entry.id, cls, settings))

    def add(self, known: Known) -> None:
        """One more."""
        for key in (("all",), ("name", known.name), ("id", known.id), *_texts(known)):
            self._by.setdefault((known.cls, *key), []).append(known)

    def same(self, one: Known) -> Known | None:
        """The first of them that is this one; None if it is new."""
        named_so = self._those(one, "name", one.name)
        found = self._those(one, "id", one.id) if one.id else ()
        if same := next(filter(one.leads_where, found), None):
            return same
        # Of what has said nothing yet, any of the type would be the same.
        alike = self._alike(one) if one.settings or not one.open else named_so
        if same := next(filter(one.equals, alike), None):
            return same
        return next(filter(one.has_moved, named_so), None)

    def _alike(self, one: Known) -> Sequence[Known]:
        """As few as possible, among which all are that are equal to this one."""
        said = [self._those(one, *text) for text in _texts(one) if text[1] not in one.open]
        return min(said, key=len, default=self._those(one, "all"))

    def _those(self, one: Known, *key: object) -> Sequence[Known]:
        return self._by.get((one.cls, *key), ())


def _texts(known: Known) -> list[tuple[str, str, str]]:
    """Its settings by which others like it are found."""
    return [
        ("setting", name, value) for name, value in known.settings.items() if isinstance(value, str)
    ]


def _comparable(cls: type[StorageConfiguration], settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings that are no defaults, each in one of the ways in which it can be written."""
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
