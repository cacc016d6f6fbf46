"""Asks for what another tool does not say of one of its entries: the bucket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from storage_core.printable import printable
from tui.kit.ask import STYLES
from tui.kit.dialog import Box, Dialog
from tui.kit.line_input import PasteInput

LEFT_OUT = ""
"""The answer that it is not wanted after all."""


class AskAnswer(Dialog[str | None]):
    """One answer. `LEFT_OUT`: without it; Escape: None.

    Args:
        label: what is asked for.
        name: of what.
        about: what that is, in a line.
        text: what a person should know before answering.
        take: takes an answer; returns why it cannot, or nothing.
    """

    CSS_PATH = STYLES
    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(
        self, label: str, name: str, about: str, text: str, take: Callable[[str], Awaitable[str]]
    ) -> None:
        super().__init__()
        self._label, self._of, self._about, self._text = label, name, about, text
        self._take = take

    def compose(self) -> ComposeResult:
        """What it is about, field, what is wrong, buttons."""
        with Box(f"{self._label} of {self._of}", about=self._about):
            yield Static(self._text, classes="text", markup=False)
            yield PasteInput(id="answer", compact=True)
            yield Static("", id="fault", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Take it", id="go", classes="-main", compact=True)
                yield Button("Leave it out", id="without", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#answer").focus()

    @on(Input.Changed)
    def _typing(self) -> None:
        self._tell("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        self.run_worker(self._try(), group="check", exclusive=True)

    async def _try(self) -> None:
        answer = self.query_one("#answer", Input).value.strip()
        if fault := await self.while_here(self._take(answer)):
            self._tell(fault)
            self.query_one("#answer").focus()
        else:
            self.dismiss(answer)

    def _tell(self, fault: str) -> None:
        self.query_one("#fault", Static).update(fault and f"✗ {printable(fault)}")

    @on(Button.Pressed, "#without")
    def _without(self) -> None:
        self.dismiss(LEFT_OUT)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Import nothing yet."""
        self.dismiss(None)
