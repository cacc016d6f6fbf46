"""Help: an explanation of what has the focus, and every key of the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tui.kit.commands import shown_key
from tui.kit.dialog import Box, Dialog
from tui.kit.line_input import LineInput
from tui.kit.text import fit, wrap
from tui.kit.theme import MUTED
from tui.session import search

if TYPE_CHECKING:
    from tui.kit.commands import Command
    from tui.kit.explain import Explanation
    from tui.session.session import Session


_TWO: Final = 100
"""The least width for two columns."""

_ONE: Final = 60
"""The most cells of each of two columns; a wider column is the only one."""

_KEYS: Final = (11, 14)
"""The least cells for keys: in two columns, and in one."""

_NAME: Final = 13
"""Cells for the names of commands where they have a column."""

_GAP: Final = 3

_AROUND: Final = 4
"""Lines of the frame, the filter, and the blank line below that."""


class Row(NamedTuple):
    """One key, or several with the same effect."""

    keys: str
    label: str
    said: str


class HelpDialog(Dialog[None]):
    """Explains the widget with the focus, and lists the keys of the screen below.

    Typing filters the text by words. `j`, `k` and `q` count as text only after any other character
    or `/` has been typed.

    Args:
        declared: the screen's commands.
        moving: keys that move in its lists, and what they do.
        explained: the explanation of the widget with the focus.
    """

    CSS_PATH = "keys.tcss"
    BINDINGS: ClassVar = [
        Binding("escape", "back", show=False),
        Binding("q,question_mark,f1,enter", "dismiss", show=False),
        Binding("slash", "type('')", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(
        self,
        _: Session,
        declared: tuple[Command, ...],
        moving: tuple[tuple[str, str], ...],
        explained: Explanation | None = None,
    ) -> None:
        super().__init__()
        self._declared, self._moving, self._explained = declared, moving, explained
        self._line = LineInput(placeholder="/ finds a key by what it does", compact=True)
        self._text = Static(markup=False)

    def compose(self) -> ComposeResult:
        """The filter, and a text that scrolls."""
        with Box("Keys"):
            yield self._line
            with VerticalScroll():
                yield self._text

    def on_mount(self) -> None:
        """Focus the text, so that arrow keys scroll it."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Draw again, since explanations are wrapped to the width."""
        self.call_after_refresh(self._fit)

    # ---- moving and typing

    def action_scroll(self, lines: int) -> None:
        """Scroll up or down by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll up or down by screenfuls."""
        box = self.query_one(VerticalScroll)
        box.scroll_relative(y=pages * box.size.height, animate=False)

    def action_type(self, text: str) -> None:
        """Begin typing the filter with this text."""
        self.set_focus(self._line)
        self._line.insert_text_at_cursor(text)

    def on_key(self, event: events.Key) -> None:
        """Begin the filter with any letter that has no other meaning here."""
        taken = self.active_bindings.keys()
        if event.is_printable and not self._line.has_focus and event.key not in taken:
            event.stop()
            self.action_type(event.character or "")

    def action_back(self) -> None:
        """Clear the filter, or else close."""
        if self._line.value:
            self._line.value = ""
            self.query_one(VerticalScroll).focus()
        else:
            self.dismiss(None)

    @on(Input.Submitted)
    def _keep(self) -> None:
        self.query_one(VerticalScroll).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._draw()
        self.query_one(VerticalScroll).scroll_home(animate=False)

    # ---- what is said

    def _fit(self) -> None:
        """Be as high as the whole text, so that nothing moves while it is filtered."""
        height = self._draw(all_of_it=True)
        box = self.query_one(VerticalScroll)
        box.styles.height = max(1, min(height, self.app.size.height - _AROUND))
        self._draw()

    def _draw(self, *, all_of_it: bool = False) -> int:
        """Draw what matches the filter; returns the number of lines."""
        words = [] if all_of_it else search.words_of(self._line.value)
        width = self.query_one(VerticalScroll).scrollable_content_region.width - 1
        head = [*self._explain(words, width)]
        room = self.app.size.height - _AROUND - len(head) - 1
        groups = {
            title: found
            for title, rows in self._groups()
            if (found := [row for row in rows if _has(words, title, *row)])
        }
        # The first that fits without dividing a group, or else the first that fits; one column does
        # not have to save lines.
        ways = [(True, True), (True, False), (False, True), (False, False)]
        bodies = [
            _laid_out(groups, width, room, column=column, apart=apart)
            for column, apart in (ways if width >= _TWO else ways[:1])
        ]
        fits = [(torn, lines) for torn, lines in bodies if len(lines) <= room]
        _, body = min(fits, key=lambda each: each[0], default=bodies[-1])
        if not (head or body):
            head = [Content.styled("No key and no sign has these words.", MUTED)]
        foot = "Esc shows all again." if words else "Esc closes this."
        lines = [*head, *body, Content.styled(foot, MUTED)]
        self._text.update(Content("\n").join(lines))
        return len(lines)

    def _explain(self, words: Sequence[str], width: int) -> Iterator[Content]:
        if (said := self._explained) is None:
            return
        whole = _has(words, said.title, said.text)
        rows = [row for row in said.rows if whole or _has(words, *row)]
        if not (whole or rows):
            return
        yield Content.styled(said.title, "bold $primary")
        if whole:
            for line in wrap(said.text, width):
                yield Content.styled(line, "$foreground")
        yield from _in_columns(rows, width)
        yield Content("")

    def _groups(self) -> Iterator[tuple[str, list[Row]]]:
        """Each group of commands with its rows."""
        groups: dict[str, list[Row]] = {}
        taken = {key for each in self._declared for key in self.app.keys_of(each.name)}
        for command in self._declared:
            own = self.app.keys_of(command.name)
            keys = own or [key for key in command.keys if key not in taken]
            row = Row("  ".join(map(shown_key, keys)), command.label, command.tooltip)
            groups.setdefault(command.group, []).append(row)
        if self._moving:
            groups["Moving"] = [Row(shown, "", what) for shown, what in self._moving]
        yield from groups.items()


def _has(words: Sequence[str], *texts: str) -> bool:
    return not words or search.found(words, " ".join(texts))


def _in_columns(rows: Sequence[tuple[str, str]], width: int) -> Iterator[Content]:
    """Signs or names with their meanings, in as many columns as there is room for."""
    if not rows:
        return
    first = 2 + max(cell_len(name) for name, _ in rows)
    widest = max(cell_len(said) for _, said in rows)
    count = max(1, min(3, (width + _GAP) // (first + widest + _GAP)))
    each = (width - _GAP * (count - 1)) // count
    cells = [
        Content.assemble(
            (fit(name if number == 0 else "", first), "bold $footer-key-foreground"), (part, MUTED)
        )
        for name, said in rows
        for number, part in enumerate(wrap(said, each - first))
    ]
    height = -(-len(cells) // count)
    columns = [cells[start : start + height] for start in range(0, len(cells), height)]
    for line in zip_longest(*columns, fillvalue=Content("")):
        yield Content(" " * _GAP).join(
            Content.assemble(cell, " " * (each - cell.cell_length)) for cell in line
        )


def _drawn(title: str, rows: Sequence[Row], width: int, *, column: bool) -> Iterator[list[Content]]:
    """A group in pieces that must not be divided: its title with the first row, then each row."""
    first = max(_KEYS[width > _ONE], 2 + max(cell_len(row.keys) for row in rows))
    head = [Content.styled(title, "bold $foreground")]
    for row in rows:
        yield [*head, *_line(row, first, width, column=column)]
        head = []


def _laid_out(
    groups: Mapping[str, Sequence[Row]], width: int, room: int, *, column: bool, apart: bool
) -> tuple[bool, list[Content]]:
    """The groups below each other, or in two columns of about the same length.

    A group is divided between the columns only if it does not fit into one.

    Args:
        groups: the groups, by title.
        width: the whole width.
        room: the lines available.
        column: whether the names of commands have a column of their own, before what they do.
        apart: whether to put a blank line between groups.

    Returns:
        Whether a group is divided between the columns, and the lines.
    """
    each = (width - _GAP) // 2 if width >= _TWO else width
    pieces: list[list[Content]] = []
    starts: list[int] = []
    for number, (title, rows) in enumerate(groups.items()):
        first, *more = _drawn(title, rows, each, column=column)
        starts.append(len(pieces))
        pieces += [[*([Content("")] if apart and number else []), *first], *more]
    if each == width:
        return False, _below(pieces)
    halves = [(_below(pieces[:cut]), _below(pieces[cut:])) for cut in range(len(pieces) + 1)]
    whole = [half for cut in starts if max(map(len, half := halves[cut])) <= room]
    left, right = min(whole or halves, key=lambda half: max(map(len, half)))
    return not whole, [
        Content.assemble(one, " " * (each - one.cell_length + _GAP), other)
        for one, other in zip_longest(left, right, fillvalue=Content(""))
    ]


def _below(pieces: Sequence[list[Content]]) -> list[Content]:
    """The lines of all pieces, without a blank one at the top."""
    lines = [line for piece in pieces for line in piece]
    return lines[1:] if lines and not lines[0].plain else lines


def _line(row: Row, first: int, width: int, *, column: bool) -> Iterator[Content]:
    """The keys, what the command is called, and what it does.

    Args:
        row: all of it.
        first: cells of the keys.
        width: of the line.
        column: whether names have one of their own. Else what is said follows the name, or begins
            with it.
    """
    name = row.label
    if name and not column:
        said = row.said if row.said.startswith(name) else f"{name}  {row.said}"
        indent, lines = 0, wrap(said, width - first)
    else:
        indent = _NAME if name else 0
        lines = wrap(row.said, width - first - indent)
    for number, part in enumerate(lines):
        keys, label = (row.keys, name) if number == 0 else ("", "")
        before, rest = (fit(label, indent), part) if indent else (label, part[len(label) :])
        yield Content.assemble(
            (fit(keys, first), "$footer-key-foreground"), (before, "$foreground"), (rest, MUTED)
        )
