"""Finds a name that a configuration can have, close to its name in another tool."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count

from storage_core.config.model.names import MAX_NAME, check_new_name
from storage_core.errors import ConfigConflict, ConfigurationError
from storage_core.printable import trimmed


def free_name(name: str, source: str, taken: Collection[str]) -> tuple[str, str]:
    """`name` if it is allowed and free; else the first of `NAME-SOURCE`, `NAME-2`, … that is.

    Returns:
        The name, and why it differs from `name`; empty if it does not.
    """
    why = ""
    for candidate in _candidates(name, source):
        try:
            return check_new_name(candidate, taken), why
        except (ConfigurationError, ConfigConflict) as error:
            why = why or str(error).partition(";")[0]
    raise AssertionError("there are endless candidates")


def _candidates(name: str, source: str) -> Iterator[str]:
    yield name
    plain = "".join(each if each.isprintable() else "-" for each in trimmed(name))
    plain = trimmed(plain[: MAX_NAME - len(source) - 5]) or source
    yield plain
    yield f"{plain}-{source}"
    yield from (f"{plain}-{number}" for number in count(2))
