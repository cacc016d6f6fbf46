"""What can be imported from other tools, row by row, with a person's answers.

All of it may block: call it in threads. No row holds a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.errors import ConfigurationError
from storage_core.importing.adding import added, has_no_default
from storage_core.importing.answers import answered
from storage_core.importing.looking import Failure, Looked, look
from storage_core.importing.pasted import found_in
from storage_core.importing.planning import planned
from storage_core.importing.sources import NAMES, source_named
from storage_core.paths import shortened
from storage_core.printable import printable
from tui.session.keeping import secrets_in
from tui.session.snapshot import short_name
from tui.session.sources import ELSEWHERE, HERE, SIGNS, proposed, said

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.config.transaction import Transaction
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting
    from storage_core.importing.found import Found
    from storage_core.importing.planning import Planned

SOURCES: Final = NAMES
"""The tools that are looked for, in this order."""

LONGEST: Final = 1 << 20
"""The most characters of a pasted block."""

PLACES: Final = (HERE, "keyring", "file")
"""Where secrets can go, in the order in which pressing one key steps through them."""

_OPEN: Final = ("new", "asks")


class Elsewhere(NamedTuple):
    """A file or folder of a tool in an unusual place."""

    source: str
    path: str


class Item(NamedTuple):
    """One entry of another tool, with a person's answers."""

    found: Found
    name: str = ""
    """Its name here; empty for the name that its tool uses."""

    chosen: bool = True
    pasted: bool = False
    keep: str = HERE
    """Where its secrets go, except for references: one of `PLACES`."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Identifies the entry when everything is looked for again."""
        return self.found.source, self.found.entry, self.found.place


class Offer(NamedTuple):
    """One row: an entry that can be imported or not, or a tool whose files cannot be read."""

    number: int
    """Its index among the items; -1 for a tool."""

    name: str
    """The name that it would get, or has already."""

    source: str
    entry: str
    """What the tool calls it."""

    place: str
    """Its file, as people read it."""

    type: str = ""
    badge: str = ""
    location: str = ""
    """Where it would lead; empty while that is not known, or if it cannot be imported."""

    said: str = ""
    """Shown in place of the location: what it asks for, that it is there already, or why it cannot
    be imported."""

    is_open: bool = False
    """Whether it can be chosen."""

    chosen: bool = False
    asks: str = ""
    """The label of what has to be entered for it; empty for nothing."""

    secrets: tuple[str, ...] = ()
    """Where each of its secrets will be kept."""

    copied: bool = False
    """Whether a secret would be in the configuration file."""

    kept: str = HERE
    """Where a movable secret goes: one of `PLACES`."""

    movable: bool = False
    """Whether a secret that is copied can be kept elsewhere."""

    notes: tuple[str, ...] = ()
    """What else there is to know."""

    @property
    def note(self) -> str:
        """All notes in one line."""
        said = ""
        if self.copied:
            said = f"{SIGNS[HERE]} a secret is copied into the file"
        elif self.kept != HERE:
            said = f"{SIGNS[self.kept]} its secret goes into {ELSEWHERE[self.kept]}"
        return " · ".join(filter(None, (said, *self.notes)))

    @property
    def key(self) -> str:
        """Identifies the row among all others."""
        # A tool may have several files that cannot be read.
        of_tool = self.said if self.number < 0 else ""
        return f"{self.number} {self.source} {self.place} {of_tool}"


def looks() -> Iterator[tuple[str, Looked | None]]:
    """Look at what each tool has, one tool after the other; yields None when one begins."""
    for name in SOURCES:
        yield name, None
        yield name, look((name,))


def looks_at(places: Iterable[Elsewhere]) -> Iterator[tuple[str, Looked | None]]:
    """Look at files and folders in unusual places in the same way."""
    for each in places:
        yield each.source, None
        yield each.source, look((each.source,), each.path)


def found_at(place: Elsewhere, known: Iterable[Item]) -> tuple[list[Item], str]:
    """The items there that are not `known` yet; or none, and the reason."""
    looked = look((place.source,), place.path)
    if looked.failures:
        return [], looked.failures[0].message
    if not looked.found:
        return [], f"{place.path}: has nothing of {source_named(place.source).LABEL} to import"
    there = {each.key for each in known}
    found = [each for each in map(Item, looked.found) if each.key not in there]
    return found, "" if found else f"{place.path}: all that it has is in the list already"


def pasted(text: str) -> list[Item]:
    """The items that a block describes; none if it is no known kind of block."""
    return [Item(each, pasted=True) for each in found_in(text)]


def offers(
    items: Sequence[Item], failures: Sequence[Failure], found: Configurations
) -> list[Offer]:
    """A row for each: what is new, then what is there already, then what cannot be imported."""
    rows = [_offer(index, items[index], plan) for index, plan in enumerate(plans_of(items, found))]
    rows += [_failed(each) for each in failures]
    return sorted(rows, key=lambda row: (not row.is_open, row.type == "", row.number < 0))


def plans_of(items: Sequence[Item], found: Configurations) -> list[Planned]:
    """What would become of each item."""
    names = {index: each.name for index, each in enumerate(items) if each.name}
    return planned([each.found for each in items], found, names)


def answer_of(
    items: Sequence[Item], index: int, answer: str, found: Configurations
) -> tuple[Found | None, str]:
    """The entry completed with `answer`; or None, and why the answer cannot be used."""
    if not answer:
        return None, f"write a {items[index].found.asked.lower()}, or leave it out"
    try:
        known = answered(items[index].found, answer)
    except ValueError as error:
        return None, str(error)
    others = [each for place, each in enumerate(items) if place != index and each.chosen]
    plan = plans_of([*others, items[index]._replace(found=known)], found)[-1]
    if plan.state == "cannot":
        return None, plan.reason
    if plan.state != "new":
        return None, f"that is {plan.name} already; leave it out, or write another"
    return known, ""


def favourite(items: Sequence[Item], found: Configurations) -> int | None:
    """The index of the item to propose as the default; None if there is a default."""
    if not items or not has_no_default(found):
        return None
    return next((place for place, each in enumerate(items) if each.found.is_default), 0)


def kept(items: Sequence[Item]) -> list[Item]:
    """Store the secrets that are not to be in the file, and refer to them.

    Raises:
        ConfigurationError: one cannot be stored; the file has not been changed yet.
    """
    from storage_core.config.secrets.relocate import stored
    from storage_core.references import resolve

    result = []
    for item in items:
        for label, value, reference in _moved(item, item.name, item.found.settings).values():
            stored(resolve(value, label), reference, f"{label} of {item.name!r}")
        settings = _settings(item, item.name, item.found.settings)
        result.append(item._replace(found=replace(item.found, settings=settings)))
    return result


def write(edit: Transaction, items: Sequence[Item], default: int | None) -> list[str]:
    """Add the items to the file; returns the names that they have got."""
    names = {place: each.name for place, each in enumerate(items)}
    saved = added(edit, [each.found for each in items], names, default)
    return [each.name or "" for each in saved]


def _offer(index: int, item: Item, plan: Planned) -> Offer:
    found, cls = item.found, item.found.cls
    base = Offer(
        index,
        printable(plan.name),
        found.source,
        printable(found.entry),
        printable(shortened(found.place)),
    )
    if plan.state == "cannot" or cls is None:
        return base._replace(said=printable(plan.reason))
    base = base._replace(type=cls.label, badge=short_name(cls), notes=_notes(plan))
    if plan.state not in _OPEN:
        there = "there already" if plan.state == "there" else f"the same as {printable(plan.name)}"
        return base._replace(said=there)
    secrets = [*secrets_in(cls.settings(), _settings(item, plan.name, plan.settings))]
    asks = found.asked if plan.state == "asks" else ""
    return base._replace(
        location="" if asks else printable(_location(cls, plan)),
        said=f"asks for its {asks.lower()}" if asks else "",
        is_open=True,
        chosen=item.chosen,
        asks=asks,
        secrets=tuple(
            f"{each.label}: {f'{SIGNS[each.source]} {each.where}' if each.where else said(HERE)}"
            for each in secrets
        ),
        copied=any(each.source == HERE for each in secrets),
        kept=item.keep if _plain(found, plan.settings) else HERE,
        movable=bool(_plain(found, plan.settings)),
    )


def _plain(found: Found, settings: Mapping[str, Any]) -> list[Setting]:
    """The settings that hold a secret in plain text."""
    return [
        each
        for each in (found.cls.settings() if found.cls else ())
        if each.secret
        and isinstance(value := settings.get(each.name), str)
        and value
        and not each.is_reference(value)
    ]


def _moved(item: Item, name: str, settings: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    """The secrets to keep elsewhere, by setting: label, secret, and the reference to it."""
    if item.keep == HERE:
        return {}
    plain = _plain(item.found, settings)
    place = PLACES.index(item.keep) - 1
    return {
        each.name: (
            each.label,
            settings[each.name],
            proposed(name, each.name, only=len(plain) == 1)[place],
        )
        for each in plain
    }


def _settings(item: Item, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with references to what is kept elsewhere."""
    moved = _moved(item, name, settings)
    return {**settings, **{key: reference for key, (_, _, reference) in moved.items()}}


def _location(cls: type[StorageConfiguration], plan: Planned) -> str:
    try:
        return cls(**plan.settings).location
    except ConfigurationError:
        return ""


def _notes(plan: Planned) -> tuple[str, ...]:
    # A sign shows already that a secret is copied.
    notes = [each for each in plan.notes if "is copied" not in each]
    said = (plan.renamed, *notes, *(f"left out: {each}" for each in plan.found.lost))
    return tuple(printable(each) for each in said if each)


def _failed(failure: Failure) -> Offer:
    return Offer(
        -1, failure.source, failure.source, "its files", "", said=printable(failure.message)
    )
