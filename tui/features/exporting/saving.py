"""Asks for the file that an export is written to, and writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from storage_core.errors import StorageError
from storage_core.paths import shortened
from storage_core.printable import printable
from tui.kit.ask import STYLES, Ask
from tui.kit.dialog import Box, Dialog
from tui.kit.line_input import PasteInput
from tui.kit.workers import start_worker
from tui.session.exports import proposed, target_of

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.session.exports import Exports
    from tui.session.session import Session


class SaveDialog(Dialog[str | None]):
    """Asks for the path. The result is the path that was written; None for none.

    Args:
        session: has the configuration file, which is never overwritten.
        form: the form of the export.
        exports: makes the export.
        secrets: whether it has secrets in it.
    """

    CSS_PATH = STYLES
    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(
        self, session: Session, form: str, exports: Callable[[], Exports], *, secrets: bool
    ) -> None:
        super().__init__()
        self._session, self._form, self._exports = session, form, exports
        self._secrets = secrets

    def compose(self) -> ComposeResult:
        """Path, a fault, buttons."""
        having = ", with secrets," if self._secrets else ""
        with Box(f"Write the export for {self._form}{having} to"):
            yield PasteInput(proposed(self._form), id="path", compact=True, select_on_focus=False)
            yield Static("", id="fault", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Write", id="go", classes="-main", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus the field."""
        self.query_one("#path").focus()

    @on(Input.Changed)
    def _edited(self) -> None:
        self._tell("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        entered = self.query_one("#path", Input).value.strip()
        if entered:
            start_worker(self, self._try, entered, group="flow", exclusive=True)
        else:
            self._tell("name a file")

    async def _try(self, entered: str) -> None:
        file, jobs = self._session.workspace.file, self._session.jobs
        place = await jobs.run("looking", lambda: target_of(entered, self._form, file))
        if place.problem:
            self._tell(place.problem)
            return
        shown = printable(shortened(str(place.target)))
        if place.exists and not await self._may_replace(shown):
            return
        try:
            await jobs.run(
                "exporting",
                lambda: self._exports().save(place.target, self._form, secrets=self._secrets),
            )
        except StorageError as error:
            self._tell(str(error))
        else:
            self.dismiss(str(place.target))

    async def _may_replace(self, shown: str) -> bool:
        answer = await self.ask(
            Ask(
                "Replace the file?",
                f"{shown} is there already.",
                [("cancel", "Cancel"), ("replace", "Replace")],
                focus="cancel",
                danger="replace",
            )
        )
        return answer == "replace"

    def _tell(self, fault: str) -> None:
        self.query_one("#fault", Static).update(fault and f"✗ {printable(fault)}")

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close without writing."""
        self.dismiss(None)
