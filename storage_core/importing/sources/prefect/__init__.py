"""Prefect: the storage blocks of the 2.0 betas (`orion.db`), of 2 and of 3 (`prefect.db`).

home.py      which database Prefect uses here, and its settings
database.py  reads SQLite without leaving a trace, with its log and from read-only folders
blocks.py    the blocks in a database, decrypted, with the blocks that they refer to
credentials.py  the settings that credential blocks become
kinds.py     what each type of block becomes
"""

from __future__ import annotations

import os
from typing import Final

from storage_core.importing.files import wrong
from storage_core.importing.found import Found
from storage_core.importing.sources.prefect import home
from storage_core.importing.sources.prefect.blocks import read_blocks
from storage_core.importing.sources.prefect.kinds import found_in
from storage_core.paths import absolute

LABEL: Final = "Prefect"


def places() -> list[str]:
    """The databases that Prefect may have here."""
    return [os.path.join(home.folder(), name) for name in home.DATABASES]


def found(path: str | None = None) -> list[Found]:
    """The storage blocks of Prefect's home, or of the home or the database at `path`."""
    if path is not None:
        return _at(absolute(path))
    settings = home.settings(home.folder())
    result = [*home.elsewhere(settings)]
    named = home.named_database(settings)
    for database in [named] if named else places():
        if os.path.exists(database):
            result += found_in(read_blocks(database), home.default_block(settings))
        elif named:
            what = "does not exist, and Prefect's settings name it as its database"
            raise wrong(database, what, "correct them, or name one: storage import prefect PATH")
    return result


def _at(path: str) -> list[Found]:
    if not os.path.isdir(path):
        return [*found_in(read_blocks(path), None)]
    settings = home.settings(path)
    databases = [os.path.join(path, name) for name in home.DATABASES]
    there = [each for each in databases if os.path.exists(each)]
    if not there:
        what = f"has no database of Prefect's: neither {' nor '.join(home.DATABASES)}"
        raise wrong(path, what, "name a folder such as ~/.prefect")
    default = home.default_block(settings)
    return [each for database in there for each in found_in(read_blocks(database), default)]
