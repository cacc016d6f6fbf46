"""The Multi-Storage Client (1.3): the profiles in the first of its files that exists.

    document.py   reads a file, and replaces the variables in its texts
    profile.py    what a profile becomes

The client reads rclone's file too, in its own way; those remotes are imported from rclone instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from storage_core.importing.files import wrong
from storage_core.importing.made import InexpressibleError, Made, found_entry
from storage_core.importing.sources.msc.document import document
from storage_core.importing.sources.msc.profile import made
from storage_core.paths import absolute

if TYPE_CHECKING:
    from storage_core.importing.found import Found

LABEL: Final = "Multi-Storage Client"

_OWN: Final = "__filesystem__"
"""The profile that always exists: the disk."""


def places() -> list[str]:
    """The files that it looks for, best first."""
    files = []
    if given := os.environ.get("MSC_CONFIG"):
        files.append(absolute(given))
    if folder := os.environ.get("XDG_CONFIG_HOME"):
        files += _both(os.path.join(folder, "msc", "config"))
    if home := os.environ.get("HOME"):
        files += _both(os.path.join(home, ".msc_config"))
        files += _both(os.path.join(home, ".config", "msc", "config"))
    for folder in (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
        if folder := folder.strip():
            files += _both(os.path.join(folder, "msc", "config"))
    return [*map(absolute, files), *_both("/etc/msc_config")]


def found(path: str | None = None) -> list[Found]:
    """The profiles in the first file that exists, or in `path`, and in the files it includes.

    Raises:
        ConfigurationError: a file cannot be read, or is not a configuration.
    """
    file = _in_folder(absolute(path)) if path else next(filter(os.path.exists, places()), None)
    if file is None:
        return []
    entries: dict[str, tuple[Any, str]] = {}
    conflicts: set[str] = set()
    for profiles, place in _documents(file):
        for name, profile in profiles.items():
            if not isinstance(name, str):
                name = str(name)
            if name in entries and not _same(entries[name][0], profile):
                conflicts.add(name)
            entries.setdefault(name, (profile, place))
    return [
        found_entry(
            partial(_made, name, profile, name in conflicts),
            source="msc",
            entry=f"profile {name}",
            place=place,
            name=name,
        )
        for name, (profile, place) in entries.items()
        if name != _OWN
    ]


def _made(name: str, profile: Any, is_conflict: bool) -> Made:
    if is_conflict:
        raise InexpressibleError("two files define it differently, which it does not allow")
    if name.startswith("_"):
        raise InexpressibleError("its name begins with _, which it does not allow")
    return made(profile)


def _documents(file: str) -> Iterator[tuple[dict[Any, Any], str]]:
    """The profiles of a file and of each file that it includes, with the path of the file."""
    said = document(file)
    yield _profiles(said, file), file
    includes = said.get("include") or []
    if not isinstance(includes, list) or not all(isinstance(each, str) for each in includes):
        raise wrong(file, "has an include that is no list of paths", "write - and a path")
    for include in includes:
        inner = os.path.abspath(os.path.join(os.path.dirname(file), include))
        included = document(inner)
        if "include" in included:
            raise wrong(inner, "is included and has an include itself", "take it out")
        yield _profiles(included, inner), inner


def _profiles(said: dict[str, Any], file: str) -> dict[Any, Any]:
    profiles = said.get("profiles")
    if not isinstance(profiles, dict | None):
        raise wrong(file, "has profiles that are no table", "write the name of each and a colon")
    return profiles or {}


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except RecursionError:
        return False


def _both(path: str) -> list[str]:
    return [f"{path}.yaml", f"{path}.json"]


def _in_folder(path: str) -> str:
    names = ("config.yaml", "config.json", ".msc_config.yaml", ".msc_config.json")
    inner = (os.path.join(path, name) for name in names)
    return next(filter(os.path.isfile, inner), path)
