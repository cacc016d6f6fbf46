"""Every key of a screen, by group, from the same declaration as its bindings."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
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


_TWO: Final = 100
"""Cells that two columns need at least."""

_ONE: Final = 60
"""Cells that two columns of the widest screen do not have each."""

_KEYS: Final = (10, 14)
"""Cells that keys have at least: in two columns, and in one."""

_GAP: Final = 3


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
        beside = width >= _TWO
        each = (width - _GAP) // 2 if beside else width
        blocks = [[*self._block(title, rows, each)] for title, rows in self._groups()]
        drawn = _beside(blocks, each) if beside else _below(blocks)
        head = Content.styled("Keys", "bold $primary")
        foot = Content.styled("Esc closes this.", MUTED)
        self.query_one(Static).update(Content("\n").join([head, *drawn, Content(""), foot]))

    def _groups(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        """Each group with its keys, their labels and what they do."""
        groups: dict[str, list[tuple[str, str, str]]] = {}
        taken = {key for each in self._declared for key in self.app.keys_of(each.name)}
        for command in self._declared:
            own = self.app.keys_of(command.name)
            keys = own or [key for key in command.keys if key not in taken]
            shown = "  ".join(map(shown_key, keys))
            row = shown, command.label, command.tooltip
            groups.setdefault(command.group, []).append(row)
        if self._moving:
            groups["Moving"] = [(shown, "", what) for shown, what in self._moving]
        yield from groups.items()

    def _block(self, title: str, rows: list[tuple[str, str, str]], width: int) -> Iterator[Content]:
        yield Content("")
        yield Content.styled(title, "bold $foreground")
        least = _KEYS[width > _ONE]
        column = max(least, 2 + max(cell_len(keys) for keys, _, _ in rows))
        for row in rows:
            yield from _line(*row, column, width)


def _below(blocks: list[list[Content]]) -> list[Content]:
    return [line for block in blocks for line in block]


def _beside(blocks: list[list[Content]], width: int) -> list[Content]:
    """The blocks in two columns of this width, which are as long as each other or nearly so."""
    halves = [(_below(blocks[:cut]), _below(blocks[cut:])) for cut in range(len(blocks) + 1)]
    left, right = min(halves, key=lambda half: max(map(len, half)))
    return [
        Content.assemble(one, " " * (width - one.cell_length + _GAP), other)
        for one, other in zip_longest(left, right, fillvalue=Content(""))
    ]


def _line(keys: str, label: str, tooltip: str, column: int, width: int) -> Iterator[Content]:
    named = f"{label:<13}" if label else ""
    for number, part in enumerate(wrap(tooltip, width - column - len(named))):
        first = number == 0
        yield Content.assemble(
            (fit(keys if first else "", column), "$footer-key-foreground"),
            (named if first else " " * len(named), "$foreground"),
            (part, MUTED),
        )
