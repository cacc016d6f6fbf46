"""Questions over another screen: a choice, a name, or a name typed to confirm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from storage_core.printable import printable
from tui.kit.dialog import Box, Dialog
from tui.kit.line_input import PasteInput

STYLES: Final = Path(__file__).with_name("ask.tcss")
"""The styles of these dialogs, also for others that look the same."""


class Ask(Dialog[str | None]):
    """One question with a few answers. The result is None after Escape.

    The first letter of an answer chooses it, unless another answer begins with it or something has
    to be typed.

    Args:
        title: the question.
        text: what a person should know before answering.
        about: what the question is about, in a line.
        answers: (result, label) of each button.
        focus: the result of the button that has the focus: the likeliest of the harmless ones.
        danger: the result of the button that destroys something.
        typed: what must be typed before `danger` can be pressed.
    """

    CSS_PATH = STYLES
    BINDINGS: ClassVar = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        answers: list[tuple[str, str]],
        *,
        focus: str,
        about: str = "",
        danger: str = "",
        typed: str | None = None,
    ) -> None:
        super().__init__()
        self._title, self._text, self._about, self._answers = title, text, about, answers
        self._focus, self._danger, self._typed = focus, danger, typed
        letters = [label[0].casefold() for _, label in answers]
        self._letters = {
            letter: result
            for letter, (result, _) in zip(letters, answers, strict=True)
            if typed is None and letters.count(letter) == 1
        }

    def compose(self) -> ComposeResult:
        """Title, text, what to type, buttons."""
        with Box(self._title, about=self._about):
            if self._text:
                yield Static(self._text, classes="text", markup=False)
            if self._typed is not None:
                yield PasteInput(id="typed", compact=True, placeholder="the name")
                yield Static("", id="fault", markup=False)
            with Horizontal(classes="buttons"):
                for result, label in self._answers:
                    button = Button(self._shown(label), id=f"answer-{result}", compact=True)
                    button.set_class(result == self._danger, "-danger")
                    button.set_class(result == self._focus, "-main")
                    button.disabled = result == self._danger and self._typed is not None
                    yield button

    def _shown(self, label: str) -> Content:
        known = label[0].casefold() in self._letters
        return Content.assemble((label[0], "underline" if known else ""), label[1:])

    def on_key(self, event: events.Key) -> None:
        """A letter chooses the answer that begins with it."""
        if answer := self._letters.get((event.character or "").casefold()):
            event.stop()
            self.dismiss(answer)

    def on_mount(self) -> None:
        """Focus the harmless answer, or the field if something has to be typed."""
        first = "#typed" if self._typed is not None else f"#answer-{self._focus}"
        self.query_one(first).focus()

    @on(Input.Changed, "#typed")
    def _typing(self, event: Input.Changed) -> None:
        self.query_one(f"#answer-{self._danger}").disabled = event.value.strip() != self._typed
        self.query_one("#fault", Static).update("")

    @on(Input.Submitted, "#typed")
    def _typed_whole(self, event: Input.Submitted) -> None:
        if event.value.strip() == self._typed:
            self.dismiss(self._danger)
        else:
            fault = f"✗ that is not its name: {printable(self._typed or '')}"
            self.query_one("#fault", Static).update(fault)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss((event.button.id or "").removeprefix("answer-"))

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class AskName(Dialog[str | None]):
    """Asks for a configuration's name, checked while it is typed. After Escape: None.

    Args:
        title: what the name is for.
        button: the label of the button that goes on.
        value: the text in the field at first, selected.
        about: what gets the name, in a line.
        check: raises `StorageError` if a name cannot be used.
    """

    CSS_PATH = STYLES
    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(
        self, title: str, button: str, value: str, about: str, check: Callable[[str], object]
    ) -> None:
        super().__init__()
        self._title, self._button, self._value, self._about = title, button, value, about
        self._check = check

    def compose(self) -> ComposeResult:
        """Title, field, what is wrong, buttons."""
        with Box(self._title, about=self._about):
            yield PasteInput(self._value, id="name", compact=True, select_on_focus=True)
            yield Static("", id="fault", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(self._button, id="go", classes="-main", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus the field."""
        self.query_one("#name").focus()

    def _fault(self, name: str) -> str:
        from storage_core.errors import StorageError

        try:
            self._check(name)
        except StorageError as error:
            return str(error)
        return ""

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        fault = self._fault(event.value) if event.value.strip() else ""
        self.query_one("#fault", Static).update(fault and f"✗ {printable(fault)}")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        name = self.query_one("#name", Input).value.strip()
        if fault := self._fault(name):
            self.query_one("#fault", Static).update(f"✗ {printable(fault)}")
            self.query_one("#name").focus()
        else:
            self.dismiss(name)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close without a name."""
        self.dismiss(None)
