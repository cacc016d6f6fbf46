"""The dialog in which the version of the configuration file to bring back is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage_core.errors import StorageError
from storage_core.printable import printable
from tui.kit.dialog import Box, Dialog, Lines
from tui.kit.options import Paged
from tui.kit.text import cut, wrap
from tui.kit.theme import FAINT, MUTED
from tui.kit.workers import start_worker
from tui.session.background import in_thread
from tui.session.differences import GONE, NEW, Difference

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.session.versions import KeptVersion


class VersionsDialog(Dialog[int | None]):
    """The versions, newest first. The result is the index of the chosen one, None after Escape.

    Args:
        kept: the versions, at least one.
        changed: returns the changes that replaced the version with an index; it blocks.
        at: the index of the version under the cursor at first.
    """

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar = [
        Binding("escape,q", "cancel", show=False),
        Binding("j", "move('down')", show=False),
        Binding("k", "move('up')", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
    ]

    def __init__(
        self, kept: list[KeptVersion], changed: Callable[[int], list[Difference]], at: int = 0
    ) -> None:
        super().__init__()
        self._kept, self._changed, self._at = kept, changed, at
        self._differences: list[Difference] = []

    def compose(self) -> ComposeResult:
        """Title and list."""
        width = min(84, self.app.size.width * 96 // 100) - 10
        with Box("Earlier versions of the configuration file"):
            yield Paged(
                *(Option(_prompt(each, width), disabled=each.names is None) for each in self._kept),
                compact=True,
            )
            with Lines():
                yield Static(id="differences", markup=False)
            yield Static(
                Content.assemble(
                    ("Enter", "bold $footer-key-foreground"),
                    (" bring it back   ", MUTED),
                    ("← →", "bold $footer-key-foreground"),
                    (" read on   ", MUTED),
                    ("Esc", "bold $footer-key-foreground"),
                    (" back", MUTED),
                ),
                classes="hint",
            )

    def on_mount(self) -> None:
        """Put the cursor where it was before the question."""
        options = self.query_one(OptionList)
        if self._kept[self._at].names is not None:
            options.highlighted = self._at
        else:
            options.action_first()

    def action_move(self, direction: str) -> None:
        """Move the cursor as the arrow keys do."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    def action_turn(self, way: int) -> None:
        """Scroll the changes a page down (1) or up (-1)."""
        self.query_one(Lines).turn(way)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        at = event.option_index
        start_worker(self, self._compare, at, group="load-diff", exclusive=True)

    async def _compare(self, at: int) -> None:
        try:
            self._differences = await in_thread(lambda: self._changed(at))
        except StorageError as error:
            self._differences = [Difference("", printable(str(error)))]
        self.query_one(Lines).scroll_home(animate=False)
        self._draw()

    def on_resize(self) -> None:
        """Draw again, since lines are wrapped to the width."""
        self._draw()

    def _draw(self) -> None:
        width = max(20, self.query_one(Lines).size.width - 1)
        lines = [line for each in self._differences for line in _drawn(each, width)]
        self.query_one("#differences", Static).update(Content("\n").join(lines))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_cancel(self) -> None:
        """Close without choosing."""
        self.dismiss(None)


def _prompt(kept: KeptVersion, width: int) -> Content:
    """When the version was replaced, the changes, and the configurations in it."""
    changes = cut(printable(kept.changes), width - len(kept.when) - 2)
    if kept.names is None:
        style, muted = FAINT, FAINT
        held = "not readable as TOML, so it cannot be brought back"
    else:
        style, muted = "$foreground", MUTED
        held = printable(", ".join(kept.names)) or "no configurations"
    return Content.assemble(
        (f"{kept.when}  ", muted),
        (changes, style),
        "\n",
        (cut(f"   before: {held}", width), muted),
    )


def _drawn(each: Difference, width: int) -> list[Content]:
    style = {GONE: "$error", NEW: "$success"}.get(each.sign, "$foreground")
    text = each.text.lstrip()
    margin = " " * (1 + len(each.text) - len(text))
    return [
        Content.styled(f"{' ' if at else each.sign or ' '}{margin}{part}", style)
        for at, part in enumerate(wrap(text, width - 1 - len(margin)))
    ]
