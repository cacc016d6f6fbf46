"""What is in a blob: text, JSON or bytes, no more than its beginning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage_core.errors import StorageError
from tui.features.blobs.blob import BlobCommands
from tui.features.blobs.table import exactly
from tui.kit import commands
from tui.kit.bars import TitleBar
from tui.kit.pager import Pager
from tui.kit.text import printable, wrap
from tui.kit.theme import MUTED
from tui.session.blobs import PREVIEWED
from tui.session.preview import Preview, parts_of_dump, preview_of
from tui.session.quantities import human_size

if TYPE_CHECKING:
    from tui.features.blobs.screen import BrowseScreen
    from tui.kit.commands import KeyOf
    from tui.session.blobs import Listed

_NAME = re.compile(r'\s*"(?:[^"\\]|\\.)*"(?=:)')


class PreviewScreen(BlobCommands[None]):
    """The blob under the cursor of the list `below`."""

    CSS_PATH = "preview.tcss"
    declared: ClassVar = commands.PREVIEW
    BINDINGS: ClassVar = [*commands.bindings(commands.PREVIEW)]
    AUTO_FOCUS = "Pager"

    def __init__(self, below: BrowseScreen) -> None:
        super().__init__()
        self.row, self.opened = below.row, below.opened
        self._below = below
        self._blob: Listed | None = below.blob
        self._preview: Preview | None = None
        self._problem = ""

    def body(self) -> ComposeResult:
        """What it is, and what is in it."""
        yield Static(id="about", markup=False)
        yield Pager(id="content")

    def on_mount(self) -> None:
        """Read it at once."""
        title = self.query_one(TitleBar)
        title.title = f"Storage  ›  Blobs of {printable(self.row.name)}  ›  Preview"
        title.note = self.row.location
        self.action_reload()

    @property
    def blob(self) -> Listed | None:
        """The one that is shown."""
        return self._blob

    def action_reload(self) -> None:
        """Read its beginning."""
        self.run_worker(self._read(), group="load", exclusive=True)

    async def _read(self) -> None:
        blob = self._blob
        assert blob is not None
        self._preview, self._problem = None, ""
        title = self.query_one(TitleBar)
        title.progress = "● reading"
        self.query_one(Pager).show(())
        self._say()
        try:
            self._preview = await self.in_thread(lambda: preview_of(self.opened.head(blob.key)))
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
        lines = await self.in_thread(lambda: preview.drawn(width))
        if preview.as_bytes:
            pager.show(lines, parts_of_dump)
        elif preview.is_json:
            pager.show(lines, _after_name)
        else:
            pager.show(lines)

    def _say(self) -> None:
        about, blob = self.query_one("#about", Static), self._blob
        width = about.content_size.width
        if blob is None or width <= 0:
            return
        lines = [Content.styled(part, "bold $foreground") for part in wrap(blob.key, width)]
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot work now is dimmed."""
        if action == "form":
            return True if self._preview and self._preview.lines else None
        if action in ("previous", "next"):
            table = self._below.table
            place = table.cursor + (1 if action == "next" else -1)
            return True if 0 <= place < len(table.rows) else None
        return super().check_action(action, parameters)

    def action_form(self) -> None:
        """As text or as bytes."""
        if self._preview:
            self._preview = self._preview._replace(as_bytes=not self._preview.as_bytes)
            self._say()
            self.run_worker(self._draw(), group="load-lines", exclusive=True)

    def action_previous(self) -> None:
        """The blob above."""
        self._step(-1)

    def action_next(self) -> None:
        """The blob below."""
        self._step(1)

    def _step(self, rows: int) -> None:
        self._below.table.cursor += rows
        if self._below.blob is not None:
            self._blob = self._below.blob
            self.action_reload()

    def blob_deleted(self, blob: Listed) -> None:
        """There is nothing left to look at."""
        self._below.blob_deleted(blob)
        self.dismiss(None)

    def action_leave(self) -> None:
        """Back to the list of blobs."""
        self.dismiss(None)


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
