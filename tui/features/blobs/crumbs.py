"""The path of the listed folder, in the frame above the list; each name can be clicked."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from storage_core.printable import printable
from tui.kit.text import cut_middle

_BETWEEN = " › "
_LEFT_OUT = "…"
_LEAST = 12
"""The fewest cells in which the location is of use."""


def trail(location: str, folder: str | None, room: int) -> Content:
    """The location and the names of the folders below it, cut at the front if too long.

    Args:
        location: the storage's, as people read it.
        folder: the listed folder below it; None if none is listed.
        room: the cells available, including the corners of the frame.
    """
    room -= 6
    names = [location, *(folder.split("/") if folder else ())]
    pieces: list[Content] = []
    for depth in range(len(names) - 1, -1, -1):
        # Leave room for the sign that names before this one are left out.
        left = room - (len(_LEFT_OUT) + len(_BETWEEN) if depth else 0)
        if pieces:
            left -= len(_BETWEEN)
        said = printable(names[depth])
        if pieces and cell_len(said) > left and (depth or left < _LEAST):
            pieces.append(_crumb(_LEFT_OUT, depth))
            break
        shown = cut_middle(said, left)
        # The current folder is no link.
        here = folder is not None and depth == len(names) - 1
        pieces.append(Content(shown) if here else _crumb(shown, depth))
        room -= pieces[-1].cell_length + (len(_BETWEEN) if len(pieces) > 1 else 0)
    return Content(_BETWEEN).join(reversed(pieces))


def _crumb(said: str, depth: int) -> Content:
    return Content.styled(said, Style.from_meta({"@click": f"screen.crumb({depth})"}))
