"""What the app remembers about itself (theme, sort order), in a file of its own.

Not in the configuration file, which people keep in git. Whatever stands in this file, the app
starts: anything unknown or broken counts as not there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, NamedTuple

from storage_core.errors import ConfigurationError
from storage_core.paths import expanded

SORTS: Final = ("file", "name", "type", "location", "status")
"""The orders of the list, in the order in which one key goes through them."""

GROUPS: Final = ("", "type", "tag")
"""By what the rows of the list are grouped: by nothing at first."""

_SIZE: Final = 65_536


class State(NamedTuple):
    """What is remembered."""

    theme: str = ""
    """Its name; empty for the app's own choice."""

    sort: str = SORTS[0]

    reverse: bool = False
    """Whether that order is turned round."""

    group: str = GROUPS[0]

    preview: bool = True
    """Whether what is in a blob is shown beside the list of blobs."""


def path() -> Path | None:
    """Where the state is kept; None where that would be relative to wherever the app was started.

    That is so without a home, and with an XDG_STATE_HOME that is no whole path.
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
    """The state as last saved, with defaults for whatever is not there or not right."""
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
    """The JSON object that a file of the app's holds; an empty one where it holds none.

    Args:
        source: the file.
        most: characters of it that are read.
    """
    if source is None:
        return {}
    try:
        with source.open(encoding="utf-8") as file:
            text = file.read(most)
        # Only here: nobody has kept anything before the first time.
        from json import loads

        found = loads(text)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def save(state: State) -> None:
    """Keep the state; where that is not possible the app works without."""
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
