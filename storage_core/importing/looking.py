"""Looks into the files of all tools, or of one."""

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
    """What was found, and what could not be read."""

    found: tuple[Found, ...]
    failures: tuple[Failure, ...] = ()


def look(sources: Sequence[str] = NAMES, path: str | None = None) -> Looked:
    """What the tools have here; one that cannot be read hides no other.

    Args:
        sources: the tools, in the order of what is found.
        path: the file or folder to read in place of the tool's own.
    """
    found: list[Found] = []
    failures: list[Failure] = []
    for name in sources:
        try:
            found += source_named(name).found(path)
        except ConfigurationError as error:
            failures.append(Failure(name, str(error)))
        except Exception as error:
            # These are files of other programs, in any state: what nobody has thought of must not
            # hide the other tools. Its text may hold a secret.
            kind = type(error).__name__
            failures.append(Failure(name, f"its files cannot be read ({kind}); this is a bug"))
    return Looked(tuple(found), tuple(failures))
