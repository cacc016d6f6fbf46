"""Names that another tool accepts, for names of ours that it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable


def names_for(
    names: Iterable[str], takes: Callable[[str], bool], made: Callable[[str], str]
) -> dict[str, str]:
    """Give each of our names a name that the tool accepts, no two the same.

    Args:
        names: our names.
        takes: whether the tool accepts a name.
        made: makes a name that it accepts of one that it does not.

    Returns:
        The tool's name for each of ours; the same name if the tool accepts it.
    """
    ours = [*names]
    found = {name: name for name in ours if takes(name)}
    for name in ours:
        if name not in found:
            found[name] = free(made(name), found.values())
    return {name: found[name] for name in ours}


def free(wanted: str, taken: Iterable[str], joint: str = "-") -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3` … that is not taken, ignoring case.

    Variables are compared without case: Windows does so, and here they are written in capitals.
    """
    others = {each.upper() for each in taken}
    number, found = 1, wanted
    while found.upper() in others:
        number += 1
        found = f"{wanted}{joint}{number}"
    return found


class Variables:
    """Names of variables for the settings that are left out: no two share one.

    Args:
        names: the names of the configurations.
        taken: variables that stand for something else.
    """

    def __init__(self, names: Iterable[str], taken: Iterable[str]) -> None:
        self._prefixes: dict[str, str] = {}
        for name in names:
            prefix = as_variable(name).rstrip("_")
            self._prefixes[name] = free(prefix, self._prefixes.values(), "_")
        self._taken = {*taken}
        self._found: dict[tuple[str, str], str] = {}

    def of(self, name: str, setting: str) -> str:
        """The variable for a setting of a configuration: the same each time."""
        found = self._found.get((name, setting))
        if found is None:
            found = free(as_variable(self._prefixes[name], setting), self._taken, "_")
            self._taken.add(found)
            self._found[name, setting] = found
        return found


def as_variable(*parts: str) -> str:
    """Make the name of a variable of some words: `PROD_RESULTS_AWS_SECRET_ACCESS_KEY`."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", "_".join(parts)).strip("_").upper()
    return words if words and not words[0].isdigit() else f"STORAGE_{words}"
