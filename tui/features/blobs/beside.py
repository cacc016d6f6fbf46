"""The preview beside the list, or below it: it follows the cursor when that has come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from storage_core.printable import printable
from tui.features.blobs.view import BlobView
from tui.kit.pager import Pager
from tui.kit.text import cut_middle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.kit.screen import FullScreen
    from tui.session.listing import Listed
    from tui.session.session import Session
    from tui.session.store import OpenedStore

WIDE: Final = 110
"""Columns of the terminal from which on there is room beside the list."""

HIGH: Final = 36
"""Rows from which on there is room below it."""

REST: Final = 0.15
"""Seconds for which the cursor stays where it is before a blob is read."""

_WAYS: Final = {"form": 0, "columns_left": -1, "columns_right": 1}


class Beside:
    """Reads nothing while it is hidden, or while another screen is on top.

    Args:
        screen: the one with the list.
        session: remembers whether it is hidden.
        opened: where the blobs are.
        blob: what the cursor is on.
    """

    def __init__(
        self,
        screen: FullScreen[None],
        session: Session,
        opened: OpenedStore,
        *,
        blob: Callable[[], Listed | None],
    ) -> None:
        self._screen, self._session, self._blob = screen, session, blob
        self._view = BlobView(opened, Pager(id="content"), brief=True, id="beside")
        self._view.add_class("pane", "-lined")
        self._asked: Listed | None = None
        """What the cursor was on last."""

    def all(self) -> Mapping[str, Callable[[], object]]:
        """What each of its commands does, by its name."""
        return {
            "beside": self._switch,
            "form": self._view.other_form,
            "columns_left": lambda: self._view.to_column(-1),
            "columns_right": lambda: self._view.to_column(1),
        }

    def can(self, command: str) -> bool:
        """There may be no room, nothing to be seen, no other form, no other columns."""
        if command == "beside":
            return bool(self._place)
        if command not in _WAYS:
            return True
        way = _WAYS[command]
        return self.shown and (self._view.has_columns(way) if way else self._view.forms > 1)

    @property
    def shown(self) -> bool:
        """Whether it is to be seen."""
        return self._session.remembered.preview and bool(self._place)

    @property
    def _place(self) -> str:
        """Where there is room for it; empty where there is none."""
        width, height = self._screen.app.size
        return "-beside" if width >= WIDE else "-below" if height >= HIGH else ""

    def fit(self) -> None:
        """The terminal has another size, or the screen is on top again."""
        place = self._place if self.shown else ""
        for each in ("-beside", "-below"):
            self._screen.set_class(each == place, each)
        if place and not self._view.is_attached:
            self._screen.query_one("#blob-panes").mount(self._view)
        self._view.display = bool(place)
        self.follow()

    def follow(self) -> None:
        """The cursor may be on another blob."""
        blob = self._blob()
        if not self.shown:
            self._asked = None
            self._view.give_up()
        elif self._screen.is_current and blob != self._asked:
            self._asked = blob
            self._view.show(blob, rest=REST)

    def leave(self) -> None:
        """Another screen comes on top."""
        if self._view.busy:
            self._view.give_up()
            self._asked = None

    def reload(self) -> None:
        """Read it again, when the cursor is on it next."""
        self._asked = None

    def entitle(self) -> None:
        """Say what is shown in its frame."""
        blob, room = self._view.blob, max(12, self._view.size.width - 6)
        name = "Preview" if blob is None else cut_middle(printable(blob.name), room)
        self._view.border_title = Content(name)
        self._view.border_subtitle = Content(self._view.cut)

    def _switch(self) -> None:
        """Show it or hide it, from now on."""
        self._session.remember(preview=not self._session.remembered.preview)
        self.fit()
