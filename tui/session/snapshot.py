"""The content of the configuration file, row by row, as it was at one moment.

All screens draw from it without further work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.config.model import lookup, names
from storage_core.paths import shortened, shown_home
from storage_core.printable import printable
from tui.session.sources import HERE, sources_of

if TYPE_CHECKING:
    from storage_core import Configurations
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting


DEFAULT: Final = "★"
BENEATH: Final = "⇣"
PROTECTED: Final = "◆"
READ_ONLY: Final = "⊘"
"""Signs: the default, a configuration of a file beneath one's own, protected, read-only. The signs
of where secrets are kept are in `sources`."""


class Row(NamedTuple):
    """One line of the list."""

    name: str
    """As in the file, not yet passed through `printable`."""

    type: str
    """The type's label."""

    location: str
    id: str
    entry: Entry | None
    """None for Temporary Local Storage as it is used when no default is set."""

    default: bool
    """Whether it is the default."""

    problem: str = ""
    """What is wrong with it, in one line; empty when it is intact."""

    badge: str = ""
    """The type in five cells."""

    read_only: bool = False
    """Whether nothing is written or deleted through it."""

    tags: tuple[str, ...] = ()
    """Words to find it by, each with its `#`."""

    plain: tuple[Setting, ...] = ()
    """Settings whose secret is in the file itself, and can be moved out of it."""

    sources: tuple[str, ...] = ()
    """Where its secrets are kept, the most exposed place first."""

    origin: str = ""
    """The file that it is in, as people read it; empty for one's own."""

    hides: tuple[str, ...] = ()
    """Files beneath that have a configuration of this name, as people read them."""

    @property
    def place(self) -> str:
        """The location and the tags."""
        return self.place_with(self.tags) if self.tags else self.location

    def place_with(self, tags: Iterable[str]) -> str:
        """The same with these tags only."""
        return f"{self.location}  {' '.join(tags)}".rstrip()

    @property
    def protected(self) -> bool:
        """Whether it is deleted only when its name is typed."""
        return self.entry is not None and self.entry.table.get("protected") is True

    @property
    def sought(self) -> str:
        """The text that a filter searches."""
        limits, tags = "read-only" if self.read_only else "", " ".join(self.tags)
        return "\n".join((self.name, self.type, self.location, self.id, limits, tags, self.origin))

    @property
    def built_in(self) -> bool:
        """Whether this is no table of the file."""
        return self.entry is None

    @property
    def table(self) -> Mapping[str, Any] | None:
        """What the file says, secrets included."""
        return self.entry.table if self.entry else None

    @property
    def key(self) -> str:
        """Identifies the row as long as the app is open."""
        return self.name if self.entry else ""

    def configuration(self) -> StorageConfiguration:
        """What is opened to use it."""
        if self.entry is not None:
            return self.entry.opened()
        from storage_core import TemporaryLocalStorage

        return TemporaryLocalStorage(name=self.name)


class Snapshot(NamedTuple):
    """The file as it was at one moment."""

    rows: tuple[Row, ...] = ()
    configurations: Configurations | None = None
    problem: str = ""
    """Why the whole file cannot be read; empty when it can."""

    notes: tuple[str, ...] = ()
    """What is wrong outside the configurations: the default, the version."""

    read_only: str = ""
    """Why nothing can be saved; empty when it can."""

    exposed: int | None = None
    """The file's mode, when secrets are in it and others than its owner have permissions."""

    versions: int = 0
    """Earlier versions of the file that are kept; counted only when nothing is in the file."""

    stamp: object = None
    """A value that changes whenever the file, or one beneath it, changes."""

    exists: bool = False
    """Whether one's own file is there."""

    @property
    def beneath(self) -> tuple[str, ...]:
        """The files that lie beneath one's own, as people read them."""
        layers = self.configurations.layers if self.configurations else ()
        return tuple(printable(shortened(each.source)) for each in layers if not each.is_own)

    def default_beneath(self, name: str) -> str:
        """What is the default when one's own file has neither one nor `name`."""
        found = self.configurations
        assert found is not None
        setter = lookup.default_setter(each for each in found.layers if not each.is_own)
        default = setter.tables.get("default") if setter else None
        if default == name and (hidden := found.hidden_by(name)):
            return f"{name} in {shortened(hidden[0])}"
        return default if isinstance(default, str) and default else names.BUILT_IN

    @property
    def total(self) -> int:
        """Configurations in the file."""
        return sum(1 for row in self.rows if row.entry)

    def changed_since(self, before: Snapshot) -> str | None:
        """The key of the first row that is new or has changed; None if a row is gone."""
        known = {row.key: row for row in before.rows}
        new = [row for row in self.rows if row.key not in known]
        if not new and len(self.rows) < len(before.rows):
            return None
        others = (row for row in self.rows if row.table != known[row.key].table)
        # A configuration of the file before the built-in one, and the new default before the old.
        default = sorted(
            (
                row
                for row in self.rows
                if row.key in known and row.default != known[row.key].default
            ),
            key=lambda row: (row.built_in, not row.default),
        )
        first = next(chain(new, others, default), None)
        return first.key if first else None

    def says_the_same(self, other: Snapshot) -> bool:
        """Whether the content of all files is the same, apart from comments and spacing."""
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        layers = self.configurations.layers if self.configurations else ()
        tables = [(each.source, each.failure, each.tables) for each in layers]
        return self.exists, self.problem, [row.name for row in self.rows], tables


def short_name(cls: type[StorageConfiguration]) -> str:
    """A storage type in five cells."""
    return printable(cls.badge or cls.type.upper())[:5]


def row_of(entry: Entry, found: Configurations) -> Row:
    """The row of one configuration, which may be broken.

    The first frame waits for all rows, so nothing is computed that only few rows need.
    """
    cls = entry.cls
    configuration = entry.configuration
    sources = sources_of(cls, entry.table) if cls else ()
    plain: tuple[Setting, ...] = ()
    if HERE in sources:
        # Imported only here: `Workspace.load` imports it too, in a thread.
        from storage_core.config.secrets import audit

        plain = tuple(audit.plain_settings(entry))
    return Row(
        name=entry.name,
        type=cls.label if cls else entry.type or "—",
        location=printable(configuration.location) if configuration else "",
        id=entry.id,
        entry=entry,
        default=found.default == entry.name,
        problem="; ".join(printable(problem.brief) for problem in entry.problems),
        badge=short_name(cls) if cls else printable(entry.type.upper())[:5] or "—",
        read_only=entry.read_only,
        tags=_tags(entry) if "tags" in entry.table else (),
        plain=plain,
        sources=sources,
        origin="" if entry.is_own else printable(shortened(entry.origin)),
        hides=_hidden(entry.name, found) if found.hidden else (),
    )


def _tags(entry: Entry) -> tuple[str, ...]:
    return tuple(printable(f"#{tag}") for tag in entry.tags)


def _hidden(name: str, found: Configurations) -> tuple[str, ...]:
    return tuple(printable(shortened(each)) for each in found.hidden_by(name))


def built_in(default: bool) -> Row:
    """The row of Temporary Local Storage, which is used when no default is set."""
    from storage_core import TemporaryLocalStorage

    return Row(
        name="Temporary Local Storage",
        type="built in",
        location=printable(shown_home()),
        id="",
        entry=None,
        default=default,
        badge=short_name(TemporaryLocalStorage),
    )
