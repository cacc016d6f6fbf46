"""`Dialog`: a small screen over another, which is dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from textual.screen import ModalScreen, Screen

from tui.kit.backdrop import Backdrop
from tui.kit.screen import BaseScreen

if TYPE_CHECKING:
    from textual.geometry import Region

ResultT = TypeVar("ResultT")


class Dialog(ModalScreen[ResultT], BaseScreen[ResultT]):
    """A dialog. Its result is the answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._below: Screen[Any] | None = None
        self._backdrop: Backdrop | None = None
        super().__init__(*args, **kwargs)

    def on_mount(self) -> None:
        """Draw what is below, before the event loop draws the dialog: each takes its time."""
        self._below = self.app.screen_stack[-2]
        self.render()

    def render(self) -> Any:
        """The screen below, dimmed."""
        if self._below is None or self.styles.background.a == 1:
            return super().render()
        if self._backdrop is None or self._backdrop.size != self.app.size:
            self._backdrop = Backdrop(self, self._below)
        return self._backdrop

    def notify_style_update(self) -> None:
        """There is another theme, for the screen below as well."""
        self._backdrop = None
        super().notify_style_update()

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Textual names `regions` when something below has changed there."""
        if regions:
            self._backdrop = None
            self.call_later(self.render)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
