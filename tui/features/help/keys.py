"""Every key of a screen, by group, from the same declaration as its bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.kit.commands import shown_key
from tui.kit.dialog import Dialog
from tui.kit.text import fit, wrap
from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.kit.commands import Command
    from tui.session.session import Session


class HelpDialog(Dialog[None]):
    """The keys of the screen below.

    Args:
        declared: its commands.
        moving: keys that move in its lists, and what they do.
    """

    CSS_PATH = "keys.tcss"
    BINDINGS: ClassVar = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", show=False),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(
        self,
        _: Session,
        declared: tuple[Command, ...],
        moving: tuple[tuple[str, str], ...],
    ) -> None:
        super().__init__()
        self._declared, self._moving = declared, moving

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(classes="panel"):
            yield Static(markup=False)

    def on_mount(self) -> None:
        """Arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Explanations are wrapped to the width."""
        self.call_after_refresh(self._draw)

    def action_scroll(self, lines: int) -> None:
        """A line up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def _draw(self) -> None:
        width = self.query_one(VerticalScroll).scrollable_content_region.width - 1
        groups: dict[str, list[Command]] = {}
        for command in self._declared:
            groups.setdefault(command.group, []).append(command)
        lines = [Content.styled("Keys", "bold $primary")]
        for group, members in groups.items():
            lines += [Content(""), Content.styled(group, "bold $foreground")]
            for command in members:
                keys = self.app.keys_of(command.name) or command.keys
                shown = "  ".join(map(shown_key, keys))
                lines += _line(shown, command.label, command.tooltip, width)
        if self._moving:
            lines += [Content(""), Content.styled("Moving", "bold $foreground")]
            for shown, what in self._moving:
                lines += _line(shown, "", what, width)
        lines += [Content(""), Content.styled("Esc closes this.", MUTED)]
        self.query_one(Static).update(Content("\n").join(lines))


def _line(keys: str, label: str, tooltip: str, width: int) -> Iterator[Content]:
    named = f"{label:<13}" if label else ""
    for number, part in enumerate(wrap(tooltip, width - 14 - len(named))):
        first = number == 0
        yield Content.assemble(
            (fit(keys if first else "", 14), "$footer-key-foreground"),
            (named if first else " " * len(named), "$foreground"),
            (part, MUTED),
        )
