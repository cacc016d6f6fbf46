"""An imported configuration, used: what an entry comes to, opened as a store."""

from __future__ import annotations

from collections.abc import Iterable

from storage_core import Store, open_store
from storage_core.declaration.table import with_absolute_paths
from storage_core.declaration.validation import validated
from storage_core.importing.answers import answered
from storage_core.importing.found import Found


def named(found: Iterable[Found], name: str) -> Found:
    """The only entry of this name."""
    (only,) = [each for each in found if each.name == name]
    return only


def opened(found: Found, answer: str | None = None, *, timeout: float = 60) -> Store:
    """The store of an entry, checked as the import checks it.

    Args:
        found: what can be imported.
        answer: to what it asks for.
        timeout: seconds for one call: the machine may be slow.
    """
    assert found.cls is not None, found.reason
    assert not found.reason
    assert (found.asks is None) == (answer is None)
    settings = (answered(found, answer) if answer else found).settings
    checked = validated(found.cls, with_absolute_paths(found.cls, settings))
    return open_store(found.cls(**checked), timeout=timeout)


def shown(found: Iterable[Found]) -> str:
    """All that is ever shown of entries: their `repr`, and each text but the settings."""
    parts = []
    for each in found:
        texts = {name: value for name, value in asdict_of(each).items() if name != "settings"}
        parts += [repr(each), repr(texts)]
    return "\n".join(parts)


def asdict_of(found: Found) -> dict[str, object]:
    """Its fields."""
    return {name: getattr(found, name) for name in found.__dataclass_fields__}
