"""What the app remembers about itself (theme, sort order), in a file of its own.

Not in the configuration file, which people keep in git. Whatever is in this file, the app starts:
anything unknown or broken is ignored.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, NamedTuple

from storage_core.errors import ConfigurationError
from storage_core.paths import expanded

SORTS: Final = ("file", "name", "type", "location", "status")
"""The orders of the list, in the sequence in which pressing one key steps through them."""

GROUPS: Final = ("", "type", "tag")
"""What the rows of the list can be grouped by; empty for nothing."""

_SIZE: Final = 65_536


class State(NamedTuple):
    """What is remembered."""

    theme: str = ""
    """Its name; empty for the app's own choice."""

    sort: str = SORTS[0]

    reverse: bool = False
    """Whether that order is reversed."""

    group: str = GROUPS[0]

    preview: bool = True
    """Whether a preview of the blob is shown beside the list of blobs."""


def path() -> Path | None:
    """Where the state is kept; None if that would depend on where the app was started.

    That is so without a home, and with an XDG_STATE_HOME that is not absolute.
    """
    from platformdirs import user_state_path

    try:
        expanded("~")
    except ConfigurationError:
        if not os.environ.get("XDG_STATE_HOME"):
            return None
    found = user_state_path("storage-config", appauthor=False) / "app.json"
    return found if found.is_absolute() else None


def load() -> State:
    """The state as last saved, with defaults for whatever is missing or invalid."""
    found = table_in(path(), _SIZE)
    theme, sort, group = found.get("theme"), found.get("sort"), found.get("group")
    return State(
        theme if isinstance(theme, str) else "",
        sort if sort in SORTS else SORTS[0],
        found.get("reverse") is True,
        preview=found.get("preview") is not False,
        group=group if group in GROUPS else GROUPS[0],
    )


def table_in(source: Path | None, most: int) -> dict[str, Any]:
    """The JSON object in one of the app's files; empty if there is none in it.

    Args:
        source: the file.
        most: characters of it that are read.
    """
    if source is None:
        return {}
    try:
        with source.open(encoding="utf-8") as file:
            text = file.read(most)
        # Imported only here: before the first save there is nothing to read.
        from json import loads

        found = loads(text)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def save(state: State) -> None:
    """Write the state; failures are ignored."""
    target = path()
    if target is None:
        return
    from json import dumps

    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = target.with_suffix(".new")
        new.write_text(
            dumps(dict(zip(State.__annotations__, state, strict=True))),
            encoding="utf-8",
        )
        new.replace(target)
    except OSError:
        pass
