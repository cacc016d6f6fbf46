"""Asks for what another tool does not say about an entry, such as the bucket."""

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
from tui.kit.workers import start_worker

LEFT_OUT = ""
"""The answer that the entry is not wanted after all."""


class AskAnswer(Dialog[str | None]):
    """Asks for one answer. The result is `LEFT_OUT` to go on without the entry, None after Escape.

    Args:
        label: what is asked for.
        name: the entry's name.
        about: the entry, in a line.
        text: what a person should know before answering.
        take: takes an answer; returns why it cannot be used, or an empty text.
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
        """The entry, the field, a fault, buttons."""
        with Box(f"{self._label} of {self._of}", about=self._about):
            yield Static(self._text, classes="text", markup=False)
            yield PasteInput(id="answer", compact=True)
            yield Static("", id="fault", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Take it", id="go", classes="-main", compact=True)
                yield Button("Leave it out", id="without", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus the field."""
        self.query_one("#answer").focus()

    @on(Input.Changed)
    def _typing(self) -> None:
        self._tell("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        start_worker(self, self._try, group="check", exclusive=True)

    async def _try(self) -> None:
        answer = self.query_one("#answer", Input).value.strip()
        if fault := await self._take(answer):
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
        """Close, and import nothing yet."""
        self.dismiss(None)
