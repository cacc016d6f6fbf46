"""JSON for programs, with the keys of `storage ls --json`."""

from __future__ import annotations

import re
from json import dumps
from math import isfinite
from typing import Any, Final

from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.settings import LEFT_OUT, Settings

LABEL: Final = "JSON, for programs"


def written(chosen: Chosen) -> Written:
    """Write one object; `left_out` names the secrets that are not in it."""
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
    """Readable JSON, without characters that a terminal would act on."""
    text = dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False)
    return re.sub(r"[^ -~\n]", lambda match: _shown(match[0]), text) + "\n"


def _shown(character: str) -> str:
    return character if character.isprintable() else dumps(character)[1:-1]


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it: dates, infinity and NaN become text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
