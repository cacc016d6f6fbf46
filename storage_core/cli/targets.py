"""The configurations of a command that takes several: those named, all, or the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage_core.cli.errors import WrongUsage
from storage_core.types.temporary import TemporaryLocalStorage

if TYPE_CHECKING:
    from storage_core.cli.session import Session
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration


@dataclass(frozen=True)
class Target:
    """A configuration that a command is about."""

    name: str
    id: str | None
    type: str
    configuration: StorageConfiguration | None
    """The configuration; None if its table has a mistake."""

    problem: str = ""
    """The mistake; empty if there is none."""


def targets(session: Session, refs: tuple[str, ...], *, all_: bool) -> list[Target]:
    """The configurations that are named, each once; without `refs`, the default.

    Raises:
        WrongUsage: `refs` and `all_` are both given.
        StorageNotFound: one of `refs` names nothing.
    """
    if refs and all_:
        raise WrongUsage("give REF or --all, not both")
    if all_:
        return [_target(entry) for entry in session.file.load().entries.values()]
    if refs:
        found = session.file.load()
        by_name = {(entry := found.find(ref)).name: entry for ref in refs}
        return [_target(entry) for entry in by_name.values()]
    configuration = session.file.get() or TemporaryLocalStorage()
    name = configuration.name or configuration.label
    return [Target(name, configuration.id, configuration.type, configuration)]


def _target(entry: Entry) -> Target:
    problem = str(entry.problems[0]) if entry.problems else ""
    return Target(entry.name, entry.id, entry.type, entry.configuration, problem)
