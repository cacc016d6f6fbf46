"""A configuration file of Storage with the chosen configurations."""

from __future__ import annotations

from typing import Final

from storage_core.config.toml.values import plain, written_key
from storage_core.config.toml.values import written as as_toml
from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.comments import commented
from storage_core.exporting.settings import LEFT_OUT, Settings

LABEL: Final = "a configuration file of Storage"


def written(chosen: Chosen) -> Written:
    """Write a whole file: the tables, and the default if it is among them."""
    lines = ["version = 1"]
    if chosen.chosen_default is not None:
        lines.append(f"default = {as_toml(chosen.chosen_default)}")
    notes = []
    for configuration in chosen.configurations:
        settings = Settings(configuration, reveal=chosen.reveal)
        said = [f"{name} {LEFT_OUT}" for name in settings.left_out]
        identity = {"id": configuration.id, "type": configuration.type}
        table = {**identity, **settings.table}
        lines += ["", f"[{written_key('storage', configuration.name or '')}]"]
        lines += [
            f"{written_key(key)} = {as_toml(plain(value))}"
            for key, value in table.items()
            if value is not None
        ]
        lines += commented(said)
        notes += [f"{configuration.name}: {each}" for each in said]
    return Written("\n".join(lines) + "\n", tuple(notes))
