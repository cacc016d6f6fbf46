"""Lists that open below a field: kinds of reference, or usual values of a setting.

A list exists only while it is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList

from storage_core.printable import printable
from tui.kit.commands import shown_key
from tui.kit.options import Paged
from tui.kit.text import cut
from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from tui.kit.app import KitApp


_BESIDE = 4
"""Cells of a list besides its longest entry: border, padding and scrollbar."""


class Menu(Paged):
    """Values to choose from, below a widget that gets the focus back.

    Args:
        values: the values.
        opener: the widget that opened it.
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
        """A key was pressed that edits the text in the field."""

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
        shown = [printable(value) for value in self._values]
        self.set_options([Content(each) for each in shown])
        self.styles.min_width = max(map(cell_len, shown), default=0) + _BESIDE
        if self._values:
            known = self._current in self._values
            self.highlighted = self._values.index(self._current) if known else 0

    def on_mount(self) -> None:
        """Take the focus, for the arrow keys."""
        self.focus()

    def on_blur(self) -> None:
        """Close, since the focus has gone."""
        self.remove()

    def action_close(self) -> None:
        """Close without choosing, and give the focus back."""
        self.screen.set_focus(self.opener)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the focus back and report the choice."""
        event.stop()
        self.action_close()
        self.post_message(self.Chosen(self, self._values[event.option_index]))

    def on_paste(self, event: events.Paste) -> None:
        """Pass a paste to the field."""
        event.stop()
        self.action_close()
        self.opener.post_message(events.Paste(event.text))

    def on_key(self, event: events.Key) -> None:
        """Pass typed characters to the field."""
        if event.is_printable or event.key == "backspace":
            event.stop()
            self.post_message(self.Typed(self, event.character if event.is_printable else None))


class Chooser(Widget):
    """Shows one of a few values; a key of the form or a click lists them all.

    It takes no focus, since Tab goes from field to field.

    Args:
        labels: the label of each value.
        value: the value at first.
        doubtful: a value that is better not chosen, and is highlighted.
    """

    app: KitApp

    value: reactive[str] = reactive("", init=False)

    class Changed(Message):
        """Another value was chosen."""

    class Clicked(Message):
        """It was clicked, to list the values."""

    def __init__(self, labels: dict[str, str], value: str, *, doubtful: str = "") -> None:
        super().__init__()
        self._labels, self._doubtful = labels, doubtful
        self._here = self._holds = False
        self.set_reactive(Chooser.value, value)

    def tell(self, *, here: bool, holds: bool) -> None:
        """Tell it whether its field has the focus, and whether it has a value."""
        if (here, holds) != (self._here, self._holds):
            self._here, self._holds = here, holds
            self.refresh()

    @property
    def key(self) -> str:
        """The key that lists the values, as people read it."""
        return shown_key(self.app.key_of("source") or "f6")

    def render(self) -> Content:
        """Draw the value, the key if there is room, and a sign that there are other values."""
        room = self.content_size.width
        label = cut(self._labels[self.value], room - 2)
        space = room - 1 - cell_len(label)
        key = f"{self.key} " if len(self.key) + 2 <= space else ""
        # Only a field with a value has anything doubtful in it.
        doubtful = self._holds and self.value == self._doubtful
        style = "$warning" if doubtful else MUTED if not self._here else ""
        return Content.assemble((label, style), " " * (space - len(key)), (key, MUTED), "▼")

    def on_click(self) -> None:
        """Have the values listed."""
        self.post_message(self.Clicked())

    def clickable(self) -> Iterator[tuple[Region, Callable[[], object]]]:
        """The sign at the end, for a jump letter."""
        sign = Region(self.content_size.width - 1, 0, 1, 1)
        yield sign, partial(self.post_message, self.Clicked())

    def open(self, opener: Widget) -> None:
        """List the values, or close the list; then `opener` has the focus."""
        if menu := [*self.query(Menu)]:
            menu[0].action_close()
        else:
            self.mount(Menu([*self._labels.values()], opener, self._labels[self.value]))

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        """Take the chosen value."""
        event.stop()
        self.value = next(v for v, label in self._labels.items() if label == event.value)
        self.post_message(self.Changed())

    def on_menu_typed(self, event: Menu.Typed) -> None:
        """Ignore keys: nothing can be typed here."""
        event.stop()
