"""A dialog with the progress of work on several blobs, and the blobs that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Button, Static

from storage_core.errors import StorageError
from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.kit.dialog import Box, Dialog, Lines
from tui.kit.text import cut_middle, wrap
from tui.kit.workers import start_worker
from tui.session.background import stream
from tui.session.many import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EARLY: Final = 0.3
"""Seconds before the dialog is shown: work that is done by then needs none."""

_TOLD: Final = 50
"""Failures that are listed one by one."""


class ProgressDialog(Dialog[Step]):
    """Does the work. The result is the last step.

    Args:
        title: what is done.
        many: the number of blobs.
        work: does it, step by step; called in a thread.
        failed: the text about failed blobs, after their number.
    """

    CSS_PATH = "progress.tcss"
    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]
    AUTO_FOCUS = "#cancel"

    def __init__(
        self, title: str, many: int, work: Callable[[], Iterator[Step]], *, failed: str
    ) -> None:
        super().__init__()
        self._title, self._many, self._work, self._failed = title, many, work, failed
        self._step = Step(0)
        self._ended = False

    def compose(self) -> ComposeResult:
        """Title, progress, failures, a button."""
        with Box(self._title):
            yield Static("", id="state", markup=False)
            with Lines(id="failed"):
                yield Static("", id="why", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Begin the work at once."""
        self.add_class("-early")
        self.set_timer(EARLY, lambda: self.remove_class("-early"))
        start_worker(self, self._go, group="load")

    async def _go(self) -> None:
        problem = ""
        try:
            async for step in stream(self._work):
                self._step = step
                self._tell()
        except StorageError as error:
            problem = str(error)
        self._ended = True
        if not problem and not self._step.failed:
            self.dismiss(self._step)
            return
        self.remove_class("-early")
        self._tell()
        self._say_why(problem)
        self.query_one("#cancel", Button).label = "Close"

    def on_resize(self) -> None:
        """Draw again, since the bar is as wide as there is room."""
        self._tell()

    def _tell(self) -> None:
        done, size = self._step.done, self._step.size
        said = f"{done:,} of {self._many:,}" + (f", {human_size(size)}" if size else "")
        room = max(4, self.query_one("#state").size.width - len(said) - 2)
        filled = min(room, room * done // max(1, self._many))
        bar = f"{'━' * filled}{'╌' * (room - filled)}"
        self.query_one("#state", Static).update(f"{bar}  {said}")

    def _say_why(self, problem: str) -> None:
        failed, why = self._step.failed, self.query_one("#why", Static)
        width = max(20, self.query_one("#failed").size.width or 68)
        lines = [*wrap(f"✗ {printable(problem)}", width)] if problem else []
        if failed:
            lines.append(f"✗ {len(failed):,} {self._failed}:")
        for key, reason in failed[:_TOLD]:
            lines.append(cut_middle(printable(key), width))
            lines += [f"  {part}" for part in wrap(printable(reason), width - 2)]
        if len(failed) > _TOLD:
            lines.append(f"and {len(failed) - _TOLD:,} more")
        why.update("\n".join(lines))
        box = self.query_one("#failed", Lines)
        box.display = True
        box.hold(len(lines))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Stop after the current step."""
        self.workers.cancel_group(self, "load")
        self.dismiss(self._step)
