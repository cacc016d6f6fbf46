"""Looks for entries in the files and variables of all tools, or of some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage_core.errors import ConfigurationError
from storage_core.importing.sources import NAMES, source_named

if TYPE_CHECKING:
    from storage_core.importing.found import Found


@dataclass(frozen=True)
class Failure:
    """A tool whose files cannot be read."""

    source: str
    message: str


@dataclass(frozen=True)
class Looked:
    """The entries that were found, and the tools whose files could not be read."""

    found: tuple[Found, ...]
    failures: tuple[Failure, ...] = ()


def look(sources: Sequence[str] = NAMES, path: str | None = None) -> Looked:
    """Find the entries of tools on this machine; a tool that fails does not hide the others.

    Args:
        sources: the names of the tools, in the order in which entries are returned.
        path: the file or folder to read instead of the tools' own.
    """
    found: list[Found] = []
    failures: list[Failure] = []
    for name in sources:
        try:
            found += source_named(name).found(path)
        except ConfigurationError as error:
            failures.append(Failure(name, str(error)))
        except Exception as error:
            # Files of other programs may be in any state: an unforeseen error must not hide the
            # other tools. Its text may contain a secret, so only its type is shown.
            kind = type(error).__name__
            failures.append(Failure(name, f"its files cannot be read ({kind}); this is a bug"))
    return Looked(tuple(found), tuple(failures))
