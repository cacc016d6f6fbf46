"""The path of the folder that is listed, in the frame above the list; a click leads up."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style

from storage_core.printable import printable
from tui.kit.text import cut, cut_middle

_BETWEEN = " › "
_LEFT_OUT = "…"


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
    left = room
    for depth in range(len(names) - 1, -1, -1):
        said = printable(names[depth])
        last = depth == len(names) - 1
        if last:
            said = cut_middle(said, room - (len(_LEFT_OUT) + len(_BETWEEN) if depth else 0))
        piece = Content.styled(cut(said, room), _leads_to(depth))
        needed = piece.cell_length + (0 if last else len(_BETWEEN))
        # Those before this one need a sign that they are there.
        if not last and needed > left - (len(_LEFT_OUT) + len(_BETWEEN) if depth else 0):
            pieces.append(Content.styled(_LEFT_OUT, _leads_to(depth)))
            break
        pieces.append(piece)
        left -= needed
    return Content(_BETWEEN).join(reversed(pieces))


def _leads_to(depth: int) -> Style:
    return Style.from_meta({"@click": f"screen.crumb({depth})"})
