"""The kept versions of the configuration file, to choose the one that is to come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage_core.printable import printable
from tui.kit.dialog import Box, Dialog
from tui.kit.text import cut
from tui.kit.theme import FAINT, MUTED

if TYPE_CHECKING:
    from tui.session.versions import KeptVersion


class VersionsDialog(Dialog[int | None]):
    """The versions, newest first. Enter chooses one by its place in the list, Escape none.

    Args:
        kept: the versions, at least one.
        at: the place of the one under the cursor at first.
    """

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar = [
        Binding("escape,q", "cancel", show=False),
        Binding("j", "move('down')", show=False),
        Binding("k", "move('up')", show=False),
    ]

    def __init__(self, kept: list[KeptVersion], at: int = 0) -> None:
        super().__init__()
        self._kept, self._at = kept, at

    def compose(self) -> ComposeResult:
        """Title and list."""
        width = min(84, self.app.size.width * 96 // 100) - 8
        with Box("Earlier versions of the configuration file"):
            yield OptionList(
                *(Option(_prompt(each, width), disabled=each.names is None) for each in self._kept),
                compact=True,
            )
            yield Static(
                Content.assemble(
                    ("Enter", "bold $footer-key-foreground"),
                    (" bring back what was before   ", MUTED),
                    ("Esc", "bold $footer-key-foreground"),
                    (" back", MUTED),
                ),
                classes="hint",
            )

    def on_mount(self) -> None:
        """The cursor is where it was before the question."""
        options = self.query_one(OptionList)
        if self._kept[self._at].names is not None:
            options.highlighted = self._at
        else:
            options.action_first()

    def action_move(self, direction: str) -> None:
        """As the arrow keys do."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_cancel(self) -> None:
        """Back to the list of configurations."""
        self.dismiss(None)


def _prompt(kept: KeptVersion, width: int) -> Content:
    """When something was changed, what, and which configurations there were before."""
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
