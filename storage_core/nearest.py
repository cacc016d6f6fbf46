"""Finds the name that was probably meant, for "did you mean …?"."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

ALIKE: Final = 0.6
"""How similar two names must be, from 0 to 1, for one to be a misspelling of the other."""


def nearest(wanted: str, known: Iterable[str], at_least: float = ALIKE) -> str | None:
    """The one of `known` that contains `wanted`, differs from it by one slip, or is most similar.

    Case does not count, and `-` and `_` are the same.

    Args:
        wanted: what was written.
        known: what could have been.
        at_least: how similar the two must be, from 0 to 1; with 0, one is always found.
    """
    from difflib import get_close_matches

    wanted = _folded(wanted)
    folded = {_folded(name): name for name in known}
    around = [name for name in folded if len(wanted) > 2 and wanted in name]
    found = (
        get_close_matches(wanted, around, n=1, cutoff=0)
        or get_close_matches(wanted, folded, n=1, cutoff=at_least)
        # In a name of two letters, one slip would be half of it.
        or [name for name in folded if len(name) > 1 and one_slip(wanted, name)]
    )
    return folded[found[0]] if found else None


def one_slip(wanted: str, name: str) -> bool:
    """Whether the two differ by one letter missing, added or changed, or by two swapped."""
    while wanted and name and wanted[0] == name[0]:
        wanted, name = wanted[1:], name[1:]
    while wanted and name and wanted[-1] == name[-1]:
        wanted, name = wanted[:-1], name[:-1]
    return max(len(wanted), len(name)) <= 1 or (len(wanted) == 2 and wanted == name[::-1])


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")
