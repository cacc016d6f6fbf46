"""Decides what becomes of found entries: which exist already, which are new, under which name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from storage_core.declaration.table import with_absolute_paths
from storage_core.declaration.validation import InvalidSettings, validated
from storage_core.importing.free_names import free_name
from storage_core.importing.same import Directory, Known
from storage_core.printable import trimmed

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.importing.found import Found

State = Literal["new", "asks", "there", "same", "cannot"]

_STAND_IN: Final = "bucket"
"""A placeholder for a bucket that is not known yet, so that the rest can be checked."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An entry of another tool, and what becomes of it."""

    found: Found

    state: State
    """`new`: it can be written; `asks`: it can be written once `found.asks` is answered; `there`: a
    configuration like it exists; `same`: it is the same as an earlier entry; `cannot`: it cannot be
    imported."""

    name: str
    """Its name here; if it is `there` or `same`, the name of the one that it equals."""

    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The settings to write, without the one that is asked for."""

    id: str | None = None
    """The ID that it keeps; None: it gets a new one."""

    reason: str = ""
    """Why it cannot be imported."""

    notes: tuple[str, ...] = ()
    """What a person should know about it, besides `found.lost`."""

    renamed: str = ""
    """Why its name differs from the one in its tool; empty if it does not."""


def planned(
    found: Iterable[Found],
    configurations: Configurations,
    names: Mapping[int, str] | None = None,
) -> list[Planned]:
    """Decide what becomes of each entry, in the same order.

    Args:
        found: the entries of the tools.
        configurations: the configurations that exist already.
        names: the new names of some entries, by their indices in `found`.
    """
    known = Directory(configurations.entries.values())
    taken = {*configurations.entries}
    ids = {entry.id: entry.name for entry in configurations.entries.values()}
    result: list[Planned] = []
    for index, each in enumerate(found):
        wanted = (names or {}).get(index, each.name)
        plan = _planned(each, wanted, known, taken, ids)
        result.append(plan)
        if plan.state in ("new", "asks"):
            taken.add(plan.name)
            here = Known.of_plan(plan.name, plan.id, each, plan.settings)
            known.add(here)
            if plan.id:
                ids[plan.id] = plan.name
    return result


def _planned(
    found: Found,
    wanted: str,
    known: Directory,
    taken: set[str],
    ids: Mapping[str, str],
) -> Planned:
    def cannot(reason: str) -> Planned:
        return Planned(found=found, state="cannot", name=found.name, reason=reason)

    if found.cls is None:
        return cannot(found.reason or "it is of a kind that Storage does not have")
    name, renamed = free_name(wanted, found.source, taken)
    try:
        settings = _checked(found)
    except InvalidSettings as error:
        return cannot(str(error))
    here = Known.of_plan(wanted, found.id, found, settings)
    if same := known.same(here):
        changed = () if here.equals(same) else (f"{same.name} has been changed since",)
        return Planned(
            found=found,
            state="same" if same.is_planned else "there",
            name=same.name,
            notes=changed,
        )
    kept = found.id.lower() if found.id else None
    notes = [*found.notes, *_copied(found, settings)]
    if kept is not None and kept in ids:
        notes.append(f"its ID is that of {ids[kept]}, so it gets a new one")
        kept = None
    return Planned(
        found=found,
        state="asks" if found.asks else "new",
        name=name,
        settings=settings,
        id=kept,
        notes=tuple(notes),
        renamed=renamed if name != trimmed(wanted) else "",
    )


def _checked(found: Found) -> dict[str, Any]:
    """The settings to write. Raises `InvalidSettings` if they are not valid."""
    assert found.cls is not None
    stand_in = {found.asks: _STAND_IN} if found.asks else {}
    given = with_absolute_paths(found.cls, {**found.settings, **stand_in})
    settings = validated(found.cls, given)
    return {key: value for key, value in settings.items() if key not in stand_in}


def _copied(found: Found, settings: Mapping[str, Any]) -> Iterator[str]:
    """Notes on the secrets that would be copied, since the tool gives no reference to them."""
    from storage_core.declaration.tables import hidden

    assert found.cls is not None
    for setting in found.cls.settings():
        value = settings.get(setting.name)
        if value is None:
            continue
        if setting.secret and not setting.is_reference(value):
            yield f"{setting.label} is copied; `storage move-secret` takes it out of the file"
        elif setting.form == "table" and next(hidden(value), None) is not None:
            yield f"{setting.label} hold a secret, which is copied"
