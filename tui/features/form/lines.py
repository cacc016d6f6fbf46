"""What is no field in a form: headings, where blobs would land, what opens Advanced, help."""

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
    """The line that opens and closes the settings that few need."""

    explains: ClassVar = Explanation(
        "Advanced", "The settings that few need. Enter shows them or hides them, and so does F3."
    )

    class Toggled(Message):
        """It was chosen."""

    def on_click(self) -> None:
        """By mouse."""
        self.post_message(self.Toggled())

    def on_key(self, event: events.Key) -> None:
        """By keyboard."""
        if event.key in ("enter", "space"):
            event.stop()
            self.post_message(self.Toggled())


class Heading(Widget):
    """What the fields below it are about, and a line up to the end of those above and below."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def render(self) -> Content:
        """One line."""
        words = f"{self._words} "
        line = "─" * (self.content_size.width - cell_len(words))
        return Content.assemble((words, f"bold {MUTED}"), (line, FAINT))


class Landing(Widget):
    """Where blobs would land, or how many settings are wrong; cut to its width as it is drawn."""

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
    """What the field with the focus is for, at its height, or as near as all of it can be read."""

    said: reactive[tuple[str, int]] = reactive(("", 0))
    """The help, and the lines above it."""

    def render(self) -> Content:
        """Drawn in its place, since moving a widget would lay out the whole form anew."""
        (text, above), (width, height) = self.said, self.content_size
        lines = [*wrap(text, width)]
        above = max(0, min(above, height - len(lines)))
        return Content.styled("\n" * above + "\n".join(lines), MUTED)
