"""Every key of a screen, by group, from the same declaration as its bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui import commands
from tui.screens.base import Dialog
from tui.text import fit
from tui.theme import MUTED

if TYPE_CHECKING:
    from tui.commands import Command

_MOVING = (
    ("↑ ↓  j k", "one row up or down"),
    ("PgUp PgDn", "a screenful up or down"),
    ("Home End  g G", "the first row, the last row"),
    ("h l  Tab", "to the list, to the details"),
)


class HelpScreen(Dialog[None]):
    """The keys of the screen below."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", show=False),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, declared: tuple[Command, ...]) -> None:
        super().__init__()
        self._declared = declared

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(classes="panel"):
            yield Static(self._text(), markup=False)

    def on_mount(self) -> None:
        """Arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, lines: int) -> None:
        """A line up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def _text(self) -> Content:
        lines: list[Content] = [Content.styled("Keys", "bold $primary")]
        groups: dict[str, list[Command]] = {}
        for command in self._declared:
            groups.setdefault(command.group, []).append(command)
        for group, members in groups.items():
            lines += [Content(""), Content.styled(group, "bold $text")]
            lines += [self._line(command) for command in members]
        if commands.LIST == self._declared:
            lines += [Content(""), Content.styled("Moving", "bold $text")]
            lines += [
                Content.assemble((fit(keys, 16), "$footer-key-foreground"), ("what", ""))[:16]
                + Content.styled(what, MUTED)
                for keys, what in _MOVING
            ]
        lines += [Content(""), Content.styled("Esc closes this.", MUTED)]
        return Content("\n").join(lines)

    def _line(self, command: Command) -> Content:
        remapped = self.app.key_of(command.name)
        keys = (remapped,) if remapped else command.keys
        return Content.assemble(
            (fit("  ".join(map(commands.shown_key, keys)), 16), "$footer-key-foreground"),
            (fit(command.label, 13), "$text"),
            (command.tooltip, MUTED),
        )
