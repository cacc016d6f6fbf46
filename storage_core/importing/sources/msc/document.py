"""Reads a file of the Multi-Storage Client: YAML or JSON, with variables in its texts."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from storage_core.importing.files import json_of, text_of, wrong, yaml_of
from storage_core.importing.made import InexpressibleError
from storage_core.importing.values import as_it_is
from storage_core.references import is_unicode

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHOLE: Final = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)
"""Matches a text that is nothing but a variable."""

_UNRESOLVED: Final = re.compile(r"\$\{([^}]+)\}|\$([A-Za-z_][A-Za-z0-9_]*)")
_MOST_VALUES: Final = 1_000
"""The most values in one table: a few lines of YAML with anchors can stand for billions."""


def document(path: str) -> dict[str, Any]:
    """Read a file; an empty one is an empty table.

    Raises:
        ConfigurationError: it cannot be read, or is not a table of settings.
    """
    if path.endswith(".json"):
        said = json_of(path, text_of(path))
    else:
        said = yaml_of(path, text_of(path, takes_mark=True))
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise wrong(path, "is no table of settings", "write profiles: and the profiles below it")
    return said


class Options:
    """The options of one part of a profile, with the variables in them."""

    def __init__(self, table: Any, what: str) -> None:
        """Check that the options are a table.

        Args:
            table: the options; None if there are none.
            what: the part that they belong to, for messages.

        Raises:
            InexpressibleError: they are not a table.
        """
        if not isinstance(table, dict | None):
            raise InexpressibleError(f"the options of its {what} are no table")
        self._table: Mapping[Any, Any] = table or {}
        self._what = what

    def raw(self, name: str) -> Any:
        """An option as it is in the file; None if it is not set."""
        return self._table.get(name)

    def besides(self, known: frozenset[str]) -> list[str]:
        """The options that are set and not in `known`."""
        return [str(name) for name, value in self._table.items() if name not in known and value]

    def text(self, name: str) -> str:
        """A text option with its variables replaced; empty if it is not set.

        Raises:
            InexpressibleError: it is not text, or a variable in it is not set.
        """
        value = self._table.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise InexpressibleError(f"its {name} is no text; put it in quotes")
        return expanded(value, name)

    def setting(self, name: str) -> str | None:
        """A text option for a setting; a text that is just a variable becomes a reference to it."""
        if variable := self._variable(name):
            return f"env:{variable}"
        return as_it_is(self.text(name)) or None

    def in_table(self, name: str) -> Any:
        """The same for Options, where a reference is a table."""
        if variable := self._variable(name):
            return {"ref": f"env:{variable}"}
        return self.text(name) or None

    def table(self, name: str) -> dict[str, Any]:
        """A table option with its variables replaced; empty if it is not set.

        Raises:
            InexpressibleError: it is not a table, has too many values, or a variable in it is not
                set.
        """
        value = self._table.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise InexpressibleError(f"its {name} is no table")
        result = _expanded_within(value, name, [_MOST_VALUES])
        assert isinstance(result, dict)
        return result

    def _variable(self, name: str) -> str | None:
        value = self._table.get(name)
        matched = _WHOLE.fullmatch(value) if isinstance(value, str) else None
        return (matched[1] or matched[2] or None) if matched else None


def expanded(text: str, name: str) -> str:
    """A text with its variables replaced.

    The client has no way to escape a `$`.

    Raises:
        InexpressibleError: a variable is not set.
    """
    result = os.path.expandvars(text)
    if missing := _UNRESOLVED.search(result):
        if missing[0] in text:
            raise InexpressibleError(
                f"its {name} needs the variable {missing[1] or missing[2]}, which is not set"
            )
        raise InexpressibleError(f"its {name} has a $ in what a variable stands for")
    if not is_unicode(result):
        raise InexpressibleError(f"its {name} is no valid text")
    return result


def _expanded_within(value: Any, name: str, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise InexpressibleError(f"its {name} has more than {_MOST_VALUES} values")
    if isinstance(value, dict):
        return {str(key): _expanded_within(inner, name, left) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expanded_within(inner, name, left) for inner in value]
    if isinstance(value, str):
        return expanded(value, name)
    if isinstance(value, bool | int | float):
        return value
    raise InexpressibleError(f"its {name} has a value that is neither text nor number")
