"""What the app remembers about itself (theme, sort order), in a file of its own.

Not in the configuration file, which people keep in git. Whatever stands in this file, the app
starts: anything unknown or broken counts as not there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

SORTS: Final = ("file", "name", "type", "location")
"""The orders of the list, in the order in which one key goes through them."""


@dataclass(frozen=True)
class State:
    """What is remembered."""

    theme: str = ""
    """Its name; empty for the app's own choice."""

    sort: str = SORTS[0]


def path() -> Path:
    """Where the state is kept."""
    from platformdirs import user_state_path

    return user_state_path("storage-config", appauthor=False) / "app.json"


def load() -> State:
    """The state as last saved, with defaults for whatever is not there or not right."""
    try:
        with path().open(encoding="utf-8") as file:
            found = json.loads(file.read(65_536))
    except (OSError, ValueError, RecursionError):
        return State()
    if not isinstance(found, dict):
        return State()
    theme, sort = found.get("theme"), found.get("sort")
    return State(theme if isinstance(theme, str) else "", sort if sort in SORTS else SORTS[0])


def save(state: State) -> None:
    """Keep the state; where that is not possible the app works without."""
    target = path()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = target.with_suffix(".new")
        new.write_text(json.dumps(asdict(state)), encoding="utf-8")
        new.replace(target)
    except OSError:
        pass
