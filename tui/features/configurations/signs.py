"""The signs before a name: where its secrets are kept, and what to know before using it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.kit.table import Piece
from tui.session.snapshot import BENEATH, PROTECTED, READ_ONLY
from tui.session.sources import HERE, SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.session.snapshot import Row

NONE: Final = (0, 0, 0)
"""Cells of a row's signs in three cases: of the places of secrets only the file has a sign, or the
most exposed one has, or the two most exposed ones have."""


def cells(row: Row) -> tuple[int, int, int]:
    """The cells of its signs in the three cases of `NONE`."""
    others, kept = (row.origin != "") + row.protected + row.read_only, row.sources
    if not kept:
        return others, others, others
    return others + _in_file(row), others + 1, others + min(len(kept), 2)


def pieces(row: Row, places: int, width: int) -> Iterator[Piece]:
    """The signs, aligned right in `width` cells; all are muted but the warning.

    Args:
        row: the configuration.
        places: how many places of secrets have a sign; the file has one in any case.
        width: cells of the column.
    """
    kept = row.sources[: places or _in_file(row)]
    shown = "".join(SIGNS[each] for each in kept) + _others(row)
    for sign in shown.rjust(width):
        yield Piece(sign, "warning" if sign == SIGNS[HERE] else "muted")


def _others(row: Row) -> str:
    return (
        (BENEATH if row.origin else "")
        + (PROTECTED if row.protected else "")
        + (READ_ONLY if row.read_only else "")
    )


def _in_file(row: Row) -> int:
    return 1 if row.sources[:1] == (HERE,) else 0
