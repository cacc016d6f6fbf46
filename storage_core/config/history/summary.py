"""What changed between two texts of the configuration file, in one line without any value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from storage_core.config.model.entry import storage_tables
from storage_core.config.model.names import id_of
from storage_core.config.toml.text import TextError, parse
from storage_core.config.toml.values import MISSING, same

_NAMED: Final = 5
"""How many configurations are named at most; if there are more, only their number is given."""


def summary_of_changes(older: str, newer: str) -> str:
    """What was done to `older` to make it `newer`: "added laptop; prod-results: bucket".

    It holds names of configurations and settings, in the order of the files, and never a value.
    The names are not escaped: do that where they are shown.

    Args:
        older: the text of the configuration file, TOML or not.
        newer: its text after the change, TOML or not.
    """
    if older == newer:
        return "nothing"
    before, after = _parsed(older), _parsed(newer)
    if before is None:
        return "made readable: it was not TOML" if after is not None else "text that is not TOML"
    if after is None:
        return "made unreadable: it was no longer TOML"
    return "; ".join(_changes(before, after)) or "comments, order or spacing only"


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        return parse(text)
    except TextError:
        return None


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = storage_tables(before), storage_tables(after)
    renamed = _renamed(old, new)
    arrived = {*renamed.values()}
    yield from _listed("added", [name for name in new if name not in old and name not in arrived])
    yield from _listed("deleted", [name for name in old if name not in new and name not in renamed])
    yield from _listed("renamed", [f"{name} to {renamed[name]}" for name in renamed])
    yield from _edited(old, new, renamed)
    default = before.get("default", MISSING)
    if isinstance(default, str):
        # A default that was renamed is still the same default.
        default = renamed.get(default, default)
    if not same(default, after.get("default", MISSING)):
        chosen = after.get("default")
        # Any other value could be a secret in the wrong place.
        named = isinstance(chosen, str) and chosen in new
        yield f"made {chosen} the default" if named else "default"
    for key in dict.fromkeys((*before, *after)):
        is_told = key == "default" or (key == "storage" and (old or new))
        if not is_told and not same(before.get(key, MISSING), after.get(key, MISSING)):
            yield key


def _renamed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Old name -> new name, matched by ID."""
    gone = {id_of(name, table): name for name, table in old.items() if name not in new}
    return {
        gone[identifier]: name
        for name, table in new.items()
        if name not in old and (identifier := id_of(name, table)) in gone
    }


def _edited(
    old: Mapping[str, Any], new: Mapping[str, Any], renamed: Mapping[str, str]
) -> Iterator[str]:
    edited = []
    for was, before in old.items():
        name = renamed.get(was, was)
        if name not in new or same(before, after := new[name]):
            continue
        if not (isinstance(before, dict) and isinstance(after, dict)):
            edited.append(f"changed {name}")
            continue
        # Writing down an ID that was derived from the name does not change it.
        before = {**before, "id": id_of(was, before)}
        after = {**after, "id": id_of(name, after)}
        keys = [
            key
            for key in dict.fromkeys((*before, *after))
            if not same(before.get(key, MISSING), after.get(key, MISSING))
        ]
        if keys:
            edited.append(f"{name}: {', '.join(keys)}")
    if len(edited) > _NAMED:
        yield f"changed {len(edited)} configurations"
    else:
        yield from edited


def _listed(done: str, names: Sequence[str]) -> Iterator[str]:
    if len(names) > _NAMED:
        yield f"{done} {len(names)} configurations"
    elif names:
        yield f"{done} {', '.join(names)}"
