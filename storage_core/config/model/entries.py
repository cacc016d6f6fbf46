"""Storage configurations made from plain tables, with every problem found and its line.

One broken table never hides the others: it is an entry with problems and no configuration.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from storage_core.config.model.entry import Entry, find_name, read_entry, storage_tables
from storage_core.config.model.problems import Problem, file_problems, is_newer
from storage_core.declaration.configuration import StorageConfiguration
from storage_core.errors import StorageNotFound
from storage_core.paths import is_text

_NAMED = 10
"""Configurations that a `repr` names."""


class Configurations(Mapping[str, StorageConfiguration]):
    """What the file holds: the intact configurations by name, and every problem."""

    def __init__(self, tables: Mapping[str, Any], text: str, source: str) -> None:
        self.source = source
        """The absolute path of the file, which need not exist, or `STORAGE_CONFIG_TEXT`."""

        self.tables: Mapping[str, Any] = tables
        """Everything in the file, tables of other programs included."""

        self.text = text
        """The text of the file, secrets included."""

        storage = storage_tables(tables)
        self.entries: dict[str, Entry] = {}
        """Every table below `[storage]`, in the file's order, the broken ones included."""

        seen: dict[str, str] = {}
        for name, table in storage.items():
            entry = read_entry(name, table, text, source, seen)
            self.entries[name] = entry
            seen.setdefault(entry.id, name)
        default = tables.get("default")
        self.default: str | None = default if isinstance(default, str) else None
        """The name of the default, as written; None: Temporary Local Storage."""

        self.problems: tuple[Problem, ...] = (
            *file_problems(tables, storage, text, source),
            *(problem for entry in self.entries.values() for problem in entry.problems),
        )
        """Everything a person has to mend."""

    @property
    def path(self) -> str | None:
        """The absolute path of the file; None for `STORAGE_CONFIG_TEXT`."""
        return None if is_text(self.source) else self.source

    @property
    def newer(self) -> bool:
        """Whether the file was written for a newer version of this program."""
        return is_newer(self.tables)

    @property
    def override(self) -> str:
        """One line on what `STORAGE_DEFAULT` changes in this process; empty if it is not set."""
        ref = os.environ.get("STORAGE_DEFAULT")
        if not ref:
            return ""
        try:
            return f"STORAGE_DEFAULT makes {self.find(ref, partial=False).name} the default here."
        except StorageNotFound:
            return f"STORAGE_DEFAULT is {ref}, but there is none of this name or ID."

    def find(self, ref: str, *, partial: bool = True) -> Entry:
        """The entry that `ref` means: a name, an ID or (if `partial`) the start of an ID.

        Raises:
            StorageNotFound: there is none, or the start of an ID fits several.
        """
        return self.entries[find_name(self.tables, ref, self.text, self.source, partial=partial)]

    def __repr__(self) -> str:
        """Where they are and what they are called; no settings, which may be secret."""
        listed = ", ".join(map(repr, [*self.entries][:_NAMED]))
        more = len(self.entries) - _NAMED
        listed += f" and {more} more" if more > 0 else ""
        problems = f", {len(self.problems)} problem(s)" if self.problems else ""
        return (
            f"<Configurations in {self.source!r}: {listed or 'none'}; "
            f"default {self.default!r}{problems}>"
        )

    def __getitem__(self, name: str) -> StorageConfiguration:
        configuration = self.entries[name].configuration
        if configuration is None:
            raise KeyError(name)
        return configuration

    def __iter__(self) -> Iterator[str]:
        return (name for name, entry in self.entries.items() if entry.configuration is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
