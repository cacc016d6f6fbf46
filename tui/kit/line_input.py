"""Textual's input line, adapted for dialogs and forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.widgets import Input

from tui.kit.pasted import NotTaken, line_of
from tui.kit.screen import BaseScreen

if TYPE_CHECKING:
    from tui.kit.app import KitApp


class PasteInput(Input):
    """Takes all of a paste or nothing; Textual would take the first line."""

    app: KitApp

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste, or say why not."""
        event.stop()
        event.prevent_default()
        screen = self.screen
        if not (isinstance(screen, BaseScreen) and screen.take_paste(event.text, self)):
            self.take(event.text)

    def take(self, text: str) -> None:
        """Take a paste, or say why not."""
        try:
            line = line_of(text)
        except NotTaken as error:
            self.refuse(text, error)
        else:
            self.replace(line, *self.selection)

    def refuse(self, _text: str, reason: NotTaken) -> None:
        """Say why a paste is not taken."""
        self.app.say(f"Nothing was pasted: {reason}.", severity="warning")


class LineInput(PasteInput):
    """Selects nothing when it gets the focus, or the next key would replace the whole text."""

    def __init__(self, value: str = "", **kwargs: Any) -> None:
        super().__init__(value, select_on_focus=False, **kwargs)

    def on_focus(self, event: events.Focus) -> None:
        """Put the cursor at the end; a click, which comes after this, may put it elsewhere."""
        if not event.from_app_focus:
            self.cursor_position = len(self.value)
