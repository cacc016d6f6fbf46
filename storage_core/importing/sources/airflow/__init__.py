"""Airflow: the connections in its variables, and in files of `airflow connections export`.

    connections.py  a connection, as a URI or JSON, in a variable or a file
    kinds.py        what each type of connection becomes

Connections in Airflow's own database and in its secrets backends are not found: export them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from storage_core.importing.found import Found
from storage_core.importing.made import found_entry
from storage_core.importing.sources.airflow.connections import (
    PREFIX,
    Connection,
    connection,
    in_file,
)
from storage_core.importing.sources.airflow.kinds import made, other_kind
from storage_core.paths import absolute

LABEL: Final = "Airflow"


def places() -> list[str]:
    """The variables: there is no file from which Airflow reads connections by itself."""
    return [f"the variables {PREFIX}… (give the file of `airflow connections export` as PATH)"]


def found(path: str | None = None) -> list[Found]:
    """The connections to storages in variables, or in an exported file."""
    said: Mapping[str, Any]
    if path is None:
        said = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in sorted(os.environ.items())
            if name.startswith(PREFIX) and value
        }
        # In the name of a variable, Airflow writes the name of the connection in capitals.
        return [*filter(None, (_found(name, each, None) for name, each in said.items()))]
    path = absolute(path)
    return [*filter(None, (_found(name, each, path) for name, each in in_file(path).items()))]


def _found(name: str, said: Any, path: str | None) -> Found | None:
    """The entry for a connection; None if it leads to something other than a storage."""
    place = path or PREFIX + name.upper()
    one = connection(said)
    if one is None:
        return Found(
            source="airflow",
            entry=f"connection {name}",
            place=place,
            name=name,
            reason="it is neither the URI nor the JSON of a connection",
        )
    if other_kind(one):
        return None

    def make() -> Any:
        assert isinstance(one, Connection)
        return made(one)

    return found_entry(make, source="airflow", entry=f"connection {name}", place=place, name=name)
