"""What is wanted of other tools, added to a transaction of the configuration file."""

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
    """Add all of it that is new.

    Args:
        edit: the file, under its lock.
        found: nothing of it asks any more.
        names: what each is to be called, by its place in `found`.
        default: the place of the new default.
    """
    # Planned anew: another program may have changed the file while questions were answered.
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
    """Whether one is to be proposed: no file names a default, be it one that is not there."""
    return configurations.tables.get("default") is None and configurations.default is None
