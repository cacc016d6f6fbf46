"""Asks where to keep a secret that is in the configuration file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from storage_core.errors import StorageError
from storage_core.printable import printable
from storage_core.references import check_reference, is_reference
from tui.kit import ask
from tui.kit.dialog import Box, Dialog
from tui.kit.line_input import PasteInput
from tui.kit.options import Paged
from tui.kit.theme import MUTED

_PLACES = (
    ("Keyring", "the system keeps it"),
    ("File", "a new one, for you only"),
    ("Environment variable", "holds it already"),
)


class MoveDialog(Dialog[str | None]):
    """Asks for a reference. The arrow keys change the kind of place. After Escape: None.

    Args:
        title: says which secret it is.
        proposals: a reference for each kind of place, in the order of `_PLACES`.
        move: moves the secret; its errors are shown here, so that the reference can be corrected.
    """

    CSS_PATH: ClassVar = [ask.STYLES, "dialog.tcss"]
    BINDINGS: ClassVar = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("up", "place(-1)", show=False),
        Binding("down", "place(1)", show=False),
    ]
    AUTO_FOCUS = "#reference"

    def __init__(
        self,
        title: str,
        proposals: tuple[str, str, str],
        move: Callable[[str], Awaitable[object]],
    ) -> None:
        super().__init__()
        self._title, self._move = title, move
        self._place = 0
        self._entered = list(proposals)
        self._under_way = False
        """Whether the secret is being moved: the file may be rewritten already."""

    def compose(self) -> ComposeResult:
        """Title, text, kinds of places, the reference, a fault, buttons."""
        with Box(self._title):
            yield Static(
                "The file then says where the secret is. Its earlier versions lose it too, so "
                "changes made before cannot be undone.",
                classes="text",
                markup=False,
            )
            yield Paged(
                *(
                    Option(Content.assemble((f"{label:<22}", "$foreground"), (what, MUTED)))
                    for label, what in _PLACES
                ),
                compact=True,
            )
            yield PasteInput(self._entered[0], id="reference", compact=True)
            yield Static(id="fault", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Move", id="go", classes="-main", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Mark the kind of place that the field proposes."""
        self.query_one(OptionList).highlighted = self._place
        self._tell("")

    def action_place(self, step: int) -> None:
        """Choose the kind of place above or below."""
        if not self._under_way:
            choices = self.query_one(OptionList)
            choices.highlighted = max(0, min(self._place + step, len(_PLACES) - 1))

    @on(OptionList.OptionHighlighted)
    def _changed_place(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index != self._place:
            field = self.query_one("#reference", Input)
            self._entered[self._place] = field.value
            self._place = event.option_index
            field.value = self._entered[self._place]
            field.cursor_position = len(field.value)
            self._tell("")

    @on(OptionList.OptionSelected)
    def _chosen_place(self) -> None:
        self.query_one("#reference").focus()

    def _tell(self, fault: str) -> None:
        line = self.query_one("#fault", Static)
        line.update(f"✗ {printable(fault)}")
        line.display = bool(fault)

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        if self._under_way:
            return
        reference = self.query_one("#reference", Input).value.strip()
        if fault := _fault(reference):
            self._tell(fault)
            self.query_one("#reference").focus()
        else:
            self._try(reference)

    @work(group="check", exclusive=True)
    async def _try(self, reference: str) -> None:
        self.query_one("#reference").focus()
        self._set_under_way(True)
        try:
            await self._move(reference)
        except StorageError as error:
            self._set_under_way(False)
            self._tell(str(error))
        else:
            self.dismiss(reference)

    def _set_under_way(self, under_way: bool) -> None:
        self._under_way = under_way
        for each in self.query("#go, OptionList"):
            each.disabled = under_way

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Leave the secret where it is, unless it is being moved already."""
        if self._under_way:
            self.app.say("The secret is being moved; this closes when that is done.")
        else:
            self.dismiss(None)


def _fault(reference: str) -> str:
    if not is_reference(reference):
        # The text is not quoted, since it may be the secret itself.
        return "write keyring:service/user, file:/path or env:NAME"
    try:
        check_reference(reference)
    except ValueError as error:
        return str(error)
    return ""
