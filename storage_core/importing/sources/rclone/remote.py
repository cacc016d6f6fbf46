"""One remote of rclone: its options, from the file and from variables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from storage_core.importing.made import InexpressibleError
from storage_core.importing.sources.rclone.dialect import Sections, SelfReferringError
from storage_core.importing.sources.rclone.hidden import revealed
from storage_core.importing.values import as_it_is
from storage_core.paths import absolute
from storage_core.references import is_unicode

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
"""The texts that mean true in Go."""

_BESIDE: Final = frozenset({"type", "description", "encoding"})
"""Options that every remote may have, and that do not say where it leads."""


class Remote:
    """The options of a remote; those in the environment win over those in the file."""

    def __init__(self, name: str, sections: Sections, environment: Mapping[str, str]) -> None:
        """Look nothing up yet.

        Args:
            name: its name in rclone.
            sections: the sections of the file.
            environment: the variables that rclone would see; empty to ignore variables.
        """
        self.name = name
        self._sections = sections
        self._environment = environment

    @property
    def has_type(self) -> bool:
        """Whether its type is given."""
        return self.variable("type") is not None or "type" in self._sections.keys(self.name)

    @property
    def stands_in_file(self) -> bool:
        """Whether the file has a section for it."""
        return self.name in self._sections.names()

    def text(self, key: str) -> str:
        """The text of an option; empty if it is not set.

        Raises:
            InexpressibleError: it is not UTF-8, or refers to itself.
        """
        variable = self.variable(key)
        if variable is not None:
            value = self._environment[variable]
        else:
            try:
                value = self._sections.value(self.name, key) or ""
            except SelfReferringError:
                raise InexpressibleError(f"{key} has a %(…)s that refers to itself") from None
        if not is_unicode(value):
            raise InexpressibleError(f"{key} is no UTF-8 text")
        return value

    def setting(self, key: str) -> str | None:
        """An option for a setting; if it is in a variable, a reference to that."""
        if value := self.text(key):
            variable = self.variable(key)
            return f"env:{variable}" if variable else as_it_is(value)
        return None

    def in_table(self, key: str) -> str | dict[str, str] | None:
        """The same for Options, where a reference is a table."""
        if value := self.text(key):
            variable = self.variable(key)
            return {"ref": f"env:{variable}"} if variable else value
        return None

    def is_true(self, key: str) -> bool:
        """Whether an option is true."""
        return self.text(key) in _TRUE

    def password(self, key: str) -> str | None:
        """A password, which rclone keeps obscured; None if it is not set.

        Raises:
            InexpressibleError: it is not obscured, which rclone refuses too.
        """
        value = self.text(key)
        if not value:
            return None
        found = revealed(value)
        if found is None:
            raise InexpressibleError(
                f"{key} is not obscured as rclone does it; run: rclone config password "
                f"{self.name} {key} NEW"
            )
        return found

    def besides(self, known: Iterable[str]) -> Iterator[str]:
        """The options that are set and not in `known`, without those that every remote may have."""
        ignored = {*known} | _BESIDE
        for key in self._keys():
            if key not in ignored and self.text(key):
                yield key

    def _keys(self) -> list[str]:
        start = f"RCLONE_CONFIG_{self.name.upper()}_"
        of_environment = [
            name[len(start) :].lower() for name in self._environment if name.startswith(start)
        ]
        return list(dict.fromkeys([*self._sections.keys(self.name), *of_environment]))

    def variable(self, key: str) -> str | None:
        """The variable that sets an option: the remote's own, else that of its type; else None."""
        own = f"RCLONE_CONFIG_{self.name}_{key}".upper()
        if own in self._environment or key == "type":
            return own if own in self._environment else None
        prefix = _PREFIXES.get(self.text("type"))
        common = f"RCLONE_{prefix}_{key}".upper() if prefix else ""
        return common if common in self._environment else None


_PREFIXES: Final = {
    **{name: name for name in ("s3", "azureblob", "gcs", "local", "webdav", "sftp", "ftp")},
    "google cloud storage": "gcs",
}


def environment() -> dict[str, str]:
    """The variables that rclone would see."""
    return {name: value for name, value in os.environ.items() if name.startswith("RCLONE_")}


def expanded_path(path: str) -> str:
    """The absolute path of a file, with `~` and variables expanded, as rclone does for some."""
    return absolute(re.sub(r"\$(?:(\w+)|\{([^}]*)\})", _of_variable, path))


def _of_variable(found: re.Match[str]) -> str:
    return os.environ.get(found[1] or found[2], "")
