"""`TagDialog`: adds and removes tags of one or several configurations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from storage_core.declaration import checks
from storage_core.printable import printable
from tui.kit.ask import STYLES
from tui.kit.columns import Column
from tui.kit.dialog import Box, Dialog
from tui.kit.line_input import PasteInput
from tui.kit.table import Cell, Layout, Table

if TYPE_CHECKING:
    from tui.session.snapshot import Row

_MOST: Final = 8
"""Tags that are visible at once."""

_SIGNS: Final = {True: "[✓]", False: "[ ]", None: "[–]"}


class Tag(NamedTuple):
    """A line of the dialog."""

    key: str
    """The word, without its `#`."""

    have: int
    """How many of the configurations have it."""


class _TagLayout(Layout[Tag]):
    """A box to tick, the tag, and how many have it so far."""

    def __init__(self, dialog: TagDialog) -> None:
        self._dialog = dialog

    def columns(self, rows: Sequence[Tag], room: int) -> Sequence[Column]:
        """The column of tags takes the room that is left."""
        count = 16
        return (Column("", 3, 3), Column("Tag", 9, 9, fills=True), Column("", count, count))

    def cells(self, row: Tag, widths: Sequence[int]) -> Sequence[Cell]:
        """A sign for the box, the tag, and how many have it."""
        on, of = self._dialog.state(row), len(self._dialog.rows)
        count = f"{row.have:,} of {of:,}" if of > 1 else ""
        return (
            Cell(_SIGNS[on], "accent" if on is not False else "muted"),
            Cell(f"#{printable(row.key)}", "tag"),
            Cell(count.rjust(widths[2]), "muted"),
        )


class TagDialog(Dialog[Mapping[str, bool] | None]):
    """The tags known so far, with boxes, below a field for new ones.

    Its result says which tags all of the rows get (True) and which none of them keeps (False).

    Args:
        rows: the configurations.
        known: the tags of all configurations.
    """

    CSS_PATH: ClassVar = [STYLES, "tags.tcss"]
    BINDINGS: ClassVar = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("down", "into_list", show=False),
        Binding("space", "tick", show=False),
        Binding("enter,ctrl+s", "save", show=False),
    ]

    def __init__(self, rows: Sequence[Row], known: Sequence[str]) -> None:
        super().__init__()
        self.rows = rows
        self._had = [set(row.entry.tags) if row.entry else set() for row in rows]
        self._tags = [Tag(tag, sum(tag in had for had in self._had)) for tag in known]
        self._changes: dict[str, bool] = {}
        self._table: Table[Tag] = Table(_TagLayout(self), id="tags")

    def compose(self) -> ComposeResult:
        """A field, the tags, what is wrong, buttons."""
        first = self.rows[0].name
        several = f"{len(self.rows):,} configurations"
        about = "Space ticks, Enter saves." if self._tags else ""
        with Box(f"Tags of {first if len(self.rows) == 1 else several}", about=about):
            yield PasteInput(id="new", compact=True, placeholder="a new tag; Enter adds it")
            yield self._table
            yield Static("", id="fault", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Save", id="save", classes="-main", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus the tags if there are any to choose from."""
        self._fill()
        self.query_one("#tags" if self._tags else "#new").focus()

    def state(self, tag: Tag) -> bool | None:
        """Whether all will have it (True) or none (False); None leaves it as it is, on some."""
        had = None if 0 < tag.have < len(self.rows) else tag.have > 0
        return self._changes.get(tag.key, had)

    def _fill(self, at: int = 0) -> None:
        self._table.display = bool(self._tags)
        self._table.styles.height = min(len(self._tags), _MOST) + 1
        self._table.show(self._tags, at)

    def action_tick(self) -> None:
        """Step to the next state of a tag: for all, for none, or as it was."""
        tag = self._table.current
        if tag is None or not self._table.has_focus:
            return
        mixed = 0 < tag.have < len(self.rows)
        following = {None: True, True: False, False: None if mixed else True}[self.state(tag)]
        if following is None:
            del self._changes[tag.key]
        else:
            self._changes[tag.key] = following
        self.query_one("#fault", Static).update("")
        self._table.refresh()

    def action_into_list(self) -> None:
        """Move the focus from the field to the tags."""
        if self._tags:
            self._table.focus()

    @on(Input.Submitted, "#new")
    def _entered(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self._take_typed()
        else:
            self.action_save()

    def _take_typed(self) -> bool:
        """Add the tag in the field; returns False if it is not valid."""
        field = self.query_one("#new", Input)
        words = [word.removeprefix("#") for word in field.value.split()]
        try:
            checks.tags(words)
        except ValueError as error:
            self._refuse(f"it {error}")
            return False
        for word in words:
            self._add(word)
        with self.prevent(Input.Changed):
            field.value = ""
        return True

    def _add(self, word: str) -> None:
        keys = [tag.key.casefold() for tag in self._tags]
        if word.casefold() not in keys:
            self._tags = [Tag(word, 0), *self._tags]
            keys = [word.casefold(), *keys]
        at = keys.index(word.casefold())
        self._changes[self._tags[at].key] = True
        self._fill(at)

    def _refuse(self, fault: str) -> None:
        self.query_one("#fault", Static).update(f"✗ {fault}")

    @on(Input.Changed, "#new")
    def _typing(self) -> None:
        self.query_one("#fault", Static).update("")

    @on(Table.Opened)
    def _clicked(self) -> None:
        self.action_tick()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, including a tag that was typed and not added yet."""
        if not self._take_typed():
            return
        for row in self.rows:
            try:
                checks.tags(retagged(row, self._changes))
            except ValueError as error:
                self._refuse(f"{printable(row.name)}: the tags {error}")
                return
        self.dismiss(self._changes)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close without changing anything."""
        self.dismiss(None)


def retagged(row: Row, changes: Mapping[str, bool]) -> list[str]:
    """The tags of a row after these changes, new ones last."""
    had = row.entry.tags if row.entry else ()
    kept = [tag for tag in had if changes.get(tag, True)]
    return [*kept, *(tag for tag, on in changes.items() if on and tag not in had)]
