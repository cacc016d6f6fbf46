"""The preview beside or below the list, which follows the cursor once that rests."""

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
"""Columns of the narrowest terminal with room beside the list."""

HIGH: Final = 36
"""Rows of the lowest terminal with room below it."""

REST: Final = 0.15
"""Seconds that the cursor has to rest on a blob before it is read."""

_WAYS: Final = {"form": 0, "columns_left": -1, "columns_right": 1}


class Beside:
    """The preview. It reads nothing while it is hidden, or while another screen is on top.

    Args:
        screen: the screen with the list.
        session: remembers whether the preview is hidden.
        opened: has the blobs.
        blob: returns the blob under the cursor.
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
        """The blob that the cursor was on last."""

    def all(self) -> Mapping[str, Callable[[], object]]:
        """What each of its commands does, by its name."""
        return {
            "beside": self._switch,
            "form": self._view.other_form,
            "columns_left": lambda: self._view.to_column(-1),
            "columns_right": lambda: self._view.to_column(1),
        }

    def can(self, command: str) -> bool:
        """Whether a command can work: there may be no room, no blob, no other form or columns."""
        if command == "beside":
            return bool(self._place)
        if command not in _WAYS:
            return True
        way = _WAYS[command]
        return self.shown and (self._view.has_columns(way) if way else self._view.forms > 1)

    @property
    def shown(self) -> bool:
        """Whether it is visible."""
        return self._session.remembered.preview and bool(self._place)

    @property
    def _place(self) -> str:
        """Where there is room for it; empty if there is none."""
        width, height = self._screen.app.size
        return "-beside" if width >= WIDE else "-below" if height >= HIGH else ""

    def fit(self) -> None:
        """Fit it in, after a change of size or when the screen is on top again."""
        place = self._place if self.shown else ""
        for each in ("-beside", "-below"):
            self._screen.set_class(each == place, each)
        if place and not self._view.is_attached:
            self._screen.query_one("#blob-panes").mount(self._view)
        self._view.display = bool(place)
        self.follow()

    def follow(self) -> None:
        """Show the blob that the cursor is on now."""
        blob = self._blob()
        if not self.shown:
            self._asked = None
            self._view.give_up()
        elif self._screen.is_current and blob != self._asked:
            self._asked = blob
            self._view.show(blob, rest=REST)

    def leave(self) -> None:
        """Stop reading, since another screen comes on top."""
        if self._view.busy:
            self._view.give_up()
            self._asked = None

    def reload(self) -> None:
        """Have the blob read again."""
        self._asked = None

    def entitle(self) -> None:
        """Show in the frame what is previewed."""
        blob, room = self._view.blob, max(12, self._view.size.width - 6)
        name = "Preview" if blob is None else cut_middle(printable(blob.name), room)
        self._view.border_title = Content(name)
        self._view.border_subtitle = Content(self._view.cut)

    def _switch(self) -> None:
        """Show it or hide it, and remember that."""
        self._session.remember(preview=not self._session.remembered.preview)
        self.fit()
