"""What somebody probably meant by a name that nothing has: asked for every "did you mean …?"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

ALIKE: Final = 0.6
"""How much a name is like a known one, from 0 to 1, when it is taken for a misspelling of it."""


def nearest(wanted: str, known: Iterable[str], at_least: float = ALIKE) -> str | None:
    """The one of `known` that `wanted` is a part of, or is most like, or differs from by a slip.

    Case does not count, nor whether words are joined by `-` or `_`.

    Args:
        wanted: what was written.
        known: what could have been.
        at_least: how much the two have to be alike; with 0, one is found whatever was written.
    """
    from difflib import get_close_matches

    wanted = _folded(wanted)
    folded = {_folded(name): name for name in known}
    around = [name for name in folded if len(wanted) > 2 and wanted in name]
    found = (
        get_close_matches(wanted, around, n=1, cutoff=0)
        or get_close_matches(wanted, folded, n=1, cutoff=at_least)
        # Of two letters one is half.
        or [name for name in folded if len(name) > 1 and one_slip(wanted, name)]
    )
    return folded[found[0]] if found else None


def one_slip(wanted: str, name: str) -> bool:
    """Whether one letter is missing, too many or another one, or two have changed places."""
    while wanted and name and wanted[0] == name[0]:
        wanted, name = wanted[1:], name[1:]
    while wanted and name and wanted[-1] == name[-1]:
        wanted, name = wanted[:-1], name[:-1]
    return max(len(wanted), len(name)) <= 1 or (len(wanted) == 2 and wanted == name[::-1])


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")
