"""JSON for programs, in the words of `storage ls --json`."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from json import dumps
from typing import Any, Final

from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.settings import LEFT_OUT, Settings

LABEL: Final = "JSON, for programs"


def written(chosen: Chosen) -> Written:
    """One object; what is left out is named in `left_out`."""
    storages, notes = [], []
    for configuration in chosen.configurations:
        settings = Settings(configuration, reveal=chosen.reveal)
        storages.append(
            {
                "id": configuration.id,
                "name": configuration.name,
                "type": configuration.type,
                "default": configuration.name == chosen.default,
                "location": configuration.location,
                "settings": settings.table,
                "left_out": settings.left_out,
            }
        )
        notes += [f"{configuration.name}: {name} {LEFT_OUT}" for name in settings.left_out]
    value = {"default": chosen.chosen_default, "storages": storages}
    return Written(as_json(value), tuple(notes))


def as_json(value: object) -> str:
    """JSON that is readable and, on a terminal, harmless."""
    text = dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=_other)
    return re.sub(r"[^ -~\n]", lambda match: _shown(match[0]), text) + "\n"


def _shown(character: str) -> str:
    return character if character.isprintable() else dumps(character)[1:-1]


def _other(value: Any) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise TypeError(type(value).__name__)
