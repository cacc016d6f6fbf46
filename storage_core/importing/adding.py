"""Adds the chosen entries of other tools to a transaction of the configuration file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from storage_core.importing.planning import planned

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.config.transaction import Transaction
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.importing.found import Found


def added(
    edit: Transaction, found: Sequence[Found], names: Mapping[int, str], default: int | None
) -> list[StorageConfiguration]:
    """Add the entries that are new, and return their configurations.

    Args:
        edit: the transaction, with the file locked.
        found: the entries; each question has been answered.
        names: the new names of entries, by their indices in `found`.
        default: the index in `found` of the new default; None to leave it as it is.
    """
    # Plan again: another program may have changed the file while questions were answered.
    plans = planned(found, edit.load(), names)
    return [
        edit.add_settings(
            each.found.cls,
            each.settings,
            name=each.name,
            id=each.id,
            default=index == default,
        )
        for index, each in enumerate(plans)
        if each.state == "new" and each.found.cls is not None
    ]


def has_no_default(configurations: Configurations) -> bool:
    """Whether a default may be proposed: no file names one, not even one that does not exist."""
    return configurations.tables.get("default") is None and configurations.default is None
