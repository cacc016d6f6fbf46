"""Storage configurations made from plain tables, with every problem found and its line.

One broken table never hides the others: it is an entry with problems and no configuration.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from storage_core.config.layers import Layer
from storage_core.config.model import lookup
from storage_core.config.model.entry import Entry
from storage_core.config.model.problems import Problem, file_problems, is_newer
from storage_core.declaration.configuration import StorageConfiguration
from storage_core.errors import ConfigurationError, StorageNotFound
from storage_core.paths import is_text

_NAMED = 10
"""How many configurations a `repr` names."""


class Hidden(NamedTuple):
    """A configuration that does not count, because a nearer layer has another of its name."""

    name: str
    origin: str
    """The file with the hidden configuration."""

    by: str
    """The file with the configuration that hides it."""


class Configurations(Mapping[str, StorageConfiguration]):
    """What the file and the layers beneath it hold: the intact configurations by name, and every
    problem."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.layers: tuple[Layer, ...] = tuple(layers)
        """One's own file and what lies beneath it, nearest first; also what cannot be read."""

        own = self.layers[0]
        self.source = own.source
        """The absolute path of one's own file, which need not exist, or `STORAGE_CONFIG_TEXT`."""

        self.tables: Mapping[str, Any] = own.tables
        """Everything in one's own file, tables of other programs included."""

        self.text = own.text
        """The text of one's own file, secrets included."""

        found = lookup.visible(self.layers)
        self.entries: dict[str, Entry] = {}
        """Every table below `[storage]` that no nearer one hides, the broken ones included:
        those of the nearest layer first, in the order of their file."""

        problems: list[Problem] = []
        seen: dict[str, tuple[str, str]] = {}
        for name, each in found.items():
            entry = each.entry(seen)
            self.entries[name] = entry
            # The first problem is that a layer cannot be read, which is reported once, as its own.
            problems += entry.problems[1:] if each.behind else entry.problems
            seen.setdefault(entry.id, (name, entry.origin))
        self.hidden: tuple[Hidden, ...] = tuple(
            Hidden(name, layer.source, found[name].layer.source)
            for layer in self.layers
            for name in layer.storage
            if found[name].layer is not layer
        )
        """The configurations that others of their name hide."""

        setter = lookup.default_setter(self.layers)
        default = setter.tables.get("default") if setter else None
        self.default: str | None = default if isinstance(default, str) and default else None
        """The name of the default, as written; None: Temporary Local Storage."""

        self.default_problem: Problem | None = (
            lookup.problem_of(setter) if setter and setter.is_unknown else None
        )
        """Why nobody can tell what the default is: a layer that may set it cannot be read."""

        self.default_origin: str | None = setter.source if setter else None
        """The file that says what the default is, or may do so and cannot be read; else None."""

        known = None if any(layer.hides for layer in self.layers) else found
        self.problems: tuple[Problem, ...] = (
            *(p for layer in self.layers for p in _layer_problems(layer, known)),
            *problems,
        )
        """Everything a person has to mend."""

    def layer_of(self, entry: Entry) -> Layer:
        """The layer that a configuration stands in."""
        return next(
            each for each in self.layers if each.source == entry.origin and not each.failure
        )

    def hidden_by(self, name: str) -> list[str]:
        """The files whose configuration of this name is hidden."""
        return [each.origin for each in self.hidden if each.name == name]

    @property
    def stamp(self) -> tuple[tuple[str, object], ...]:
        """The stamp of all files that this depends on, as they were; see `ConfigFile.stamp`."""
        return tuple((each.source, each.stamp) for each in self.layers)

    @property
    def path(self) -> str | None:
        """The absolute path of one's own file; None for `STORAGE_CONFIG_TEXT`."""
        return None if is_text(self.source) else self.source

    @property
    def newer(self) -> bool:
        """Whether one's own file was written for a newer version of this program."""
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
        except ConfigurationError as error:
            return f"STORAGE_DEFAULT: {error}"

    def find(self, ref: str, *, partial: bool = True) -> Entry:
        """The entry that `ref` means: a name, an ID or (if `partial`) the start of an ID.

        Raises:
            StorageNotFound: there is none, or the start of an ID fits several.
            ConfigurationError: there is none in the layers that can be read, and another cannot.
        """
        return self.entries[lookup.find(self.layers, ref, self.source, partial=partial).name]

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


def _layer_problems(layer: Layer, known: Collection[str] | None) -> Iterable[Problem]:
    if layer.failure:
        return [lookup.problem_of(layer)]
    return file_problems(layer.tables, known, layer.text, layer.source)
