"""Fields to type in: a line, which can be chosen from a list as well; a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.widgets.input import Selection

from storage_core.declaration.setting import as_meant
from tui.features.form.field import Field, as_text, example_of
from tui.kit.line_input import LineInput
from tui.kit.menu import Menu
from tui.kit.secret import SecretArea, UrlInput
from tui.session.table_text import table_text

if TYPE_CHECKING:
    from storage_core.declaration.setting import Setting


LISTS_SOME: Final = "↓ lists some.".replace(" ", "\u00a0")
LISTS_YOURS: Final = "↓ lists yours.".replace(" ", "\u00a0")
"""What the key does, with spaces that do not break at the end of a line."""


class LineField(Field):
    """A field with one line of text and perhaps suggestions for it."""

    class Wanted(Message):
        """A request to ask the server which values there are."""

        def __init__(self, field: LineField) -> None:
            super().__init__()
            self.field = field

    input: Input
    """Made with the field, so that its value can be read before it is mounted."""

    _offered: tuple[str, ...] = ()

    def offer(self, suggestions: Iterable[str]) -> None:
        """Offer values: completed inline (the right arrow takes them), listed by the down arrow."""
        self._offered = tuple(suggestions)
        self.input.suggester = (
            SuggestFromList(self._offered, case_sensitive=False) if self._offered else None
        )
        self.show_hint(f" {LISTS_SOME}" if self._offered else self._hint_to_ask)

    @property
    def _hint_to_ask(self) -> str:
        return f" {LISTS_YOURS}" if self.setting.offered else ""

    def _matching(self) -> list[str]:
        typed = self.input.value.strip().casefold()
        found = [each for each in self._offered if typed in each.casefold()]
        exact = len(found) == 1 and found[0].casefold() == typed
        return list(self._offered) if exact else found

    def on_key(self, event: events.Key) -> None:
        """Open the list by the down arrow; a server may have to be asked for it."""
        if event.key == "down" and self.input.has_focus:
            event.stop()
            if self._offered:
                self.open_list()
            elif self.setting.offered:
                self.post_message(self.Wanted(self))

    def open_list(self) -> None:
        """List the values that match the text; all of them if none does."""
        field = self.input
        matching = self._matching() or list(self._offered)
        if matching and not self.query(Menu):
            self.mount(Menu(matching, field, field.value.strip()), after=0)

    @on(Menu.Chosen)
    def _take(self, event: Menu.Chosen) -> None:
        event.stop()
        field = self.input
        field.value = event.value
        field.cursor_position = len(event.value)

    @on(Menu.Typed)
    def _narrow(self, event: Menu.Typed) -> None:
        event.stop()
        field = self.input
        if event.character is None:
            field.action_delete_left()
        else:
            field.insert_text_at_cursor(event.character)
        if matching := self._matching():
            event.menu.offer(matching)
        else:
            event.menu.action_close()


class TextField(LineField):
    """One line of text: a name, a path, an address, a number."""

    def __init__(self, setting: Setting, value: Any = None) -> None:
        super().__init__(setting, value)
        self._tidied: str | None = None
        """The text after `tidy`, when the field was left."""

        self._proposed = ""
        """The text that was proposed last."""

        self.input = self._input(compact=True, placeholder=example_of(setting))
        self.show_hint(self._hint_to_ask)

    def _input(self, **kwargs: Any) -> Input:
        if self.setting.form not in ("url", "path"):
            return LineInput(self.start, **kwargs)
        # A path with a colon and an @ may be a URL; an address may be a URL without its scheme.
        return UrlInput(self.start, bare=self.setting.form == "url", **kwargs)

    def compose(self) -> ComposeResult:
        """An input."""
        yield self.input

    @property
    def value(self) -> str:
        return self.input.value

    @property
    def start(self) -> str:
        return as_text(self._initial)

    @property
    def focus_target(self) -> Widget:
        return self.input

    def propose(self, text: str) -> None:
        """Fill in `text`, to be typed over, unless something else is entered."""
        if text and self.input.value in ("", self._proposed):
            self._proposed = self.input.value = text
            self.input.selection = Selection(0, len(text))

    def put(self, value: str) -> bool:
        """Set the value."""
        self.input.value = value
        return True

    def tidy(self) -> None:
        if (meant := as_meant(self.setting, self.value)) != self.value and self.changed:
            self._tidied = self.input.value = meant

    def reveal(self) -> bool:
        """Show the password in a URL."""
        if not isinstance(self.input, UrlInput) or not self.input.holds_password:
            return False
        self.input.reveal()
        return True

    @on(Input.Changed)
    def _typed(self) -> None:
        tidied, self._tidied = self._tidied, None
        # The meaning is the same: this is no edit, which would remove the fault that is shown.
        if self.value != tidied:
            self.post_message(self.Edited(self))


class TableField(Field):
    """A table for the driver: `key = value` lines, the values masked."""

    editor_height = 4

    def __init__(self, setting: Setting, value: Any = None) -> None:
        super().__init__(setting, value)
        self._area = SecretArea(
            self.start,
            keep_keys=True,
            hint="key = value, one on a line; {key} shows the values",
        )

    def compose(self) -> ComposeResult:
        """A small text area."""
        yield self._area

    @property
    def value(self) -> str:
        return self._area.text

    @property
    def start(self) -> str:
        return table_text(self._initial) if isinstance(self._initial, dict) else ""

    @property
    def focus_target(self) -> Widget:
        return self._area

    def put(self, value: str) -> bool:
        """Set the table, given as its lines."""
        self._area.text = value
        return True

    def reveal(self) -> bool:
        """Show the values."""
        self._area.reveal()
        return True

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self.post_message(self.Edited(self))
