"""What is in a blob: text, JSON or bytes, no more than its beginning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage_core.errors import StorageError
from storage_core.printable import printable
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
from tui.session.preview import Preview, parts_of_dump, preview_of
from tui.session.quantities import human_size
from tui.session.store import PREVIEWED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.kit.commands import KeyOf
    from tui.kit.table import Table
    from tui.session.listing import Listed
    from tui.session.session import Session
    from tui.session.snapshot import Row
    from tui.session.store import OpenedStore

_NAME = re.compile(r'\s*"(?:[^"\\]|\\.)*"(?=:)')


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
        self._problem = ""

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
        self._preview, self._problem = None, ""
        title = self.query_one(TitleBar)
        title.progress = "● reading"
        self.query_one(Pager).show(())
        self._say()
        try:
            self._preview = await self.while_here(
                in_thread(lambda: preview_of(self._opened.head(blob.key)))
            )
        except StorageError as error:
            self._problem = printable(str(error))
        title.progress = ""
        self._say()
        await self._draw()
        self.query_one(Pager).scroll_home(animate=False)
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Lines are wrapped to the width."""
        self._say()
        if self._preview is not None:
            self.run_worker(self._draw(), group="load-lines", exclusive=True)

    async def _draw(self) -> None:
        pager, preview = self.query_one(Pager), self._preview
        if preview is None:
            return
        width = pager.room
        lines = await self.while_here(in_thread(lambda: preview.drawn(width)))
        if preview.as_bytes:
            pager.show(lines, parts_of_dump)
        elif preview.is_json:
            pager.show(lines, _after_name)
        else:
            pager.show(lines)

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
            said = _said(self._preview, self.key)
        for text, style in said:
            lines += [Content.styled(part, style) for part in wrap(text, width)]
        about.update(Content("\n").join(lines))

    def can(self, command: str) -> bool:
        """There may be no other blob, and no other form of this one."""
        if command == "form":
            return bool(self._preview and self._preview.lines)
        if command in ("previous", "next"):
            place = self._table.cursor + (1 if command == "next" else -1)
            rows = self._table.rows
            return 0 <= place < len(rows) and not rows[place].is_folder
        return super().can(command)

    def why_not(self, command: str) -> str:
        """There may be no blob."""
        return self._acting.why_not(command)

    def _other_form(self) -> None:
        """As text or as bytes."""
        if self._preview:
            self._preview = self._preview._replace(as_bytes=not self._preview.as_bytes)
            self._say()
            self.run_worker(self._draw(), group="load-lines", exclusive=True)

    def _step(self, rows: int) -> None:
        """Look into the blob so many rows below."""
        self._table.cursor += rows
        if self._table.current is not None:
            self.blob = self._table.current
            self._reload()


def _said(preview: Preview, key: KeyOf) -> list[tuple[str, str]]:
    what = "shown as bytes" if preview.as_bytes and preview.lines else preview.what
    if preview.whole:
        said = [(what, MUTED)]
    else:
        limit = human_size(PREVIEWED).replace(".0", "")
        all_of_it = f"{key('download', 'w')} downloads all of it"
        said = [(f"{what} · only the first {limit}; {all_of_it}", "$warning")]
    if preview.warning:
        said.append((f"⚠ {preview.warning}", "$warning"))
    return said


def _after_name(line: str) -> tuple[int, int]:
    found = _NAME.match(line)
    return found.end() if found else 0, len(line)
