"""A dialog that asks where to write a blob, and shows the progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from storage_core.errors import StorageError
from storage_core.paths import shortened
from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.kit.ask import Ask
from tui.kit.dialog import Box, Dialog
from tui.kit.line_input import PasteInput
from tui.kit.text import wrap
from tui.kit.workers import start_worker
from tui.session.background import stream
from tui.session.download import Download, place_of

if TYPE_CHECKING:
    from tui.session.background import Jobs
    from tui.session.listing import Listed
    from tui.session.store import OpenedStore


class DownloadDialog(Dialog[str]):
    """Asks for the file and writes it. The result is the message to show; empty for none.

    Args:
        jobs: runs blocking work.
        opened: has the blob.
        blob: the blob to write.
        path: the file to propose.
    """

    CSS_PATH = "download.tcss"
    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]
    AUTO_FOCUS = "#path"

    def __init__(self, jobs: Jobs, opened: OpenedStore, blob: Listed, path: str) -> None:
        super().__init__()
        self._jobs, self._opened, self._blob, self._path = jobs, opened, blob, path
        self._download: Download | None = None

    def compose(self) -> ComposeResult:
        """Title, path, a fault or the progress, buttons."""
        size = "" if self._blob.size is None else f" ({human_size(self._blob.size)})"
        with Box(f"Download {self._blob.key}{size} to"):
            yield PasteInput(self._path, id="path", compact=True, select_on_focus=False)
            yield Static("", id="state", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Download", id="go", classes="-main", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    @on(Input.Changed)
    def _edited(self) -> None:
        # The message was about another path.
        self._tell("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        entered = self.query_one("#path", Input).value.strip()
        if not entered:
            self._fail("name a file")
        elif self._download is None:
            start_worker(self, self._look, entered, group="flow", exclusive=True)

    async def _look(self, entered: str) -> None:
        """Look at what is there, and ask before it is replaced."""
        place = await self._jobs.run("looking", lambda: place_of(entered, self._blob.name))
        if place.problem:
            self._fail(place.problem)
            return
        shown = printable(shortened(str(place.target)))
        if place.exists:
            answer = await self.ask(
                Ask(
                    "Replace the file?",
                    f"{shown} is there already.",
                    [("cancel", "Cancel"), ("replace", "Replace")],
                    focus="cancel",
                    danger="replace",
                )
            )
            if answer != "replace":
                return
        self._download = Download(place.target, replace=place.exists)
        start_worker(self, self._fetch, self._download, shown, group="load", exclusive=True)

    async def _fetch(self, download: Download, shown: str) -> None:
        self._under_way(True)
        self._progress(0)
        try:
            async for done in stream(lambda: self._opened.fetched(self._blob.key, download)):
                self._progress(done)
        except StorageError as error:
            self._download = None
            self._under_way(False)
            self._fail(str(error))
        else:
            self._download = None
            self.dismiss(f"Downloaded to {shown}.")

    def _under_way(self, under_way: bool) -> None:
        for part in self.query("#path, #go"):
            part.disabled = under_way
        self.query_one("#cancel" if under_way else "#path").focus()

    def _progress(self, done: int) -> None:
        size, width = self._blob.size, self.query_one("#state").size.width
        said = human_size(done)
        if not size:
            text = f"{said} so far"
        else:
            said = f"{said} of {human_size(size)}"
            room = max(4, width - cell_len(said) - 2)
            filled = min(room, room * done // size)
            text = f"{'━' * filled}{'╌' * (room - filled)}  {said}"
        self._tell(text)

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        state = self.query_one("#state", Static)
        state.set_class(wrong, "-wrong")
        state.update(text)

    def _fail(self, message: str) -> None:
        width = self.query_one("#state").size.width or 60
        self._tell("\n".join(wrap(f"✗ {printable(message)}", width)), wrong=True)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Abandon the download; nothing of it is kept."""
        self.workers.cancel_group(self, "flow")
        self.workers.cancel_group(self, "load")
        self.dismiss("Cancelled; nothing was written." if self._download else "")

    def on_unmount(self) -> None:
        """Remove what was written so far: if the app closes, the thread may have no time to."""
        if self._download is not None:
            self._download.give_up()
