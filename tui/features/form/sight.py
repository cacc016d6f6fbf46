"""`Sight`: keeps the field with the focus visible as a whole, and its help beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.widget import Widget

from tui.features.form.field import BESIDE, Field
from tui.features.form.lines import Beside

if TYPE_CHECKING:
    from textual.screen import Screen

ROOM_BESIDE: Final = 120
"""Columns of the narrowest terminal with the help beside the fields."""


class Sight:
    """Scrolls the pane of the fields, and updates the help beside it.

    Args:
        screen: the form.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        screen.set_class(self._has_room, BESIDE)

    @property
    def focused(self) -> Field | None:
        """The field with the focus."""
        focused = self._screen.focused
        ancestors = focused.ancestors if focused else []
        return next((each for each in ancestors if isinstance(each, Field)), None)

    def go_to(self, field: Field) -> None:
        """Give a field the focus."""
        # Without scrolling: Textual would centre a field that is not visible.
        field.focus_target.focus(scroll_visible=False)
        self.keep(field)

    def keep(self, *fields: Field) -> None:
        """Scroll so that these fields are visible as a whole, above all the one with the focus."""

        def scroll() -> None:
            focused = self.focused
            for field in (*fields, *([focused] if focused else [])):
                field.scroll_visible(animate=False, immediate=True)
            self.tell()

        # Later: fields that were just mounted, or have got more text, are not laid out yet.
        self._screen.call_after_refresh(scroll)

    def follow(self) -> None:
        """Move the help with its field when the pane is scrolled."""
        self._screen.watch(self._pane, "scroll_y", self.tell, init=False)

    def fit(self) -> None:
        """Put the help beside the fields if there is room, else below the field."""
        has_room = self._has_room
        if has_room != self._screen.has_class(BESIDE):
            self._screen.set_class(has_room, BESIDE)
            for field in self._screen.query(Field):
                field.refresh(layout=True)
        self._screen.call_after_refresh(self.tell)

    def tell(self) -> None:
        """Show the help of the field with the focus beside it."""
        field = self.focused
        # There is none in a form that is being left: its widgets go before it does.
        for beside in self._screen.query(Beside):
            if field is None:
                beside.said, beside.wrong, beside.border_title = ("", 0), ("", ""), ""
            else:
                beside.border_title = field.setting.label
                beside.said, beside.wrong = (field.help, self._rows_above(field)), field.wrong

    def _rows_above(self, field: Field) -> int:
        """Rows of the pane above a field; its `region` would be that before the last scroll."""
        pane = self._pane
        above = -pane.scroll_offset.y
        for widget in field.ancestors_with_self:
            if widget is pane:
                break
            assert isinstance(widget, Widget)
            above += widget.virtual_region.y
        return above

    @property
    def _pane(self) -> Widget:
        return self._screen.query_one("#fields")

    @property
    def _has_room(self) -> bool:
        return self._screen.app.size.width >= ROOM_BESIDE
