"""What a source has found, imported as `storage import` does it, and opened."""

from __future__ import annotations

from typing import Any

from storage_core import ConfigFile, Store, get_store
from storage_core.importing.answers import answered
from storage_core.importing.found import Found
from storage_core.importing.planning import planned


def used(found: Found, bucket: str | None = None, **changes: Any) -> Store:
    """The store of an entry.

    Args:
        found: it has to be importable.
        bucket: the answer, if it asks for one.
        changes: settings that are edited afterwards.
    """
    file = ConfigFile()
    if bucket is not None:
        found = answered(found, bucket)
    [plan] = planned([found], file.load())
    assert plan.state == "new", plan
    assert found.cls is not None
    with file.transaction() as edit:
        edit.add_settings(found.cls, plan.settings, name=plan.name, id=plan.id)
    [again] = planned([found], file.load())
    assert again.state == "there", again
    if changes:
        file.update(plan.name, **changes)
    return get_store(plan.name)
