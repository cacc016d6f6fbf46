"""The dialog in which the type of a configuration is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage_core.config.model import names
from storage_core.printable import printable
from tui.kit.dialog import Box, Dialog
from tui.kit.options import Paged
from tui.kit.table import LOOKS, chip_look
from tui.kit.text import cut
from tui.kit.theme import MUTED
from tui.session.blocks import Unusable, block_in, looks_like_block
from tui.session.snapshot import short_name

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.session.blocks import Block
    from tui.session.session import Session

    Chosen: TypeAlias = type[StorageConfiguration] | Block | None


_BADGES: Final = 25
"""Cells before the badges, which are aligned."""

_TAKEN: Final = "jkq"
"""Letters that move the cursor or close the dialog."""


class TypePicker(Dialog["Chosen"]):
    """The types, with descriptions. A number, a letter or Enter chooses; Escape goes back.

    Its result is a type, or the content of a block of credentials that was pasted in order to make
    a new configuration.

    Args:
        types: the types to choose from.
        title: what the type is for.
        problem: why a type has to be chosen, in one line; empty for a new configuration.
        likely: the type that the cursor is on at first; None for the first.
    """

    CSS_PATH = "picker.tcss"
    nowhere: ClassVar = "it is no block of credentials that is known"
    BINDINGS: ClassVar = [
        Binding("escape,q", "cancel", show=False),
        Binding("j", "move('down')", show=False),
        Binding("k", "move('up')", show=False),
    ]

    def __init__(
        self,
        session: Session,
        types: list[type[StorageConfiguration]],
        title: str = "New storage configuration: choose a type",
        problem: str = "",
        likely: type[StorageConfiguration] | None = None,
    ) -> None:
        super().__init__()
        self._session, self._types = session, types
        self._title, self._problem, self._likely = title, problem, likely
        self._letters = letters_of([cls.label for cls in types])

    def compose(self) -> ComposeResult:
        """Title and list."""
        with Box(self._title):
            if self._problem:
                yield Static(printable(self._problem), classes="hint", markup=False)
            yield Paged(
                *(
                    Option(_prompt(number, cls, letter, min(80, self.app.size.width) - 10))
                    for number, (cls, letter) in enumerate(
                        zip(self._types, self._letters, strict=True), 1
                    )
                ),
                compact=True,
            )
            yield Static(
                Content.assemble(
                    (f"1–{min(9, len(self._types))}", "bold $footer-key-foreground"),
                    (", a letter or ", MUTED),
                    ("Enter", "bold $footer-key-foreground"),
                    (" choose   ", MUTED),
                    ("Esc", "bold $footer-key-foreground"),
                    (" back", MUTED),
                    ("" if self._problem else "   pasted credentials fill the form", MUTED),
                ),
                classes="hint",
            )

    def on_mount(self) -> None:
        """Put the cursor on the likely type."""
        if self._likely is not None:
            self.query_one(OptionList).highlighted = self._types.index(self._likely)

    def on_key(self, event: events.Key) -> None:
        """Choose by a number or a letter."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(self._types):
            self.dismiss(self._types[int(event.key) - 1])
        elif event.character and event.character in self._letters:
            event.stop()
            self.dismiss(self._types[self._letters.index(event.character)])

    def on_paste(self, event: events.Paste) -> None:
        """Take a block of credentials, which implies its type."""
        event.prevent_default()
        if self._problem or not looks_like_block(event.text):
            self.refuse_paste()
        else:
            self.start(self._take(event.text))

    async def _take(self, text: str) -> None:
        try:
            block = await self._session.jobs.run("reading", lambda: block_in(text))
        except Unusable as error:
            self.app.say(f"Nothing was pasted: {error}.", severity="warning")
            return
        if block is None:
            self.refuse_paste()
        else:
            self.dismiss(block)

    def action_move(self, direction: str) -> None:
        """Move the cursor as the arrow keys do."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._types[event.option_index])

    def action_cancel(self) -> None:
        """Go back to the list."""
        self.dismiss(None)


def letters_of(labels: list[str]) -> list[str]:
    """A unique letter of each label, none of `_TAKEN`; empty if none is free."""
    letters: list[str] = []
    for label in labels:
        known = [each for each in label.casefold() if each.isascii() and each.isalpha()]
        free = (each for each in known if each not in _TAKEN and each not in letters)
        letters.append(next(free, ""))
    return letters


def _underlined(label: str, letter: str) -> Content:
    at = label.casefold().index(letter) if letter else 0
    end = at + len(letter)
    return Content.assemble(
        (label[:at], "bold $foreground"),
        (label[at:end], "bold underline $footer-key-foreground"),
        (label[end:], "bold $foreground"),
    )


def _prompt(number: int, cls: type[StorageConfiguration], letter: str, width: int) -> Content:
    key = str(number) if number < 10 else " "
    note = f" {cls.note.partition(':')[0]}." if cls.note else ""
    lines = [printable(cls.description) + note]
    if cls.label == names.BUILT_IN:
        # Say how it differs from the row in the list, which people would wonder about.
        lines.append("Built in already; this only gives it a name.")
    badge = short_name(cls)
    label = printable(cls.label)
    return Content.assemble(
        (f"{key}  ", "bold $footer-key-foreground"),
        _underlined(label, letter),
        " " * max(1, _BADGES - cell_len(label)),
        (f" {badge} ", LOOKS[chip_look(badge)]),
        *((f"\n   {cut(line, width)}", MUTED) for line in lines),
    )
