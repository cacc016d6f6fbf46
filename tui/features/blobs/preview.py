"""What is in a blob, as far as its beginning goes: a table, text, bytes."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage_core.errors import StorageError
from storage_core.printable import printable
from tui.features.blobs import explained
from tui.features.blobs.acting import BlobCommands
from tui.features.blobs.commands import PREVIEW
from tui.features.blobs.table import exactly
from tui.kit.bars import TitleBar
from tui.kit.commands import bindings
from tui.kit.pager import Pager
from tui.kit.screen import FullScreen
from tui.kit.text import wrap
from tui.kit.theme import MUTED
from tui.session.background import in_thread
from tui.session.preview.choosing import preview_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.kit.commands import KeyOf
    from tui.kit.table import Table
    from tui.session.listing import Listed
    from tui.session.preview.look import Preview
    from tui.session.session import Session
    from tui.session.snapshot import Row
    from tui.session.store import OpenedStore


class PreviewScreen(FullScreen[None]):
    """The blob under the cursor of a list.

    Args:
        session: what is being done.
        row: the storage.
        opened: the same, opened.
        table: the list.
        deleted: called when a blob is gone.
    """

    CSS_PATH = "preview.tcss"
    declared: ClassVar = PREVIEW
    BINDINGS: ClassVar = [*bindings(PREVIEW)]
    explains: ClassVar = explained.PREVIEW
    AUTO_FOCUS = "Pager"

    def __init__(
        self,
        session: Session,
        row: Row,
        opened: OpenedStore,
        table: Table[Listed],
        deleted: Callable[[Listed], None],
    ) -> None:
        super().__init__()
        self._row, self._opened, self._table = row, opened, table
        self.blob = table.current
        """The one that is shown."""

        self._preview: Preview | None = None
        self._form = 0
        """Which of its forms is shown."""

        self._first = 0
        """The first column of a table, behind those that stay where they are."""

        self._columns: tuple[int, int, int] | None = None
        """The first and the last column to be seen, of how many."""

        self._problem = ""
        self._left = Event()
        """Set when nobody waits any more for what is being read."""

        def deleted_here(blob: Listed) -> None:
            deleted(blob)
            # There is nothing left to look at.
            self.dismiss(None)

        self._acting = BlobCommands(
            self, session, row, opened, blob=lambda: self.blob, deleted=deleted_here
        )
        self.do(
            {
                **self._acting.all(),
                "form": self._other_form,
                "previous": lambda: self._step(-1),
                "next": lambda: self._step(1),
                "columns_left": lambda: self._to_column(-1),
                "columns_right": lambda: self._to_column(1),
                "reload": self._reload,
                "leave": lambda: self.dismiss(None),
            }
        )

    def body(self) -> ComposeResult:
        """What it is, and what is in it."""
        yield Static(id="about", markup=False)
        yield Pager(id="content")

    def on_mount(self) -> None:
        """Read it at once."""
        title = self.query_one(TitleBar)
        title.title = f"Storage  ›  Blobs of {printable(self._row.name)}  ›  Preview"
        title.note = self._row.location
        self._reload()

    def _reload(self) -> None:
        """Read its beginning."""
        self.run_worker(self._read(), group="load", exclusive=True)

    async def _read(self) -> None:
        blob = self.blob
        assert blob is not None
        self._left.set()
        self._left = left = Event()
        self._preview, self._problem = None, ""
        self._form = self._first = 0
        self._columns = None
        title = self.query_one(TitleBar)
        title.progress = "● reading"
        self.query_one(Pager).show(())
        self._say()
        try:
            self._preview = await self.while_here(in_thread(lambda: self._looked_into(blob, left)))
        except StorageError as error:
            self._problem = printable(str(error))
        title.progress = ""
        self._say()
        await self._draw()
        self.query_one(Pager).scroll_home(animate=False)
        self.refresh_bindings()

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        self._left.set()

    def _looked_into(self, blob: Listed, left: Event) -> Preview:
        """Blocks."""
        with self._opened.looked_into(blob.key, left) as source:
            return preview_of(source, blob.key.rpartition("/")[2])

    def on_resize(self) -> None:
        """Lines are wrapped to the width."""
        self._say()
        if self._preview is not None:
            self._draw_again()

    async def _draw(self) -> None:
        pager, preview = self.query_one(Pager), self._preview
        if preview is None:
            return
        width, form, first = pager.room, self._form, self._first
        drawn = await self.while_here(in_thread(lambda: preview.drawn(width, form, first)))
        pager.show(drawn.lines, drawn.head)
        self._columns = drawn.columns
        self._say()
        self.refresh_bindings()

    def _say(self) -> None:
        about, blob = self.query_one("#about", Static), self.blob
        width = about.content_size.width
        if blob is None or width <= 0:
            return
        lines = [
            Content.styled(part, "bold $foreground") for part in wrap(printable(blob.key), width)
        ]
        lines += [Content.styled(part, MUTED) for part in wrap(exactly(blob), width)]
        if self._problem:
            said = [
                (f"⚠ {self._problem}", "$error"),
                (f"{self.key('reload', 'f5')} tries again.", MUTED),
            ]
        elif self._preview is None:
            said = [("reading…", MUTED)]
        else:
            said = _said(self._preview, self._form, self.key)
        for text, style in said:
            lines += [Content.styled(part, style) for part in wrap(text, width)]
        if self._preview is not None and (forms := self._forms(self._preview)):
            lines.append(forms)
        about.update(Content("\n").join(lines))

    def _forms(self, preview: Preview) -> Content:
        """How it can be shown, how it is, and which columns of a table are to be seen."""
        names = [form.name for form in preview.forms]
        pieces = [
            Content.assemble(
                ("● " if place == self._form else "○ ", "$primary"),
                (name, "bold $foreground" if place == self._form else MUTED),
            )
            for place, name in enumerate(names)
        ]
        line = Content("  ").join(pieces) if len(names) > 1 else Content("")
        if self._columns is not None and self._is_wide:
            first, last, total = self._columns
            keys = f"{self.key('columns_left', '<')} {self.key('columns_right', '>')}"
            line = Content.assemble(
                line,
                "    ",
                (keys, "bold $footer-key-foreground"),
                (f" columns {first + 1:,} to {last + 1:,} of {total:,}", MUTED),
            )
        return line

    @property
    def _is_wide(self) -> bool:
        if self._columns is None:
            return False
        _, last, total = self._columns
        return self._first > 0 or last < total - 1

    def can(self, command: str) -> bool:
        """There may be no other blob, and no other form of this one."""
        if command == "form":
            return bool(self._preview and len(self._preview.forms) > 1)
        if command in ("columns_left", "columns_right"):
            if self._columns is None:
                return False
            _, last, total = self._columns
            return self._first > 0 if command == "columns_left" else last < total - 1
        if command in ("previous", "next"):
            place = self._table.cursor + (1 if command == "next" else -1)
            rows = self._table.rows
            return 0 <= place < len(rows) and not rows[place].is_folder
        return super().can(command)

    def why_not(self, command: str) -> str:
        """There may be no blob."""
        return self._acting.why_not(command)

    def _other_form(self) -> None:
        """The next of its forms."""
        if self._preview:
            self._form = (self._form + 1) % len(self._preview.forms)
            self._first = 0
            self._columns = None
            self.query_one(Pager).scroll_home(animate=False)
            self._say()
            self._draw_again()

    def _to_column(self, columns: int) -> None:
        """Show a table from another column on."""
        self._first = max(0, self._first + columns)
        self._draw_again()

    def _draw_again(self) -> None:
        self.run_worker(self._draw(), group="load-lines", exclusive=True)

    def _step(self, rows: int) -> None:
        """Look into the blob so many rows below."""
        self._table.cursor += rows
        if self._table.current is not None:
            self.blob = self._table.current
            self._reload()


def _said(preview: Preview, form: int, key: KeyOf) -> list[tuple[str, str]]:
    """What it is, how much of that is shown, and what there is to know besides."""
    cut = preview.forms[form].cut if preview.forms else ""
    if cut:
        all_of_it = f"{key('download', 'w')} downloads all of it"
        said = [(f"{preview.what} · {cut}; {all_of_it}", "$warning")]
    else:
        said = [(preview.what, MUTED)]
    said += [(note, MUTED) for note in preview.notes]
    if preview.warning:
        said.append((f"⚠ {preview.warning}", "$warning"))
    return said
