"""The path of the folder that is listed, in the frame above the list; a click leads up."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from storage_core.printable import printable
from tui.kit.text import cut_middle

_BETWEEN = " › "
_LEFT_OUT = "…"
_LEAST = 12
"""Cells in which the location is of use."""


def trail(location: str, folder: str | None, room: int) -> Content:
    """The location and the names of the folders below it, cut at the front where it is too long.

    Args:
        location: of the storage, as people read it.
        folder: below it; None where no folder is listed.
        room: cells there are, the corners of the frame included.
    """
    room -= 6
    names = [location, *(folder.split("/") if folder else ())]
    pieces: list[Content] = []
    for depth in range(len(names) - 1, -1, -1):
        # Those before this one need room to say that they are there.
        left = room - (len(_LEFT_OUT) + len(_BETWEEN) if depth else 0)
        if pieces:
            left -= len(_BETWEEN)
        said = printable(names[depth])
        if pieces and cell_len(said) > left and (depth or left < _LEAST):
            pieces.append(_crumb(_LEFT_OUT, depth))
            break
        shown = cut_middle(said, left)
        # Where one is, a click has nowhere to lead.
        here = folder is not None and depth == len(names) - 1
        pieces.append(Content(shown) if here else _crumb(shown, depth))
        room -= pieces[-1].cell_length + (len(_BETWEEN) if len(pieces) > 1 else 0)
    return Content(_BETWEEN).join(reversed(pieces))


def _crumb(said: str, depth: int) -> Content:
    return Content.styled(said, Style.from_meta({"@click": f"screen.crumb({depth})"}))
