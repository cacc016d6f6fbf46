"""`BlobView`: shows the beginning of one blob as a table, text, a picture or bytes."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from storage_core.errors import StorageError
from storage_core.printable import printable
from tui.features.blobs.table import exactly
from tui.kit.grid import CellGrid
from tui.kit.pager import Line, Pager, painted
from tui.kit.text import cut, wrap
from tui.kit.theme import MUTED
from tui.kit.workers import start_worker
from tui.session.background import in_thread
from tui.session.preview.choosing import preview_of
from tui.session.preview.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.strip import Strip

    from tui.kit.app import KitApp
    from tui.kit.commands import KeyOf
    from tui.kit.screen import BaseScreen
    from tui.session.listing import Listed
    from tui.session.preview.look import Drawn, Preview
    from tui.session.store import OpenedStore

PATIENCE: Final = 0.2
"""Seconds that the last blob stays visible while another is read beside the list."""


class BlobView(Vertical):
    """Reads the beginning of a blob and draws it, in threads.

    Args:
        opened: has the blobs.
        pager: draws lines.
        grid: draws tables, with a cursor; without it tables are drawn as lines.
        brief: leave out what the list beside it shows: the key, the size, the time.
        id: the widget's.
    """

    app: KitApp
    screen: BaseScreen[Any]

    DEFAULT_CSS = """
    BlobView {
        & > #about { height: auto; }
        & > #content, & > #cells { height: 1fr; }
        & > #cells { display: none; }
    }
    """

    class Changed(Message):
        """Something else is shown: another blob, form or columns."""

    def __init__(
        self,
        opened: OpenedStore,
        pager: Pager,
        grid: CellGrid | None = None,
        *,
        brief: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._opened, self._brief, self.pager, self.grid = opened, brief, pager, grid
        self._about = Static(id="about", markup=False)
        self.blob: Listed | None = None
        """The blob that is shown, or being read."""

        self.reading = False
        """Whether a text says that a blob is being read."""

        self.busy = False
        """Whether a blob is about to be read, or being read."""

        self._preview: Preview | None = None
        self._form = 0
        """The index of the form that is shown."""

        self._first = 0
        """The first visible column of a table, after those that do not scroll."""

        self._columns: tuple[int, int, int] | None = None
        """The first and the last visible column, and how many there are."""

        self._empty = False
        """Whether the cell under the cursor is empty."""

        self._problem = ""
        self._left = Event()
        """Set when the blob that is being read is no longer wanted."""

    def compose(self) -> ComposeResult:
        """The description of the blob, and its content."""
        yield self._about
        yield self.pager
        if self.grid is not None:
            yield self.grid

    # ---- reading

    def show(self, blob: Listed | None, *, rest: float = 0) -> None:
        """Read a blob and show it; None for nothing.

        Args:
            blob: the blob.
            rest: seconds to wait first; if another blob is asked for meanwhile, this is not read.
        """
        self.give_up()
        self.busy = True
        start_worker(self, self._read, blob, rest, group="load", exclusive=True)

    def give_up(self) -> None:
        """Stop reading: the blob is no longer wanted."""
        self._left.set()
        if self.busy:
            self.busy = False
            self.workers.cancel_group(self, "load")

    async def _read(self, blob: Listed | None, rest: float) -> None:
        await asyncio.sleep(rest)
        if not self.is_attached:
            return  # The screen or the app was left meanwhile.
        self._left = left = Event()
        if blob is None or blob.is_folder:
            self._take(blob, None)
            self.busy = False
            return
        # The last blob stays for a moment, so that nothing flickers.
        wait = PATIENCE if rest else 0
        late = self.set_timer(wait, lambda: self._take(blob, None, reading=True)) if wait else None
        if late is None:
            self._take(blob, None, reading=True)
        preview, problem = None, ""
        try:
            preview = await in_thread(lambda: self._preview_of(blob, left))
        except StorageError as error:
            problem = printable(str(error))
        finally:
            if late is not None:
                late.stop()
        self._take(blob, preview, problem)
        await self._draw()
        self.pager.scroll_home(animate=False)
        self.busy = False

    def _take(
        self,
        blob: Listed | None,
        preview: Preview | None,
        problem: str = "",
        *,
        reading: bool = False,
    ) -> None:
        """Show a preview, or why there is none."""
        self.blob, self._preview, self._problem, self.reading = blob, preview, problem, reading
        self._form = self._first = 0
        self._columns = None
        if preview is None:
            self.pager.show(())
            if self.grid is not None:
                self.grid.show(None)
            self._tell()

    def on_unmount(self) -> None:
        """Stop reading."""
        self._left.set()

    def _preview_of(self, blob: Listed, left: Event) -> Preview:
        """Preview a blob. It blocks."""
        with self._opened.looked_into(blob.key, left) as source:
            found = preview_of(source, blob.key.rpartition("/")[2])
        why = self.app.no_pictures
        return found.without_pictures(why) if why else found

    # ---- drawing

    def on_resize(self) -> None:
        """Draw again, since lines are wrapped to the width."""
        self._say()
        if self._preview is not None and not self.in_cells:
            self._draw_again()

    async def _draw(self) -> None:
        preview, pager = self._preview, self.pager
        if preview is None:
            return
        shown = preview.forms[self._form] if preview.forms else None
        if self.grid is not None and isinstance(shown, Grid):
            await self._draw_cells(self.grid, shown)
            return
        if self._switch(to_cells=False):
            # The widget has no size before it is laid out.
            laid_out = asyncio.Event()
            self.call_after_refresh(laid_out.set)
            await laid_out.wait()
        width, height, form, first = pager.room, pager.size.height, self._form, self._first

        def draw() -> tuple[Drawn, Sequence[Line | Strip]]:
            drawn = preview.drawn(width, form, first, height)
            return drawn, painted(drawn.lines)

        drawn, lines = await in_thread(draw)
        pager.show(lines, drawn.head, striped=drawn.columns is not None)
        self._columns = drawn.columns
        self._tell()

    async def _draw_cells(self, grid: CellGrid, shown: Grid) -> None:
        # Measuring the columns takes a while.
        await in_thread(lambda: shown.natural)
        if grid.cells is not shown:
            grid.show(shown)
        self._switch(to_cells=True)
        self._columns = grid.columns
        self._tell()

    @property
    def in_cells(self) -> bool:
        """Whether a table with a cursor is shown."""
        return self.has_class("-cells")

    def _switch(self, *, to_cells: bool) -> bool:
        """Show the grid or the lines, and move the focus along if the other had it.

        Returns:
            Whether the other one was shown before.
        """
        if self.grid is None or to_cells == self.in_cells:
            return False
        old, new = (self.pager, self.grid) if to_cells else (self.grid, self.pager)
        focused = old.has_focus
        self.set_class(to_cells, "-cells")
        # At once, since the next key may have arrived already.
        new.styles.display, old.styles.display = "block", "none"
        if focused:
            self.screen.set_focus(new, scroll_visible=False)
        return True

    @on(CellGrid.Moved)
    def _moved(self, event: CellGrid.Moved) -> None:
        event.stop()
        if self.grid is None or not self.in_cells:
            return
        empty = not self.grid.value
        if (self._columns, self._empty) != (self.grid.columns, empty):
            self._columns, self._empty = self.grid.columns, empty
            self._tell()

    def _draw_again(self) -> None:
        start_worker(self, self._draw, group="load-lines", exclusive=True)

    def _tell(self) -> None:
        self._say()
        self.post_message(self.Changed())

    # ---- forms and columns

    @property
    def forms(self) -> int:
        """How many forms the blob has."""
        return len(self._preview.forms) if self._preview else 0

    def other_form(self) -> None:
        """Show the next form."""
        if self._preview:
            self._form = (self._form + 1) % len(self._preview.forms)
            self._first = 0
            self._columns = None
            self.pager.scroll_home(animate=False)
            self._say()
            self._draw_again()

    def to_column(self, columns: int) -> None:
        """Show a table from another column on."""
        if self.grid is not None and self.in_cells:
            self.grid.scroll_columns(columns)
            return
        self._first = max(0, self._first + columns)
        self._draw_again()

    def has_columns(self, way: int) -> bool:
        """Whether a table has hidden columns to the left (-1) or to the right (1)."""
        if self._columns is None:
            return False
        if self.grid is not None and self.in_cells:
            return self.grid.has_columns(way)
        _, last, total = self._columns
        return self._first > 0 if way < 0 else last < total - 1

    # ---- what is said

    def _say(self) -> None:
        width = self._about.content_size.width
        if width <= 0:
            return
        lines: list[Content] = []
        if self.blob is not None and not self._brief:
            key, exact = printable(self.blob.key), exactly(self.blob)
            lines += [Content.styled(part, "bold $foreground") for part in wrap(key, width)]
            lines += [Content.styled(part, MUTED) for part in wrap(exact, width)]
        for text, style in self._said(width):
            lines += [Content.styled(part, style) for part in wrap(text, width)]
        if self._preview is not None and (forms := self._named(self._preview, width)):
            lines.append(forms)
        self._about.update(Content("\n").join(lines))

    def _said(self, width: int) -> list[tuple[str, str]]:
        if self.blob is None:
            return []
        if self._problem:
            return [
                (f"⚠ {self._problem}", "$error"),
                (f"{self.screen.key('reload', 'f5')} tries again.", MUTED),
            ]
        if self._preview is None:
            if self.blob.is_folder:
                return [("Enter opens the folder.", MUTED)]
            return [("reading…", MUTED)]
        said = _said(self._preview, self._form, None if self._brief else self.screen.key)
        if self._brief and self._columns is not None and cell_len(said[0][0]) > width:
            # The frame also says how much of it is shown.
            said[0] = (cut(self._preview.what, width), said[0][1])
        return said

    @property
    def cut(self) -> str:
        """Which part of the blob is shown; empty if that need not be said."""
        forms = self._preview.forms if self._preview else ()
        return forms[self._form].cut if forms else ""

    def _named(self, preview: Preview, width: int) -> Content:
        """The names of the forms, the one shown, and the visible columns of a table."""
        names = [form.name for form in preview.forms]
        pieces = [
            Content.assemble(
                ("● " if place == self._form else "○ ", "$primary"),
                (name, "bold $foreground" if place == self._form else MUTED),
            )
            for place, name in enumerate(names)
        ]
        line = Content("  ").join(pieces) if len(names) > 1 else Content("")
        if self._columns is not None and (self.has_columns(-1) or self.has_columns(1)):
            first, last, total = self._columns
            key = self.screen.key
            keys = f"    {key('columns_left', '<')} {key('columns_right', '>')}"
            span = f"{first + 1:,} to {last + 1:,} of {total:,}"
            for said in (f" columns {span}", f" {span}"):
                told = Content.assemble((keys, "bold $footer-key-foreground"), (said, MUTED))
                if line.cell_length + told.cell_length <= width:
                    return line + told
        return line


def _said(preview: Preview, form: int, key: KeyOf | None) -> list[tuple[str, str]]:
    """What the blob is, which part of it is shown, and notes."""
    cut = preview.forms[form].cut if preview.forms else ""
    if cut:
        all_of_it = f"; {key('download', 'w')} downloads all of it" if key else ""
        said = [(f"{preview.what} · {cut}{all_of_it}", "$warning")]
    else:
        said = [(preview.what, MUTED)]
    said += [(note, MUTED) for note in preview.notes]
    if preview.warning:
        said.append((f"⚠ {preview.warning}", "$warning"))
    return said
