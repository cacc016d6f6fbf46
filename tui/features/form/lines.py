"""The lines of a form that are not fields: headings, the location, Advanced, help."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui.kit.explain import Explanation
from tui.kit.text import cut, wrap
from tui.kit.theme import FAINT, MUTED


class More(Static, can_focus=True):
    """The line that opens and closes the advanced settings."""

    explains: ClassVar = Explanation(
        "Advanced", "The settings that few need. Enter shows them or hides them, and so does F3."
    )

    class Toggled(Message):
        """The line was clicked, or its key was pressed."""

    def on_click(self) -> None:
        """Toggle by mouse."""
        self.post_message(self.Toggled())

    def on_key(self, event: events.Key) -> None:
        """Toggle by keyboard."""
        if event.key in ("enter", "space"):
            event.stop()
            self.post_message(self.Toggled())


class Heading(Widget):
    """A title for the fields below, followed by a line as long as the fields are wide."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def render(self) -> Content:
        """One line."""
        words = f"{self._words} "
        line = "─" * (self.content_size.width - cell_len(words))
        return Content.assemble((words, f"bold {MUTED}"), (line, FAINT))


class Landing(Widget):
    """Where blobs would be stored, or how many settings are wrong; cut to the width."""

    place: reactive[str] = reactive("")
    wrong: reactive[int] = reactive(0)

    def render(self) -> Content:
        """One line."""
        if self.wrong:
            many = "One setting is" if self.wrong == 1 else f"{self.wrong} settings are"
            return Content.styled(f"✗ {many} wrong", "$error")
        shown = cut(f"{self.place}…", self.size.width - 15) if self.place else "—"
        return Content.assemble(("Blobs land at  ", MUTED), (shown, "$foreground"))


class Beside(Widget):
    """The help of the field with the focus, beside it, or as near as it fits on the screen."""

    said: reactive[tuple[str, int]] = reactive(("", 0))
    """The help, and how many lines are above it."""

    wrong: reactive[tuple[str, str]] = reactive(("", ""))
    """What is wrong, to be read before the help, and how it looks."""

    def render(self) -> Content:
        """Draw the help at its height: moving a widget would lay out the whole form again."""
        (text, above), (width, height) = self.said, self.content_size
        wrong, look = self.wrong
        first = [*wrap(wrong, width), ""] if wrong else []
        lines = [*wrap(text, width)]
        above = max(0, min(above, height - len(first) - len(lines)))
        return Content.assemble(
            "\n" * above, *((f"{line}\n", look) for line in first), ("\n".join(lines), MUTED)
        )
