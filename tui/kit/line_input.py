"""`LineInput`: Textual's line of text as forms want it."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.widgets import Input


class LineInput(Input):
    """Selects nothing when it gets the focus: the next key would replace all that is there."""

    def __init__(self, value: str = "", **kwargs: Any) -> None:
        super().__init__(value, select_on_focus=False, **kwargs)

    def on_focus(self, event: events.Focus) -> None:
        """Put the cursor at the end; a click, which comes after this, may put it elsewhere."""
        if not event.from_app_focus:
            self.cursor_position = len(self.value)
