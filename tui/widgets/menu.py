"""Lists that open below a field: what a reference can be, and what a setting is often set to.

Used by the fields of a form. A list exists only while it is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList

from tui.text import cut, printable


class Menu(OptionList):
    """Some values to choose from, below the widget that gets the focus back.

    Args:
        values: what can be chosen.
        opener: the widget that it belongs to.
        current: the value that the cursor starts on.
    """

    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "close", show=False)]

    class Chosen(Message):
        """A value was chosen."""

        def __init__(self, menu: Menu, value: str) -> None:
            super().__init__()
            self.menu = menu
            self.value = value

    class Typed(Message):
        """A key that belongs to what is typed."""

        def __init__(self, menu: Menu, character: str | None) -> None:
            super().__init__()
            self.menu = menu
            self.character = character
            """None for backspace."""

    def __init__(self, values: Sequence[str], opener: Widget, current: str = "") -> None:
        super().__init__(compact=True, markup=False)
        self.opener = opener
        self._current = current
        self._values: list[str] = []
        self.offer(values)

    def offer(self, values: Sequence[str]) -> None:
        """List these values from now on."""
        self._values = list(values)
        self.set_options([Content(printable(value)) for value in self._values])
        if self._values:
            known = self._current in self._values
            self.highlighted = self._values.index(self._current) if known else 0

    def on_mount(self) -> None:
        """The arrow keys are its own."""
        self.focus()

    def on_blur(self) -> None:
        """It is open as long as it has the focus."""
        self.remove()

    def action_close(self) -> None:
        """Choose nothing."""
        self.opener.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the focus back and tell."""
        event.stop()
        self.opener.focus()
        self.post_message(self.Chosen(self, self._values[event.option_index]))

    def on_key(self, event: events.Key) -> None:
        """What is typed goes on in the field."""
        if event.is_printable or event.key == "backspace":
            event.stop()
            self.post_message(self.Typed(self, event.character if event.is_printable else None))


class Chooser(Widget, can_focus=True):
    """One of a few values, on one line; a key or a click lists them.

    Args:
        labels: what is shown for each value.
        value: the value at first.
    """

    BINDINGS: ClassVar[list[Any]] = [Binding("enter,space,down,up", "open", show=False)]

    value: reactive[str] = reactive("", init=False)

    class Changed(Message):
        """The value is another one."""

    def __init__(self, labels: dict[str, str], value: str) -> None:
        super().__init__()
        self._labels = labels
        self.set_reactive(Chooser.value, value)

    def render(self) -> Content:
        """The value, and a sign that there are others."""
        room = self.content_size.width
        label = cut(self._labels[self.value], room - 2)
        return Content(label + " " * (room - 1 - cell_len(label)) + "▼")

    def watch_value(self) -> None:
        """Tell the field."""
        self.post_message(self.Changed())

    def on_click(self) -> None:
        """By mouse."""
        self.action_open()

    def action_open(self) -> None:
        """List the values."""
        if not self.query(Menu):
            self.mount(Menu([*self._labels.values()], self, self._labels[self.value]))

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        """Take it."""
        event.stop()
        self.value = next(v for v, label in self._labels.items() if label == event.value)

    def on_menu_typed(self, event: Menu.Typed) -> None:
        """Nothing can be typed here."""
        event.stop()
