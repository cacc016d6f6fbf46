"""The list of blobs, and the lines below it about the one under the cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final

from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.features.blobs.looks import bar, format_of
from tui.kit.columns import Column
from tui.kit.table import Cell, Layout, Table
from tui.kit.text import cut_middle, fit, wrap
from tui.kit.theme import MUTED
from tui.session.listing import FOLDER, Listed, Sort, View
from tui.session.quantities import FUTURE, human_age, local_time

ORDERS: Final[dict[tuple[Sort, bool], str]] = {
    ("age", False): "newest first",
    ("age", True): "oldest first",
    ("name", False): "by name",
    ("name", True): "Z to A",
    ("size", False): "largest first",
    ("size", True): "smallest first",
}
"""The name of each order, by what is compared and whether it is reversed."""

HEADS: Final[tuple[Sort | None, ...]] = (None, None, "name", None, "size", "age")
"""The order that a click on each column's head chooses."""

_KIND, _FORMAT, _NAME, _SIZE, _AGE = 7, 4, 12, 8, 9

_BAR, _LEAST_BAR = 10, 4
_WISHED = 22
"""Cells that the name gets before there is a bar."""


class BlobLayout(Layout[Listed]):
    """One row for each blob."""

    view = View()
    """What is shown, and in which order."""

    by_folder = False
    """Whether a folder is listed, rather than the two kinds."""

    def columns(self, rows: Sequence[Listed], room: int) -> Sequence[Column]:
        """Kind, format, name, a bar, size, age."""
        name = max(self.view.longest, 6)
        # The bar gives way first, then the kind, which the lines above and below show as well.
        left = room - (_NAME + _SIZE + _AGE + 8)
        kind = 0 if self.by_folder or left < _KIND else _KIND
        left -= kind
        format = _FORMAT if left >= _FORMAT + 2 else 0
        left -= format + 2
        bar = min(_BAR, left - 3 - max(0, min(name, _WISHED) - _NAME))
        bar = bar if bar >= _LEAST_BAR and self.view.largest else 0
        return (
            Column("Kind", kind, kind),
            Column("", format, format),
            Column(self._head("name", "Name"), name, _NAME, fills=True),
            Column("", bar, bar),
            Column(self._head("size", "Size").rjust(_SIZE), _SIZE, _SIZE),
            Column(self._head("age", "Age").rjust(_AGE), _AGE, _AGE),
        )

    def _head(self, sort: Sort, title: str) -> str:
        mark = "▴" if self.view.reverse else "▾"
        return f"{title} {mark}" if sort == self.view.sort else title

    def choosable(self, rows: Sequence[Listed]) -> Mapping[str, Listed]:
        """Blobs only."""
        # Not computed here: for 100,000 rows that would take 40 ms.
        return self.view.blobs

    def cells(self, row: Listed, widths: Sequence[int]) -> Sequence[Cell]:
        """The cells of a row; numbers are aligned right, so that they can be compared."""
        name = printable(row.name) + ("/" if row.is_folder else "")
        form = format_of(row)
        return (
            Cell(row.kind, "accent" if row.kind in ("flows", FOLDER) else "muted"),
            Cell(form.code, form.look),
            # Names given by one program mostly differ at their ends.
            Cell(cut_middle(name, widths[2]), "strong" if row.is_folder else ""),
            Cell(bar(row.size, self.view.largest, widths[3]), form.look),
            Cell(human_size(row.size).rjust(_SIZE)),
            Cell(human_age(row.modified, datetime.now(UTC)).rjust(_AGE), "muted"),
        )


class BlobTable(Table[Listed]):
    """The list of blobs."""

    BINDINGS: ClassVar = [
        # Space previews the blob, as in file managers; other keys go a screenful down.
        Binding("space", "screen.run('preview')", show=False),
    ]
    moves: ClassVar = Table.moves - {"space"}


class BlobDetail(Widget):
    """The details of the blob under the cursor: whole key, exact size, time of writing."""

    DEFAULT_CSS = """
    BlobDetail { height: 3; padding: 0 2; background: $surface; }
    """

    blob: reactive[Listed | None] = reactive(None)

    def render(self) -> Content:
        """Draw the key in at most two lines, the rest in one."""
        if self.blob is None:
            return Content("")
        width = self.content_size.width
        first, *more = wrap(printable(self.blob.key), width)
        lines = [Content.styled(first, "bold $foreground")]
        if more:
            second = cut_middle("".join(more), width)
            lines.append(Content.styled(second, "bold $foreground"))
        lines.append(Content.styled(fit(exactly(self.blob), width), MUTED))
        return Content("\n").join(lines)


def exactly(blob: Listed) -> str:
    """The exact size and time of writing, in local time."""
    if blob.is_folder:
        return "folder · Enter opens it, ← goes up, 5 lists all files here and below"
    said = [
        "size unknown" if blob.size is None
        else f"{blob.size:,} byte{'' if blob.size == 1 else 's'}"
    ]  # fmt: skip
    if blob.modified is None:
        said.append("time unknown")
    else:
        age = human_age(blob.modified, datetime.now(UTC))
        said += [f"written {local_time(blob.modified)}", _said(age)]
    return " · ".join(said)


def _said(age: str) -> str:
    if age == FUTURE:
        return "in the future"
    return age if age in ("just now", "long ago") else f"{age} ago"
